"""Numbers and enums: the checks both answers (quick and worded) share.

Rules and wording: k8s.io/kube-openapi pkg/validation/validate (values.go, validator.go) and
pkg/validation/errors/schema.go.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from orkestra.k8s.errors import Cause
from orkestra.k8s.literals import format_float
from orkestra.k8s.schema.causes import NO_FIELD, invalid_value
from orkestra.k8s.schema.node import Node

_RANGES = {"int32": range(-(2**31), 2**31), "int64": range(-(2**63), 2**63)}
_LARGEST_FLOAT32 = 3.4028234663852886e38
_LARGEST_EXACT = 2**53 - 1
_EPSILON = 1e-9


def is_integral(value: float) -> bool:
    """A float that JSON would print as an integer that survives the trip, or is as near to one as a computation may be
    (swag.IsFloat64AJSONInteger)."""
    if not math.isfinite(value) or abs(value) > _LARGEST_EXACT:
        return False
    whole = round(value)
    return value == whole or abs(value - whole) < _EPSILON * abs(whole)


def json_type(value: Any) -> tuple[str, str]:
    """The JSON type and number format of a decoded value; integers beyond 64 bits are floats to Go."""
    match value:
        case None:
            return "null", ""
        case bool():
            return "boolean", ""
        case str():
            return "string", ""
        case int():
            return ("integer", "int64") if int(value) in _RANGES["int64"] else ("number", "float64")
        case float():
            return "number", "float64"
        case list():
            return "array", ""
    return "object", ""


def equals(left: Any, right: Any) -> bool:
    """Deep equality of JSON values where ``true`` is not 1; 1 and 1.0 are equal."""
    if type(left) is bool or type(right) is bool:
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equals(item, right[name]) for name, item in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equals, left, right))
    return (type(left) in (int, float) and type(right) in (int, float) and left == right) or (
        type(left) is type(right) and left == right
    )


def is_in_enum(value: Any, enum: Iterable[Any]) -> bool:
    """Whether the value, converted to the choice's Go type, is the choice: 2.25 is 2 then, and 97 is "a". A null in the
    enum matches nothing, not even null (validator.go skips values without a Go type)."""
    return value is not None and any(
        choice is not None and _is_same(_converted(value, choice), choice) for choice in enum
    )


def _converted(value: Any, choice: Any) -> Any:
    """As Go's reflection converts numbers; other types are left as they are."""
    kinds = type(value), type(choice)
    if kinds == (int, float):
        return float(value)
    if kinds == (float, int):
        return int(value) if math.isfinite(value) else value
    if kinds == (int, str):
        return chr(value) if 0 <= value < 0x110000 and not 0xD800 <= value < 0xE000 else "\ufffd"
    return value


def _is_same(left: Any, right: Any) -> bool:
    """Deep equality of values and types."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(_is_same(item, right[name]) for name, item in left.items())
    if isinstance(left, list):
        return len(left) == len(right) and all(map(_is_same, left, right))
    return bool(left == right)


def _range_problem(value: float, node: Node, prefix: str, path: str) -> Cause | None:
    """A value or bound outside what type and format can hold. The API server gives these no field."""
    declared = node.type
    if declared == "integer":
        allowed = _RANGES[node.format or "int64"]
        if (type(value) is int or (is_integral(value) and value == int(value))) and int(value) in allowed:
            return None
    elif declared != "number" or node.format != "float" or abs(value) <= _LARGEST_FLOAT32:
        return None
    kind = f"with format {node.format}" if node.format else "(default format)"
    return invalid_value(NO_FIELD, "", f"{prefix} value must be of type {declared} {kind} in {path}")


def check_number(node: Node, value: int | float, path: str) -> list[Cause]:
    """Range of the type, multipleOf, maximum, minimum: in the API server's order."""
    out = [_range_problem(value, node, "Checked", path)]
    if node.multiple_of is not None:
        out += _check_multiple(node, value, path, node.multiple_of)
    if node.maximum is not None:
        out += _check_bound(node, value, path, node.maximum, is_maximum=True)
    if node.minimum is not None:
        out += _check_bound(node, value, path, node.minimum, is_maximum=False)
    return [cause for cause in out if cause is not None]


def _native(value: int | float, bound: float, has_problem: bool) -> tuple[int | float, int | float]:
    """Both sides as Go compares them: integers as int64 with the bound cut, unless the bound did not fit."""
    if type(value) is int and value in _RANGES["int64"] and not has_problem:
        cut = int(bound) if math.isfinite(bound) else 0
        return value, max(-(2**63), min(2**63 - 1, cut))
    return float(value), bound


def _number(value: int | float) -> str:
    return format_float(value) if isinstance(value, float) else str(value)


def _check_bound(node: Node, value: int | float, path: str, bound: float, *, is_maximum: bool) -> list[Cause | None]:
    problem = _range_problem(bound, node, "Maximum boundary" if is_maximum else "Minimum boundary", path)
    data, limit = _native(value, bound, problem is not None)
    is_strict = node.exclusive_maximum if is_maximum else node.exclusive_minimum
    is_beyond = data > limit if is_maximum else data < limit
    if not is_beyond and not (is_strict and data == limit):
        return [problem]
    side = "less" if is_maximum else "greater"
    words = f"{side} than" if is_strict else f"{side} than or equal to"
    return [problem, invalid_value(path, data, f"{path} in body should be {words} {_number(limit)}")]


def _check_multiple(node: Node, value: int | float, path: str, factor: float) -> list[Cause | None]:
    problem = _range_problem(factor, node, "MultipleOf", path)
    data, divisor = _native(value, factor, problem is not None)
    if divisor <= 0:
        text = f"factor MultipleOf declared for {path} must be positive: {_number(divisor)}"
        return [problem, invalid_value(path, divisor, text)]
    if isinstance(data, int):
        is_multiple = data % int(divisor) == 0
    else:
        is_multiple = is_integral(1 / divisor * data if divisor < 1 else data / divisor)
    if is_multiple:
        return [problem]
    return [problem, invalid_value(path, data, f"{path} in body should be a multiple of {_number(divisor)}")]
