"""What a call may cost at most, without its arguments, and how large its result may be.

Rules: functionCost in cel-go checker/cost.go; k8s.io/apiserver pkg/cel/library/cost.go; cel-go ext/{lists,sets}.go.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from orkestra.k8s.cel.nodes import Call as CallNode
from orkestra.k8s.cel.nodes import Literal, Node

MOST: Final = 2**64 - 1
_CHARACTER: Final = 0.1
_PATTERN: Final = 0.25
_NAME_FORMAT: Final = 128
_FORMAT: Final = 64
_ADDRESS: Final = 16


@dataclass(frozen=True, slots=True)
class Size:
    """Characters, bytes or items."""

    least: int
    most: int

    def union(self, other: Size) -> Size:
        return Size(min(self.least, other.least), max(self.most, other.most))

    def plus(self, other: Size) -> Size:
        return Size(add(self.least, other.least), add(self.most, other.most))

    def times(self, other: Size) -> Size:
        return Size(scaled(self.least, other.least), scaled(self.most, other.most))


UNKNOWN: Final = Size(0, MOST)


@dataclass(frozen=True, slots=True)
class Estimate:
    cost: int
    size: Size | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call, and how to ask for the sizes of what it is given: of a value, and of the items of a list."""

    node: CallNode
    size_of: Callable[[Node], Size]
    item_size_of: Callable[[Node], Size]

    def arg(self, index: int) -> Size:
        return self.size_of(self.node.args[index])

    @property
    def target(self) -> Size:
        assert self.node.target is not None
        return self.size_of(self.node.target)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Of the target, where there is one, and the arguments."""
        given = [*([self.node.target] if self.node.target is not None else []), *self.node.args]
        return tuple(each.type.kind for each in given)


def add(*parts: int) -> int:
    return min(MOST, sum(parts))


def scaled(one: int, other: int) -> int:
    return min(MOST, one * other)


def by(amount: int, factor: float) -> int:
    """Rounded up, in the floating point of the server."""
    found = math.ceil(float(amount) * factor)
    return MOST if found >= 2**64 else found


def estimate_call(call: Call) -> Estimate:
    found = _BY_NAME.get(call.node.name)
    made = found(call) if found is not None else None
    return made or Estimate(1)


def _one(call: Call) -> Estimate:
    return Estimate(1)


def _per_item(call: Call) -> Estimate | None:
    """Lists compare their items, texts search their characters."""
    target = call.node.target
    if target is None:
        return None
    if not target.type.params:
        return Estimate(by(call.target.most, _CHARACTER))
    each = 1
    if target.type.params[0].kind in ("string", "bytes"):
        each = add(1, by(call.item_size_of(target).most, _CHARACTER))
    return Estimate(scaled(call.target.most, each))


def _read(times: float = 1, *, keeps: bool = False) -> Callable[[Call], Estimate | None]:
    """Walks its first argument."""

    def estimate(call: Call) -> Estimate | None:
        if not call.node.args:
            return None
        size = call.arg(0)
        return Estimate(by(size.most, times * _CHARACTER), size if keeps else None)

    return estimate


def _changed(call: Call) -> Estimate | None:
    """Walks its target, which does not grow."""
    return None if call.node.target is None else Estimate(by(call.target.most, _CHARACTER), call.target)


def _replace(call: Call) -> Estimate | None:
    if call.node.target is None or len(call.node.args) < 2:
        return None
    size, old, new = call.target, call.arg(0), call.arg(1)
    if old.least == 0:
        most = (add(size.most, 1), size.most)
    elif new.most <= old.least:
        most = (0, size.most)
    else:
        most = (min(MOST, math.ceil(size.most / old.least)), 0)
    if old.most == 0:
        least = (add(size.least, 1), size.least)
    elif old.most <= new.least:
        least = (0, size.least)
    else:
        least = (math.ceil(size.least / old.most), 0)
    result = Size(least[0], most[0]).times(new).plus(Size(least[1], most[1]))
    return Estimate(by(size.most, 2 * _CHARACTER), result)


def _split(call: Call) -> Estimate | None:
    if call.node.target is None:
        return None
    most = call.target.most
    limit = call.node.args[1] if len(call.node.args) > 1 else None
    if isinstance(limit, Literal) and type(limit.value) is int:
        most = limit.value % 2**64
    return Estimate(by(call.target.most, 2 * _CHARACTER), Size(0, most))


def _join(call: Call) -> Estimate | None:
    target = call.node.target
    if target is None:
        return None
    size = Size(0, 0)
    if target.type.params:
        size = call.target.times(call.item_size_of(target))
    if call.node.args:
        between = Size(max(0, call.target.least - 1), max(0, call.target.most - 1))
        size = size.plus(call.arg(0).times(between))
    return Estimate(by(size.most, _CHARACTER), size)


def _searched(text: Size, pattern: Size) -> int:
    return scaled(by(add(text.most, 1), _CHARACTER), by(pattern.most, _PATTERN))


def _find(call: Call) -> Estimate | None:
    if call.node.target is None or not call.node.args:
        return None
    return Estimate(_searched(call.target, call.arg(0)), Size(0, call.target.most))


def _matches(call: Call) -> Estimate:
    if call.node.target is not None:
        return Estimate(_searched(call.target, call.arg(0)))
    return Estimate(_searched(call.arg(0), call.arg(1)))


def _ip(call: Call) -> Estimate:
    return Estimate(1) if call.node.target is not None else Estimate(by(call.arg(0).most, _CHARACTER))


def _contains_address(call: Call) -> Estimate:
    cost = by(2 * _ADDRESS, _CHARACTER)
    if call.node.name == "containsCIDR":
        cost = add(cost, by(_ADDRESS, _CHARACTER), 1)
    if call.node.args[0].type.kind in ("string", "dyn"):
        cost = add(cost, by(call.arg(0).most, _CHARACTER))
    return Estimate(cost)


def _validate(call: Call) -> Estimate:
    return Estimate(by(by(call.arg(0).most, _CHARACTER), _NAME_FORMAT * _PATTERN))


def _equal(call: Call) -> Estimate:
    left, right = call.kinds
    if left == right and call.node.name == "_==_":
        if left in ("net.IP", "net.CIDR", "kubernetes.Quantity", "kubernetes.Semver"):
            return Estimate(1)
        if left == "kubernetes.NamedFormat":
            return Estimate(by(_FORMAT, _CHARACTER))
        if left == "kubernetes.URL":
            return Estimate(by(call.arg(1).most, _CHARACTER))
    return Estimate(by(min(call.arg(0).most, call.arg(1).most), _CHARACTER))


def _ordered(call: Call) -> Estimate:
    """Texts and bytes are compared character by character; where a type is not known, that is the worst case."""
    if all(kind in ("string", "bytes", "dyn") for kind in call.kinds):
        compared = by(min(call.arg(0).most, call.arg(1).most), _CHARACTER)
        return Estimate(max(compared, 1) if "dyn" in call.kinds and "string" not in call.kinds else compared)
    return Estimate(1)


def _sum(call: Call) -> Estimate:
    kinds = set(call.kinds) - {"dyn"}
    size = call.arg(0).plus(call.arg(1))
    if kinds <= {"list"} and kinds:
        return Estimate(1, size)
    if not kinds:
        return Estimate(max(1, by(size.most, _CHARACTER)), size)
    if kinds <= {"string"} or kinds <= {"bytes"}:
        return Estimate(by(size.most, _CHARACTER), size)
    return Estimate(1)


def _is_in(call: Call) -> Estimate:
    return Estimate(1) if call.kinds[1] == "map" else Estimate(max(call.arg(1).most, call.kinds[1] == "dyn"))


def _contains(call: Call) -> Estimate | None:
    if call.node.target is None:
        return None
    return Estimate(scaled(by(call.target.most, _CHARACTER), by(call.arg(0).most, _CHARACTER)))


def _format(call: Call) -> Estimate | None:
    return None if call.node.target is None else Estimate(by(call.target.most, _CHARACTER))


def _to_bytes(call: Call) -> Estimate | None:
    if call.kinds[0] not in ("string", "dyn"):
        return None
    size = call.arg(0)
    return Estimate(max(1, by(size.most, _CHARACTER)) if call.kinds[0] == "dyn" else by(size.most, _CHARACTER),
                    Size(size.least, size.most * 4 % 2**64))  # fmt: skip


def _to_string(call: Call) -> Estimate | None:
    if call.kinds[0] not in ("bytes", "dyn"):
        return None
    size = call.arg(0)
    cost = by(size.most, _CHARACTER)
    return Estimate(max(1, cost) if call.kinds[0] == "dyn" else cost, Size(size.least // 4, size.most))


def _quote(call: Call) -> Estimate:
    size = call.arg(0)
    return Estimate(by(size.most, _CHARACTER), Size((size.least + 2) % 2**64, (size.most * 2 + 2) % 2**64))


def _made(factor: float, size: Size) -> Estimate:
    """A call that makes a list."""
    return Estimate(add(by(size.most, factor), 1, 10), size)


def _number(node: Node, otherwise: int) -> int:
    if not isinstance(node, Literal) or type(node.value) is not int:
        return otherwise
    return max(0, node.value)


def _slice(call: Call) -> Estimate:
    start, end = _number(call.node.args[0], 0), _number(call.node.args[1], call.target.most)
    size = (end - start) % 2**64
    return _made(1, Size(size, size))


def _range(call: Call) -> Estimate:
    size = _number(call.node.args[0], MOST)
    return _made(1, Size(size, size))


def _flatten(call: Call) -> Estimate:
    return _made(float(_number(call.node.args[0], MOST) if call.node.args else 1), call.target)


def _distinct(call: Call) -> Estimate:
    return _made(2, call.target.times(call.target))


def _sort(call: Call) -> Estimate:
    assert call.node.target is not None
    keys = call.node.args[0] if call.node.args else call.node.target
    size = call.size_of(keys)
    kind = keys.type.params[0].kind if keys.type.params else "dyn"
    return _made(2 + (_CHARACTER if kind in ("string", "bytes", "dyn") else 0), size.times(size))


def _sets(factor: float) -> Callable[[Call], Estimate]:
    return lambda call: Estimate(add(by(scaled(call.arg(0).most, call.arg(1).most), factor), 1))


_BY_NAME: Final[Mapping[str, Callable[[Call], Estimate | None]]] = {
    **dict.fromkeys(("isSorted", "sum", "max", "min", "indexOf", "lastIndexOf"), _per_item),
    **dict.fromkeys(("lowerAscii", "upperAscii", "substring", "trim"), _changed),
    **dict.fromkeys(("cidr", "isIP", "isCIDR", "quantity", "isQuantity", "semver", "isSemver"), _read()),
    **dict.fromkeys(("startsWith", "endsWith"), _read()),
    **dict.fromkeys(("find", "findAll"), _find),
    **dict.fromkeys(("containsIP", "containsCIDR"), _contains_address),
    **dict.fromkeys(("_==_", "_!=_"), _equal),
    **dict.fromkeys(("_<_", "_<=_", "_>_", "_>=_"), _ordered),
    **dict.fromkeys(("sort", "@sortByAssociatedKeys"), _sort),
    **dict.fromkeys(("sets.contains", "sets.intersects"), _sets(1)),
    "sets.equivalent": _sets(2),
    "url": _read(keeps=True),
    "ip": _ip,
    "ip.isCanonical": _read(2),
    "replace": _replace,
    "split": _split,
    "join": _join,
    "matches": _matches,
    "validate": _validate,
    "_+_": _sum,
    "@in": _is_in,
    "contains": _contains,
    "format": _format,
    "bytes": _to_bytes,
    "string": _to_string,
    "strings.quote": _quote,
    "slice": _slice,
    "lists.range": _range,
    "reverse": lambda call: _made(1, call.target),
    "flatten": _flatten,
    "distinct": _distinct,
}
