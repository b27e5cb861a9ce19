"""Operators on values: arithmetic with overflow, order, equality, membership.

Rules: google/cel-spec doc/langdef.md; texts: cel-go common/types.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from orkestra.k8s.cel.errors import CelError, no_such_overload
from orkestra.k8s.cel.values import INT_MAX, INT_MIN, UINT_MAX, Duration, MapList, SetList, Timestamp, Uint

PLAIN = frozenset({str, int, bool, type(None), bytes, Uint})
"""Types whose values Python compares as CEL does, when both sides have the same one."""
NUMBERS = frozenset({int, float, Uint})
LISTS = (list, SetList, MapList)
FIRST_TIMESTAMP, LAST_TIMESTAMP = -62_135_596_800_000_000_000, 253_402_300_799_999_999_999


def checked_int(value: int) -> int:
    if INT_MIN <= value <= INT_MAX:
        return value
    raise CelError("integer overflow")


def checked_uint(value: int) -> Uint:
    if 0 <= value <= UINT_MAX:
        return Uint(value)
    raise CelError("unsigned integer overflow")


def checked_duration(ns: int) -> Duration:
    if INT_MIN <= ns <= INT_MAX:
        return Duration(ns)
    raise CelError("duration overflow")


def checked_timestamp(ns: int) -> Timestamp:
    if FIRST_TIMESTAMP <= ns <= LAST_TIMESTAMP:
        return Timestamp(ns)
    raise CelError("timestamp overflow")


def add(left: Any, right: Any) -> Any:
    kinds = (type(left), type(right))
    if kinds == (int, int):
        return checked_int(left + right)
    if kinds in ((str, str), (float, float), (bytes, bytes)):
        return left + right
    if kinds == (Uint, Uint):
        return checked_uint(int(left) + int(right))
    if isinstance(left, list) and isinstance(right, list):
        return _add_lists(left, right)
    if kinds == (Timestamp, Duration) or kinds == (Duration, Timestamp):
        return checked_timestamp(left.ns + right.ns)
    if kinds == (Duration, Duration):
        return checked_duration(left.ns + right.ns)
    raise no_such_overload()


def _add_lists(left: list[Any], right: list[Any]) -> list[Any]:
    if type(left) is SetList:
        return SetList([*left, *(item for item in right if not contains(left, item))])
    if isinstance(left, MapList):
        merged = {_map_key(left, item): item for item in left}
        merged.update((_map_key(left, item), item) for item in right)
        return MapList(list(merged.values()), left.keys)
    return [*left, *right]


def _map_key(owner: MapList, item: Any) -> tuple[Any, ...]:
    if not isinstance(item, dict):
        raise no_such_overload()
    return tuple(str(item.get(key)) if isinstance(item.get(key), dict | list) else item.get(key) for key in owner.keys)


def subtract(left: Any, right: Any) -> Any:
    match type(left), type(right):
        case (k, m) if k is m is int:
            return checked_int(left - right)
        case (k, m) if k is m is float:
            return left - right
        case (k, m) if k is m is Uint:
            return checked_uint(int(left) - int(right))
        case (k, m) if k is m is Duration:
            return checked_duration(left.ns - right.ns)
        case (k, m) if k is m is Timestamp:
            return checked_duration(left.ns - right.ns)
        case (k, m) if k is Timestamp and m is Duration:
            return checked_timestamp(left.ns - right.ns)
    raise no_such_overload()


def multiply(left: Any, right: Any) -> Any:
    kind = type(left)
    if kind is type(right):
        if kind is int:
            return checked_int(left * right)
        if kind is float:
            return left * right
        if kind is Uint:
            return checked_uint(int(left) * int(right))
    raise no_such_overload()


def divide(left: Any, right: Any) -> Any:
    kind = type(left)
    if kind is type(right):
        if kind is float:
            return _divide_floats(left, right)
        if kind in (int, Uint):
            if right == 0:
                raise CelError("division by zero")
            quotient = abs(int(left)) // abs(int(right))  # towards zero, as Go does
            return Uint(quotient) if kind is Uint else checked_int(quotient if (left < 0) == (right < 0) else -quotient)
    raise no_such_overload()


def _divide_floats(left: float, right: float) -> float:
    if right:
        return left / right
    if left == 0 or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1, right)


def modulo(left: Any, right: Any) -> Any:
    kind = type(left)
    if kind is type(right) and kind in (int, Uint):
        if right == 0:
            raise CelError("modulus by zero")
        if kind is int and left == INT_MIN and right == -1:
            raise CelError("integer overflow")
        rest = abs(int(left)) % abs(int(right))
        return Uint(rest) if kind is Uint else (rest if left >= 0 else -rest)
    raise no_such_overload()


def negate(value: Any) -> Any:
    if type(value) is int:
        return checked_int(-value)
    if type(value) is float:
        return -value
    raise no_such_overload()


def invert(value: Any) -> bool:
    if type(value) is bool:
        return not value
    raise no_such_overload()


_ORDERED = frozenset({str, int, bool, bytes, Uint, float, Duration, Timestamp})


def check_ordered(left: Any, right: Any) -> None:
    """Raises unless the two can be put in order."""
    a, b = type(left), type(right)
    if (a is b and a in _ORDERED) or (a in NUMBERS and b in NUMBERS):
        if left != left or right != right:
            raise CelError("NaN values cannot be ordered")
        return
    raise no_such_overload()


def less(left: Any, right: Any) -> bool:
    check_ordered(left, right)
    return bool(left < right)


def less_equal(left: Any, right: Any) -> bool:
    check_ordered(left, right)
    return bool(left <= right)


def greater(left: Any, right: Any) -> bool:
    check_ordered(left, right)
    return bool(left > right)


def greater_equal(left: Any, right: Any) -> bool:
    check_ordered(left, right)
    return bool(left >= right)


def equals(left: Any, right: Any) -> bool:
    """Equality across types: numbers by value, otherwise different types are simply not equal."""
    a, b = type(left), type(right)
    if a is b and a in PLAIN:
        return bool(left == right)
    if a in NUMBERS and b in NUMBERS:
        return bool(left == right)
    if isinstance(left, list) and isinstance(right, list):
        return _equal_lists(left, right)
    if a is dict and b is dict:
        return left.keys() == right.keys() and all(equals(item, right[key]) for key, item in left.items())
    if a.__name__ == "Optional" and a is b:
        return left.has_value == right.has_value and equals(left.value, right.value)
    return a is b and bool(left == right)


def _equal_lists(left: list[Any], right: list[Any]) -> bool:
    if len(left) != len(right):
        return False
    if type(left) is SetList or type(right) is SetList:
        return all(contains(right, item) for item in left)
    if isinstance(left, MapList) or isinstance(right, MapList):
        owner = left if isinstance(left, MapList) else right
        assert isinstance(owner, MapList)
        known = {_map_key(owner, item): item for item in right}
        return len(known) == len(right) and all(
            (key := _map_key(owner, item)) in known and equals(item, known[key]) for item in left
        )
    return all(map(equals, left, right))


def contains(items: list[Any], wanted: Any) -> bool:
    if type(wanted) is str:
        return wanted in items
    return any(equals(item, wanted) for item in items)


def is_in(wanted: Any, container: Any) -> bool:
    if isinstance(container, list):
        return contains(container, wanted)
    if type(container) is dict:
        try:
            return wanted in container
        except TypeError:
            return False
    raise no_such_overload()


OPERATORS: dict[str, Callable[..., Any]] = {
    "_+_": add, "_-_": subtract, "_*_": multiply, "_/_": divide, "_%_": modulo, "-_": negate, "!_": invert,
    "_<_": less, "_<=_": less_equal, "_>_": greater, "_>=_": greater_equal, "_==_": equals,
    "_!=_": lambda left, right: not equals(left, right), "@in": is_in,
}  # fmt: skip
