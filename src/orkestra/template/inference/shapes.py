"""What is known of a value: its types, where it comes from, and what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Path: TypeAlias = tuple[str, ...]


class _Unset:
    __slots__ = ()

    def __bool__(self) -> bool:
        return False


UNSET: Final = _Unset()
"""The constant of a shape that has none; None is one."""


@dataclass(frozen=True, slots=True)
class Shape:
    """``kinds``: the types it may have, in JSON schema's words; empty when any. A number is an integer or a float.

    ``path`` is where it comes from in the data, ``constant`` what it is for all data, ``allowed`` the values of an
    enum. ``is_present``: it is never missing. ``optional``: paths whose absence leaves it empty.
    """

    kinds: frozenset[str] = frozenset()
    path: Path | None = None
    constant: Any = UNSET
    allowed: tuple[Any, ...] | None = None
    is_present: bool = False
    optional: frozenset[Path] = frozenset()

    @property
    def is_constant(self) -> bool:
        return self.constant is not UNSET


Lookup: TypeAlias = Callable[[Path], Shape]
"""The shape of what stands at a path of the data."""

UNKNOWN: Final = Shape()
SCALARS: Final = frozenset(("string", "integer", "number", "boolean"))
NUMBERS: Final = frozenset(("integer", "number"))
_WORDS: Final = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a map",
    "null": "nothing",
}


def of_kinds(*kinds: str) -> Shape:
    return Shape(frozenset(kinds))


def of_constant(value: Any) -> Shape:
    """The shape of a literal."""
    kinds: frozenset[str] = frozenset()
    for type_, kind in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array")):
        if isinstance(value, type_):
            kinds = frozenset((kind,))
            break
    return Shape(kinds, constant=value, is_present=True)


def either(shapes: Iterable[Shape]) -> Shape:
    """One of these values, which one only a run can tell."""
    known = list(shapes)
    kinds = frozenset[str]()
    if known and all(shape.kinds for shape in known):
        kinds = kinds.union(*(shape.kinds for shape in known))
    return Shape(kinds)


def described(shape: Shape) -> str:
    """How a message names it: ``text``, ``"abc"``, ``spec.replicas, a whole number in the schema``."""
    kinds = shape.kinds - {"integer"} if "number" in shape.kinds else shape.kinds
    words = " or ".join(_WORDS[kind] for kind in sorted(kinds, reverse=True))
    if shape.is_constant:
        value = shape.constant
        return f'"{value[:40]}"' if isinstance(value, str) else str(value).lower()[:40]
    return f"{'.'.join(shape.path)[:80]} ({words})" if shape.path else words
