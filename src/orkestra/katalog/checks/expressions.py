"""CEL conditions against the schema of the CR: operands of types that never meet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from orkestra.katalog.checks.schematypes import is_open, opened
from orkestra.katalog.schema.conditions import CEL_ROOTS

if TYPE_CHECKING:
    from orkestra.k8s.cel import Type

_DEEPEST: Final = 16


def misfits(text: str, schema: Mapping[str, Any], is_builtin: bool) -> list[tuple[str, int]]:
    """(message, offset) of what is wrong with an expression that compiles where nothing is known of ``object``."""
    from orkestra.k8s.cel import CelCompileError, compile_cel
    from orkestra.k8s.cel.types import DYN

    try:
        compile_cel(text, variables={**dict.fromkeys(CEL_ROOTS, DYN), "object": _type(schema, is_builtin, 0)})
    except CelCompileError as error:
        return [(issue.message, issue.offset) for issue in error.issues]
    return []


def _type(schema: Any, is_builtin: bool, depth: int) -> Type:
    """The type of JSON of a schema as it is, without what admission rules make of it. ``metadata`` is open."""
    from orkestra.k8s.cel.access import escape
    from orkestra.k8s.cel.types import BOOL, DYN, INT, STRING, list_of, map_of, object_of

    schema = opened(schema, is_builtin)
    if not isinstance(schema, dict) or depth > _DEEPEST or is_open(schema) or schema.get("nullable"):
        return DYN
    properties, others = schema.get("properties"), schema.get("additionalProperties")
    kind = schema.get("type")
    if kind == "array":
        return list_of(_type(schema.get("items"), is_builtin, depth + 1))
    if kind == "object" and isinstance(properties, dict) and properties and not others:
        found = {escape(name): _type(below, is_builtin, depth + 1) for name, below in properties.items()}
        fields = {name: type_ for name, type_ in found.items() if name is not None}
        if depth == 0:
            fields |= {"metadata": DYN, "apiVersion": STRING, "kind": STRING}
        return object_of("object", fields)
    if kind == "object" and isinstance(others, dict):
        return map_of(STRING, _type(others, is_builtin, depth + 1))
    return {"string": STRING, "boolean": BOOL, "integer": INT}.get(str(kind), DYN)
