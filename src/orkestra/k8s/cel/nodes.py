"""The syntax tree. ``offset`` is where an issue about the node points; ``type`` is set by the checker."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from orkestra.k8s.cel.types import DYN, Type


@dataclass(slots=True)
class Node:
    offset: int
    type: Type = field(default=DYN, kw_only=True)


@dataclass(slots=True)
class Literal(Node):
    value: Any


@dataclass(slots=True)
class Ident(Node):
    name: str


@dataclass(slots=True)
class Select(Node):
    """``operand.name``; ``is_test`` for has(), ``is_optional`` for ``.?``."""

    operand: Node
    name: str
    is_test: bool = False
    is_optional: bool = False


@dataclass(slots=True)
class Index(Node):
    operand: Node
    index: Node
    is_optional: bool = False


@dataclass(slots=True)
class Call(Node):
    """A function, method (``target``) or operator (named as cel-go does: ``_+_``, ``!_``, ``@in``)."""

    name: str
    target: Node | None
    args: list[Node]


@dataclass(slots=True)
class Logic(Node):
    """``&&`` or ``||`` over two and more operands."""

    name: str
    args: list[Node]


@dataclass(slots=True)
class ListLiteral(Node):
    items: list[Node]
    optional: frozenset[int] = frozenset()


@dataclass(slots=True)
class MapLiteral(Node):
    entries: list[tuple[Node, Node]]
    optional: frozenset[int] = frozenset()


@dataclass(slots=True)
class StructLiteral(Node):
    """``Name{field: value}``: parsed, and refused by the checker: no such types exist here."""

    name: str


@dataclass(slots=True)
class Fold(Node):
    """A macro that walks a list or map: all, exists, existsOne, filter, map, transformList, transformMap,
    transformMapEntry, sortBy."""

    name: str
    range: Node
    variables: tuple[str, ...]
    body: Node
    condition: Node | None = None


@dataclass(slots=True)
class OptionalMap(Node):
    """``optMap`` and (``is_flat``) ``optFlatMap``."""

    target: Node
    variable: str
    body: Node
    is_flat: bool
