"""What an expression may cost at most, before it runs: what decides whether an API server takes a rule.

Rules: cel-go checker/cost.go. A cost is the upper bound alone, in the server's units; sizes have both bounds, since a
short text may be replaced more often. ``callcosts`` knows what functions cost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from orkestra.k8s.cel.callcosts import MOST, UNKNOWN, Call, Size, add, estimate_call, scaled
from orkestra.k8s.cel.checker import check, dotted_name
from orkestra.k8s.cel.expansion import ACCUMULATOR, Comprehension, expand
from orkestra.k8s.cel.nodes import Call as CallNode
from orkestra.k8s.cel.nodes import (
    Fold,
    Ident,
    Index,
    ListLiteral,
    Literal,
    Logic,
    MapLiteral,
    Node,
    OptionalMap,
    Select,
)
from orkestra.k8s.cel.parser import parse
from orkestra.k8s.cel.types import NAMED_TYPES, Type

Path = tuple[str, ...]
Elements = Callable[[Path], int | None]
"""How large the value at a path of field names, ``@items``, ``@values`` and ``@keys`` may be, below the variable that
the path begins with; None where that is not known."""

_LIST: Final = 10
_MAP: Final = 30
_SCALARS: Final = frozenset({"bool", "double", "duration", "int", "timestamp", "uint"})


def estimate(text: str, variables: Mapping[str, Type], elements: Elements) -> int:
    """The cost of an expression that compiles; MOST for one that is too deep to tell."""
    tree = parse(text)
    check(text, tree, variables)
    try:
        return _Coster(elements).cost(tree)
    except RecursionError:
        return MOST


@dataclass(frozen=True, slots=True)
class _Entry:
    """The sizes of a list's or map's keys and values."""

    is_list: bool
    key: Size
    value: Size

    def union(self, other: _Entry | None) -> _Entry | None:
        return _Entry(self.is_list, self.key.union(other.key), self.value.union(other.value)) if other else None


@dataclass(frozen=True, slots=True)
class _Local:
    path: Path
    size: Size | None
    entry: _Entry | None


@dataclass(slots=True)
class _Coster:
    """Sizes and paths are kept by node, and nodes that macros stand for are made once and kept."""

    elements: Elements
    paths: dict[int, Path] = field(default_factory=dict)
    sizes: dict[int, Size] = field(default_factory=dict)
    entries: dict[int, _Entry] = field(default_factory=dict)
    locals: dict[str, list[_Local]] = field(default_factory=dict)
    made: list[Node] = field(default_factory=list)
    known: dict[int, int] = field(default_factory=dict)
    """Costs of what a macro asks for twice."""

    def cost(self, node: Node) -> int:
        if id(node) in self.known:
            return self.known[id(node)]
        match node:
            case Literal():
                return 0
            case Ident():
                self.paths[id(node)] = self._path(node) or (node.name,)
                return 1
            case Select():
                return self._select(node)
            case Index():
                return self._index(node)
            case Logic():
                return add(*map(self.cost, node.args))
            case CallNode():
                return self._call(node)
            case ListLiteral():
                return self._list(node)
            case MapLiteral():
                return self._map(node)
            case Comprehension():
                return self._comprehension(node)
            case Fold() | OptionalMap():
                if isinstance(node, OptionalMap):
                    self.known[id(node.target)] = self.cost(node.target)
                whole = expand(node)
                self.made.append(whole)
                total = self.cost(whole)
                self._copy(node, whole)
                return total
        return 0

    def _select(self, node: Select) -> int:
        if node.type.kind == "type" and (name := dotted_name(node)) in NAMED_TYPES:
            self.paths[id(node)] = (name,)
            return 1
        total = self.cost(node.operand)
        if node.is_test:
            return total
        if node.is_optional:
            return add(total, 1)
        self.paths[id(node)] = (*self._path(node.operand), node.name)
        found = node.operand.type
        return add(total, 1) if found.kind == "map" or found.fields is not None or found.is_param else total

    def _index(self, node: Index) -> int:
        total = add(self.cost(node.operand), self.cost(node.index), 1)
        kind = node.operand.type.kind
        if not node.is_optional and kind in ("list", "map", "dyn"):
            entry = self._entry(node.operand)
            below = "@items" if kind == "list" else "@values"
            self.paths[id(node)] = (*self._path(node.operand), below)
            size = entry.value if entry is not None else self._size(node)
        else:
            size = self._size(node)
        if size is not None:
            self.sizes[id(node)] = size
        return total

    def _call(self, node: CallNode) -> int:
        if node.name == "dyn" and node.target is None:
            total = add(1, self.cost(node.args[0]))
            self._copy(node, node.args[0])
            return total
        costs = [self.cost(arg) for arg in node.args]
        target_cost = self.cost(node.target) if node.target is not None else 0
        if node.name == "_?_:_":
            return self._conditional(node, costs)
        found = estimate_call(Call(node, self._size_or_unknown, self._item_size))
        size = found.size or self._size(node)
        if node.name == "_+_" and node.type.kind in ("list", "string", "bytes", "dyn"):
            left, right = self._entry(node.args[0]), self._entry(node.args[1])
            if left is not None and (joined := left.union(right)) is not None:
                self.entries[id(node)] = joined
        if size is not None:
            self.sizes[id(node)] = size
        return add(target_cost, found.cost, *costs)

    def _conditional(self, node: CallNode, costs: list[int]) -> int:
        chosen, other = node.args[1], node.args[2]
        entry = self._entry(chosen)
        if entry is not None and (joined := entry.union(self._entry(other))) is not None:
            self.entries[id(node)] = joined
        self.sizes[id(node)] = self._size_or_unknown(chosen).union(self._size_or_unknown(other))
        return add(costs[0], max(costs[1], costs[2]))

    def _list(self, node: ListLiteral) -> int:
        total = add(_LIST, *map(self.cost, node.items))
        self.entries[id(node)] = _Entry(True, Size(1, 1), self._joined(node.items))
        return total

    def _map(self, node: MapLiteral) -> int:
        total = add(_MAP, *(self.cost(part) for entry in node.entries for part in entry))
        keys, values = [key for key, _ in node.entries], [value for _, value in node.entries]
        self.entries[id(node)] = _Entry(False, self._joined(keys), self._joined(values))
        return total

    def _joined(self, nodes: list[Node]) -> Size:
        sizes = [self._size_or_unknown(node) for node in nodes]
        return Size(min(size.least for size in sizes), max(size.most for size in sizes)) if sizes else Size(0, 0)

    def _comprehension(self, node: Comprehension) -> int:
        total = add(self.cost(node.range), self.cost(node.start))
        self._push(node.accumulator, _Local(self._path(node.start), self._size(node.start), self._entry(node.start)))
        if node.is_bind:
            total = add(total, self.cost(node.result))
            self.locals[node.accumulator].pop()
            self._copy(node, node.result)
            return total
        for name, local in self._walked(node).items():
            self._push(name, local)
        step = add(self.cost(node.condition), self.cost(node.step))
        for name in node.variables:
            self.locals[name].pop()
        total = add(total, self.cost(node.result))
        self.locals[node.accumulator].pop()
        count = self._size_or_unknown(node.range)
        if isinstance(node.start, Literal):
            self.sizes[id(node)] = Size(1, 1)
        else:
            self.sizes[id(node)] = count
            if (entry := self._entry(node.step)) is not None:
                self.entries[id(node)] = entry
        return add(total, scaled(count.most, step))

    def _walked(self, node: Comprehension) -> dict[str, _Local]:
        entry, path = self._entry(node.range), self._path(node.range)
        is_list = entry.is_list if entry is not None else node.range.type.kind == "list"
        key = _Local((*path, "@indices" if is_list else "@keys"), entry.key if entry else None, None)
        value = _Local((*path, "@items" if is_list else "@values"), entry.value if entry else None, None)
        if len(node.variables) == 2:
            return dict(zip(node.variables, (key, value), strict=True))
        return {node.variables[0]: value if is_list else key}

    def _push(self, name: str, local: _Local) -> None:
        self.locals.setdefault(name, []).append(local)

    def _local(self, node: Node) -> _Local | None:
        stack = self.locals.get(node.name) if isinstance(node, Ident) else None
        return stack[-1] if stack else None

    def _path(self, node: Node) -> Path:
        local = self._local(node)
        return local.path if local is not None else self.paths.get(id(node), ())

    def _entry(self, node: Node) -> _Entry | None:
        found = self.entries.get(id(node))
        if found is not None:
            return found
        local = self._local(node)
        return local.entry if local is not None else None

    def _copy(self, node: Node, source: Node) -> None:
        if (size := self._size(source)) is not None:
            self.sizes[id(node)] = size
        if (entry := self._entry(source)) is not None:
            self.entries[id(node)] = entry

    def _size(self, node: Node) -> Size | None:
        if id(node) in self.sizes:
            return self.sizes[id(node)]
        if (written := _written_size(node)) is not None:
            return written
        if (path := self._path(node)) and path[0] != ACCUMULATOR and (most := self.elements(path)) is not None:
            self.sizes[id(node)] = Size(0, most)
            return self.sizes[id(node)]
        if _is_scalar(node.type):
            return Size(1, 1)
        local = self._local(node)
        return local.size if local is not None else None

    def _size_or_unknown(self, node: Node) -> Size:
        return self._size(node) or UNKNOWN

    def _item_size(self, node: Node) -> Size:
        """Of the items of a list, as far as its path tells."""
        path = self._path(node)
        most = self.elements((*path, "@items")) if path else None
        return UNKNOWN if most is None else Size(0, most)


def _written_size(node: Node) -> Size | None:
    match node:
        case Literal(value=str() | bytes()):
            return Size(len(node.value), len(node.value))
        case Literal():
            return Size(1, 1)
        case ListLiteral():
            return Size(len(node.items), len(node.items))
        case MapLiteral():
            return Size(len(node.entries), len(node.entries))
    return None


def _is_scalar(found: Type) -> bool:
    return found.kind in _SCALARS or (found.kind == "optional_type" and _is_scalar(found.params[0]))
