"""Go's comparisons between basic kinds: eq ne lt le gt ge. Rules: go ``src/text/template/funcs.go``.

An int and a float do not compare, whatever their values: Go reports incompatible types, and so do these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from orkestra.template.errors import FunctionError
from orkestra.template.values import Byte, Int, type_name

_KINDS: Final[dict[type, str]] = {bool: "bool", int: "int", Int: "int", Byte: "int", float: "float", str: "string"}


def equals(first: Any, second: Any) -> bool:
    """``eq`` of two values. None equals None alone; lists and maps do not compare with each other."""
    left, right = _KINDS.get(type(first)), _KINDS.get(type(second))
    if left is not None and left is right:
        return bool(first == second)
    if first is None or second is None:
        return first is second
    if left is not right:
        _check_kinds(first, second)
        return bool(first == second)
    if isinstance(first, Mapping) != isinstance(second, Mapping):
        raise FunctionError(f"non-comparable types {type_name(first)} and {type_name(second)}")
    raise FunctionError(f"non-comparable type {type_name(second)}")


def equals_any(first: Any, second: Any, *others: Any) -> bool:
    """``eq a b c …``: whether the first equals any of the others."""
    return equals(first, second) or any(equals(first, other) for other in others)


def differs(first: Any, second: Any) -> bool:
    return not equals(first, second)


def is_less(first: Any, second: Any) -> bool:
    _check_order(first, second)
    return bool(first < second)


def is_at_most(first: Any, second: Any) -> bool:
    _check_order(first, second)
    return bool(first <= second)


def is_greater(first: Any, second: Any) -> bool:
    _check_order(first, second)
    return not first <= second  # Go negates le, which makes NaN greater than anything


def is_at_least(first: Any, second: Any) -> bool:
    _check_order(first, second)
    return not first < second


def _check_order(first: Any, second: Any) -> None:
    left, right = _KINDS.get(type(first)), _KINDS.get(type(second))
    if left is None or right is None:
        shown = type_name(first if left is None else second)
        raise FunctionError(f"invalid type for comparison: {'no value' if shown == '<nil>' else shown}")
    if left is not right:
        _check_kinds(first, second)
    if left == "bool":
        raise FunctionError("invalid type for comparison: bool")


def _check_kinds(first: Any, second: Any) -> None:
    """Refuses two kinds, unless one is an integer so large that it is a float to Kubernetes' decoder."""
    left, right = type_name(first), type_name(second)
    if left != "float64" or right != "float64":
        raise FunctionError(f"incompatible types for comparison: {left} and {right}")
