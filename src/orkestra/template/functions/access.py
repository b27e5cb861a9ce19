"""Safe access: a value at a dotted path, or what to take instead."""

from __future__ import annotations

from typing import Any, Final

from orkestra.template.errors import FunctionError
from orkestra.template.functions.arguments import boolean, integer, text
from orkestra.template.functions.function import Domain
from orkestra.template.functions.objectfields import object_of, path_of, walk

ACCESS: Final = Domain("safe access", [])
function = ACCESS.function


@function(
    "getOr(o, path string, otherwise)",
    'The value at a dotted path such as spec.ports[0].name or metadata.labels["a.b/c"], or otherwise where there is'
    " none.",
    '{{ getOr .children.deployment "spec.paused" false }}',
    "false",
)
def get_or(o: Any, path: Any, otherwise: Any) -> Any:
    found = walk(o if isinstance(o, (list, tuple)) else object_of(o), list(path_of(text(path))))
    return otherwise if found is None else found


@function(
    "getStringOr(o, path string, otherwise string) string",
    "Likewise for text: a list or map counts as missing, and so does an empty text.",
    '{{ getStringOr .children.deployment "spec.strategy.type" "RollingUpdate" }}',
    "RollingUpdate",
)
def get_string_or(o: Any, path: Any, otherwise: Any) -> str:
    found = get_or(o, path, "")
    return (text(found) if isinstance(found, (str, int, float)) else "") or text(otherwise)


@function(
    "getIntOr(o, path string, otherwise int) int",
    "Likewise for whole numbers: what is not one counts as missing.",
    '{{ getIntOr .children.deployment "spec.replicas" 1 }}',
    "3",
)
def get_int_or(o: Any, path: Any, otherwise: Any) -> int:
    found = get_or(o, path, None)
    if found is None or found == "":
        return integer(otherwise)
    try:
        return integer(found)
    except FunctionError:
        return integer(otherwise)


@function(
    "getBoolOr(o, path string, otherwise bool) bool",
    "Likewise for bools and the texts that spell them.",
    '{{ getBoolOr .children.deployment "spec.paused" true }}',
    "true",
)
def get_bool_or(o: Any, path: Any, otherwise: Any) -> bool:
    found = get_or(o, path, None)
    if found is None or found == "":
        return boolean(otherwise)
    try:
        return boolean(found)
    except FunctionError:
        return boolean(otherwise)
