"""What a function accepts for a parameter: one lenient reading per kind, one way of refusing.

Scalars are taken for each other where no meaning is lost, because annotations are strings and replica counts are
numbers: a text parameter takes numbers and bools as Go prints them, a number parameter takes numeric strings. A
missing value is the empty text, zero, false, or an empty list. Anything else raises FunctionError.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final

from orkestra.template.errors import FunctionError
from orkestra.template.gofmt import text_of
from orkestra.template.values import MAX_INT64, MIN_INT64, Int, type_name

_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,19}")
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_SHOWN: Final = 40


def text(value: Any) -> str:
    if type(value) is str:
        return value
    if isinstance(value, (bool, int, float)) or value is None:
        return text_of(value, _SHOWN, "")
    raise expected("text", value)


def integer(value: Any) -> int:
    """An int64; a float or string counts when it is a whole number."""
    found = number(value)
    if isinstance(found, float):
        if not found.is_integer():
            raise expected("a whole number", value)
        found = int(found)
    return in_range(found)


def number(value: Any) -> int | float:
    kind = type(value)
    if kind is int or kind is float:
        return value  # type: ignore[no-any-return]  # mypy does not narrow by type() stored in a variable
    if value is None:
        return 0
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        stripped = value.strip()
        if len(stripped) <= _SHOWN and _INTEGER.fullmatch(stripped):
            return in_range(int(stripped))
        if len(stripped) <= _SHOWN and _NUMBER.fullmatch(stripped):
            return float(stripped)
    raise expected("a number", value)


def boolean(value: Any) -> bool:
    """A bool, or a string that spells one as Go's ParseBool takes it."""
    if isinstance(value, bool):
        return value
    if value is None:
        return False
    if isinstance(value, str):
        if value in ("true", "True", "TRUE", "t", "T", "1"):
            return True
        if value in ("false", "False", "FALSE", "f", "F", "0", ""):
            return False
    if isinstance(value, (int, float)) and value in (0, 1):
        return bool(value)
    raise expected("a bool", value)


def items(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return list(value)
    if value is None:
        return []
    raise expected("a list", value)


def in_range(value: int) -> int:
    if not MIN_INT64 <= value <= MAX_INT64:
        raise FunctionError("integer overflow")
    return value


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_empty(value: Any) -> bool:
    """Missing, false, zero, or of length zero."""
    return not value


def plain_number(value: int | float) -> int | float:
    """A result of arithmetic. Raises FunctionError when it fits no number of JSON."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise FunctionError("the result is not a finite number")
        return value
    return in_range(int(value))


def expected(wanted: str, value: Any) -> FunctionError:
    if isinstance(value, str):
        got = f'"{value[:_SHOWN]}"'
    elif isinstance(value, Mapping):
        got = "a map"
    elif isinstance(value, (list, tuple)):
        got = "a list"
    elif value is None:
        got = "no value"
    elif isinstance(value, (bool, int, float)) and not isinstance(value, Int):
        got = text_of(value, _SHOWN)
    else:
        got = type_name(value)
    return FunctionError(f"expected {wanted}; got {got}")
