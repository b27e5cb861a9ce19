"""Choices between values. Empty is: missing, false, zero, an empty text, list or map."""

from __future__ import annotations

from typing import Any, Final

from orkestra.template.functions.arguments import boolean, is_empty, is_number, text
from orkestra.template.functions.function import Domain
from orkestra.template.gofmt import text_of

CONDITIONAL: Final = Domain("conditional", [])
function = CONDITIONAL.function


@function("ternary(condition, a, b)", "a when the condition is not empty, else b.", '{{ ternary true "a" "b" }}', "a")
def ternary(condition: Any, a: Any, b: Any) -> Any:
    return b if is_empty(condition) else a


@function(
    "boolTernary(condition bool, a, b)",
    "a when the condition is true, else b; the texts true and false count as bools.",
    '{{ boolTernary "false" "a" "b" }}',
    "b",
)
def bool_ternary(condition: Any, a: Any, b: Any) -> Any:
    return a if boolean(condition) else b


@function(
    "eqTernary(value, target, a, b)",
    "a when value equals target, else b. Scalars are equal when they print the same.",
    '{{ eqTernary "prod" "prod" 3 1 }}',
    "3",
)
def eq_ternary(value: Any, target: Any, a: Any, b: Any) -> Any:
    return a if are_equal(value, target) else b


@function(
    "boolDefault(default, value)",
    "The value when it is a bool, even false; else the default.",
    "{{ boolDefault true false }}",
    "false",
)
def bool_default(default: Any, value: Any = None) -> Any:
    return default if is_empty(value) and not isinstance(value, bool) else boolean(value)


@function(
    "default(default, value)",
    "The value unless it is empty, else the default. The value comes last, so that it can be piped in.",
    '{{ .spec.none | default "x" }}',
    "x",
)
def default_(default: Any, value: Any = None) -> Any:
    return default if is_empty(value) else value


@function("coalesce(value, …)", "The first value that is not empty.", '{{ coalesce .spec.none "" "b" }}', "b")
def coalesce(*values: Any) -> Any:
    return next((value for value in values if not is_empty(value)), None)


@function("empty(value) bool", "Whether the value is empty.", '{{ empty "" }}', "true")
def empty(value: Any) -> bool:
    return is_empty(value)


@function("notEmpty(value) bool", "Whether the value is not empty.", '{{ notEmpty "a" }}', "true")
def not_empty(value: Any) -> bool:
    return not is_empty(value)


def are_equal(first: Any, second: Any) -> bool:
    if is_number(first) and is_number(second):
        return bool(first == second)
    if isinstance(first, (list, tuple, dict)) or isinstance(second, (list, tuple, dict)):
        return text_of(first, 65536) == text_of(second, 65536)
    return text(first) == text(second)
