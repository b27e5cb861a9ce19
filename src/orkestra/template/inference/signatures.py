"""What functions take and give, read from their signatures: ``truncate(s string, n int) string``."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from orkestra.template.functions.function import Function
from orkestra.template.inference.shapes import SCALARS

_RESULTS: Final = {
    "string": ("string",),
    "bool": ("boolean",),
    "int": ("integer",),
    "number": ("integer", "number"),
    "float": ("number",),
    "list": ("array",),
    "map": ("object",),
}
_OBJECTS: Final = frozenset(("o", "map"))

REFUSES: Final = {
    "string": frozenset(("array", "object")),
    "int": frozenset(("array", "object", "boolean")),
    "number": frozenset(("array", "object", "boolean")),
    "bool": frozenset(("array", "object")),
    "list": SCALARS | {"object"},
    "object": SCALARS,
}
"""Types that a parameter of each sort refuses whatever the value (but for the empty text, which stands for nothing)."""

MISREADS: Final = {"int": frozenset(("string",)), "number": frozenset(("string",)), "string": frozenset[str]()}
"""Types some of whose values it refuses."""

WORDS: Final = {
    "string": "text",
    "int": "a whole number",
    "number": "a number",
    "bool": "true or false",
    "list": "a list",
    "object": "an object",
}

SUBJECT_FIRST: Final = frozenset(
    (
        "trim", "trimPrefix", "trimSuffix", "hasPrefix", "hasSuffix", "contains", "replace", "split", "repeat",
        "truncate", "truncateName", "sub", "div", "mod", "lt", "le", "gt", "ge", "timeFormat", "isExpired",
        "semverConstraint", "semverBump", "semverCompare", "cronField",
    )
)  # fmt: skip
"""Functions of what is first about what follows, where the order tells. A pipe fills the last place."""

_ANSWERING: Final = frozenset(
    ("cronValid", "durationValid", "semverValid", "ipValid", "ipIsPrivate", "isDNS1123Subdomain", "getIntOr")
)
"""Beside ``isValid…``, functions that take whatever they are given, and have an answer to it."""


class Signature(NamedTuple):
    """``parameters``: the sort of each, empty for any value; ``rest``: that of further ones."""

    parameters: tuple[str, ...]
    rest: str
    result: frozenset[str]

    def sort_of(self, position: int) -> str:
        return self.parameters[position] if position < len(self.parameters) else self.rest


@lru_cache(maxsize=1024)
def signature_of(row: Function) -> Signature:
    inside, _, result = row.signature.partition("(")[2].rpartition(")")
    sorts: list[str] = []
    rest = ""
    for part in inside.split(","):
        name, _, kind = part.strip().partition(" ")
        if name == "…":
            rest = sorts[-1] if sorts else ""
            break
        if row.call is None or not name or row.name in _ANSWERING or row.name.startswith("isValid"):
            break
        sorts.append("object" if name in _OBJECTS or kind == "map" else "list" if name == "list" else kind)
    return Signature(tuple(sorts), rest, frozenset(_RESULTS.get(result.strip(), ())))
