"""Lists, sets, optionals: ext.Lists, ext.Sets, OptionalTypes of cel-go; Kubernetes' list library."""

from __future__ import annotations

from collections.abc import Callable
from functools import cmp_to_key
from itertools import pairwise
from typing import Any

from orkestra.k8s.cel.errors import BudgetExceeded, CelError, no_such_overload
from orkestra.k8s.cel.functions.arguments import typed
from orkestra.k8s.cel.operators import PLAIN, add, check_ordered, contains, equals
from orkestra.k8s.cel.values import Duration, Optional

_LONGEST_RANGE = 1_000_000
_MOST_COMPARISONS = 4_000_000


def compare(left: Any, right: Any) -> int:
    check_ordered(left, right)
    return int(left > right) - int(left < right)


def _check_one_type(items: list[Any]) -> None:
    if any(type(item) is not type(items[0]) for item in items):
        raise CelError("list elements must have the same type")


@typed(list)
def is_sorted(items: list[Any]) -> bool:
    return all(compare(a, b) <= 0 for a, b in pairwise(items))


@typed(list)
def total(items: list[Any]) -> Any:
    found: Any = 0
    for index, item in enumerate(items):
        if isinstance(item, str | list | bool) or item is None:
            raise no_such_overload()
        found = add(found, item) if index else item
    return found


def _extreme(name: str, sign: int) -> Callable[..., Any]:
    @typed(list)
    def call(items: list[Any]) -> Any:
        if not items:
            raise CelError(f"{name} called on empty list")
        best = items[0]
        for item in items[1:]:
            if compare(item, best) * sign > 0:
                best = item
        return best

    return call


def index_of(items: list[Any], wanted: Any) -> int:
    return next((index for index, item in enumerate(items) if equals(item, wanted)), -1)


def last_index_of(items: list[Any], wanted: Any) -> int:
    return next((index for index in range(len(items) - 1, -1, -1) if equals(items[index], wanted)), -1)


@typed(list)
def unwrap(items: list[Any]) -> list[Any]:
    if not all(type(item) is Optional for item in items):
        raise no_such_overload()
    return [item.value for item in items if item.has_value]


@typed(list, int, int)
def cut(items: list[Any], start: int, end: int) -> list[Any]:
    if start < 0 or end < 0:
        raise CelError(f"cannot slice({start}, {end}), negative indexes not supported")
    if start > end:
        raise CelError(f"cannot slice({start}, {end}), start index must be less than or equal to end index")
    if end > len(items):
        raise CelError(f"cannot slice({start}, {end}), list is length {len(items)}")
    return items[start:end]


@typed(list, int, optional=1)
def flatten(items: list[Any], depth: int = 1) -> list[Any]:
    if depth < 0:
        raise CelError("level must be non-negative")
    out: list[Any] = []
    for item in items:
        if isinstance(item, list) and depth > 0:
            out.extend(flatten(item, depth - 1) if depth > 1 else item)
        else:
            out.append(item)
    return out


@typed(list)
def distinct(items: list[Any]) -> list[Any]:
    if all(type(item) in PLAIN for item in items):
        return list({(type(item) is bool, item): item for item in items}.values())
    if len(items) ** 2 > _MOST_COMPARISONS:
        raise BudgetExceeded
    out: list[Any] = []
    for item in items:
        if not contains(out, item):
            out.append(item)
    return out


@typed(list)
def sort(items: list[Any]) -> list[Any]:
    if items:
        _check_one_type(items)
    return sorted(items, key=cmp_to_key(compare))


def sort_by(items: list[Any], keys: list[Any]) -> list[Any]:
    if keys:
        _check_one_type(keys)
    by_key: list[tuple[Any, Any]] = sorted(
        zip(keys, items, strict=True),
        key=cmp_to_key(lambda a, b: compare(a[0], b[0])),  # type: ignore[index]
    )
    return [item for _, item in by_key]


@typed(int)
def count_up(length: int) -> list[int]:
    if length > _LONGEST_RANGE:
        raise CelError(f"lists.range: size {length} exceeds maximum allowed size {_LONGEST_RANGE}")
    return list(range(length))


def _check_work(left: list[Any], right: list[Any]) -> None:
    if len(left) * len(right) > _MOST_COMPARISONS:
        raise BudgetExceeded


@typed(list, list)
def has_all(items: list[Any], wanted: list[Any]) -> bool:
    _check_work(items, wanted)
    return all(contains(items, item) for item in wanted)


@typed(list, list)
def are_equivalent(left: list[Any], right: list[Any]) -> bool:
    return bool(has_all(left, right) and has_all(right, left))


@typed(list, list)
def do_intersect(left: list[Any], right: list[Any]) -> bool:
    _check_work(left, right)
    return any(contains(right, item) for item in left)


def optional_of_nonzero(value: Any) -> Optional:
    is_zero = value in (None, False, 0, "", b"") or value == [] or value == {} or value == Duration(0)
    return Optional() if is_zero else Optional(value, True)


@typed(Optional)
def value_of(target: Optional) -> Any:
    if not target.has_value:
        raise CelError("optional.none() dereference")
    return target.value


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "isSorted": is_sorted,
    "sum": total,
    "min": _extreme("min", -1),
    "max": _extreme("max", 1),
    "first": typed(list)(lambda items: Optional(items[0], True) if items else Optional()),
    "last": typed(list)(lambda items: Optional(items[-1], True) if items else Optional()),
    "optional.unwrap": unwrap,
    "unwrapOpt": unwrap,
    "slice": cut,
    "flatten": flatten,
    "distinct": distinct,
    "reverse": typed(list)(lambda items: list(reversed(items))),
    "sort": sort,
    "lists.range": count_up,
    "sets.contains": has_all,
    "sets.equivalent": are_equivalent,
    "sets.intersects": do_intersect,
    "optional.of": lambda value: Optional(value, True),
    "optional.none": Optional,
    "optional.ofNonZeroValue": optional_of_nonzero,
    "hasValue": typed(Optional)(lambda target: target.has_value),
    "value": value_of,
}
