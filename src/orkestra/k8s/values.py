"""JSON values: copied, compared and named as JSON has them; Python's own ``==`` would call ``True`` equal to 1."""

from __future__ import annotations

from typing import Any

MAX_DEPTH = 256
"""Deeper values are refused: far beyond any real object, and well within the interpreter's stack."""


class TooDeep(ValueError):
    """A value nested beyond MAX_DEPTH."""


def copy_value(value: Any, depth: int = 0) -> Any:
    """A copy that shares no dict or list with the original. Raises TooDeep."""
    if depth > MAX_DEPTH:
        raise TooDeep(f"the value is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, dict):
        return {key: copy_value(v, depth + 1) if isinstance(v, (dict, list)) else v for key, v in value.items()}
    if isinstance(value, list):
        return [copy_value(v, depth + 1) if isinstance(v, (dict, list)) else v for v in value]
    return value


def is_equal(one: Any, other: Any) -> bool:
    """JSON equality: order of keys is nothing, ``1`` equals ``1.0``, ``true`` equals ``true`` alone."""
    if one is other:
        return True
    if isinstance(one, dict):
        if not isinstance(other, dict) or len(one) != len(other):
            return False
        return all(key in other and is_equal(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return (
            isinstance(other, list)
            and len(one) == len(other)
            and all(is_equal(a, b) for a, b in zip(one, other, strict=True))
        )
    if isinstance(one, bool) or isinstance(other, bool):
        return False
    return bool(one == other)


def type_name(value: Any) -> str:
    """The JSON word for the value's type, for messages."""
    match value:
        case dict():
            return "object"
        case list():
            return "array"
        case str():
            return "string"
        case bool():
            return "boolean"
        case None:
            return "null"
    return "number"
