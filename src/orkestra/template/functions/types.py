"""Conversions and questions about types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from orkestra.template.environment import Environment
from orkestra.template.errors import FunctionError
from orkestra.template.functions.arguments import boolean, in_range, is_empty, is_number, number, plain_number
from orkestra.template.functions.function import Domain
from orkestra.template.gofmt import text_of
from orkestra.template.gofmt.printer import MAX_VALUE_DEPTH
from orkestra.template.values import Byte, Int, finished

TYPES: Final = Domain("types", [])
function = TYPES.function


@function("toInt(value) int", "The whole part of a number, numeric text or bool.", '{{ toInt "42" }}', "42")
def to_int(value: Any) -> int:
    if isinstance(value, bool):
        return int(value)
    return in_range(int(plain_number(number(value))))


@function("toFloat(value) float", "A number, numeric text or bool as a float.", '{{ toFloat "1.5" }}', "1.5")
def to_float(value: Any) -> float:
    return float(plain_number(int(value) if isinstance(value, bool) else number(value)))


@function("toBool(value) bool", "A bool, or the text that spells one.", '{{ toBool "true" }}', "true")
def to_bool(value: Any) -> bool:
    return not is_empty(value) if is_number(value) else boolean(value)


@function(
    "toString(value) string",
    "The value as text, as it would print.",
    "{{ toString 3 | len }}",
    "1",
    needs_environment=True,
)
def to_string(environment: Environment, value: Any) -> str:
    return text_of(value, environment.limits.output_bytes, "")


@function(
    "toJson(value) string",
    "The value as JSON on one line, keys sorted.",
    '{{ toJson (split "a,b" ",") }}',
    '["a","b"]',
    needs_environment=True,
)
def to_json(environment: Environment, value: Any) -> str:
    return json_of(value, environment.limits.output_bytes)


@function(
    "toList(value) list", "A list as it is, nothing as an empty list, else a list of one.", "{{ toList 1 }}", "[1]"
)
def to_list(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return list(value)
    return [] if value is None else [value]


@function("typeOf(value) string", "map, list, string, number, bool or null.", '{{ typeOf "a" }}', "string")
def type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "string"
    if is_number(value):
        return "number"
    if value is None:
        return "null"
    return "map" if isinstance(value, Mapping) else "list"


@function("typeMap(value) bool", "Whether it is a map.", "{{ typeMap .spec }}", "true")
def type_map(value: Any) -> bool:
    return isinstance(value, Mapping)


@function("typeList(value) bool", "Whether it is a list.", "{{ typeList .spec }}", "false")
def type_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


@function("typeString(value) bool", "Whether it is text.", '{{ typeString "a" }}', "true")
def type_string(value: Any) -> bool:
    return isinstance(value, str)


@function("typeNumber(value) bool", "Whether it is a number.", "{{ typeNumber 1.5 }}", "true")
def type_number(value: Any) -> bool:
    return is_number(value)


@function("typeBool(value) bool", "Whether it is a bool.", "{{ typeBool false }}", "true")
def type_bool(value: Any) -> bool:
    return isinstance(value, bool)


@function("typeNull(value) bool", "Whether it is missing or null.", "{{ typeNull .spec.none }}", "true")
def type_null(value: Any) -> bool:
    return value is None


@function("isScalar(value) bool", "Whether it is text, a number or a bool.", "{{ isScalar 1 }}", "true")
def is_scalar(value: Any) -> bool:
    return isinstance(value, (str, int, float))


@function("isComposite(value) bool", "Whether it is a map or a list.", "{{ isComposite .spec }}", "true")
def is_composite(value: Any) -> bool:
    return isinstance(value, (list, tuple, Mapping))


@function("Empty(value) bool", "The same as empty.", '{{ Empty "" }}', "true")
def capital_empty(value: Any) -> bool:
    return is_empty(value)


def json_of(value: Any, limit: int) -> str:
    """Compact JSON with sorted keys. Raises FunctionError beyond ``limit`` characters, for values that nest deeper
    than 200 levels and for those JSON has no form for."""
    budget = _measured(value, limit, MAX_VALUE_DEPTH)
    if budget < 0:
        raise FunctionError(f"the text would be larger than the limit of {limit} bytes")
    import msgspec  # few templates need it, and every start of the command line would pay for it

    try:
        return msgspec.json.encode(value, order="deterministic").decode()
    except (TypeError, ValueError, OverflowError, msgspec.MsgspecError):
        try:  # stray bytes of a cut text, integers of the template
            return msgspec.json.encode(_cleaned(value), order="deterministic").decode()
        except (TypeError, ValueError, OverflowError, msgspec.MsgspecError) as problem:
            raise FunctionError(f"the value has no JSON form: {problem}") from None


def _measured(value: Any, budget: int, depth: int) -> int:
    """``budget`` less the least size of the value's JSON: shared parts of a value count each time they occur."""
    if depth == 0:
        raise FunctionError(f"a value nested deeper than {MAX_VALUE_DEPTH} levels has no JSON form here")
    if isinstance(value, str):
        return budget - len(value) - 2
    if isinstance(value, Mapping):
        for key, item in value.items():
            budget = _measured(item, budget - len(str(key)) - 4, depth - 1)
            if budget < 0:
                return budget
        return budget - 2
    if isinstance(value, (list, tuple)):
        for item in value:
            budget = _measured(item, budget - 1, depth - 1)
            if budget < 0:
                return budget
        return budget - 2
    return budget - 1


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return finished(value)
    if isinstance(value, Mapping):
        return {finished(str(key)): _cleaned(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_cleaned(item) for item in value]
    return int(value) if isinstance(value, (Int, Byte)) else value
