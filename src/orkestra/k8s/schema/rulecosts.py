"""What the rules of a schema may cost at most: whether an API server takes them.

How large values may be and how often they may occur: k8s.io/apiserver pkg/cel/common/schemas.go and
k8s.io/apiextensions-apiserver pkg/apiserver/schema/cel/compilation.go; limits and texts:
pkg/apis/apiextensions/validation/{validation,cel_validation}.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from orkestra.k8s.cel.access import escape
from orkestra.k8s.cel.callcosts import MOST, scaled
from orkestra.k8s.cel.costs import Elements, Path, estimate
from orkestra.k8s.cel.types import Type
from orkestra.k8s.errors import Cause
from orkestra.k8s.schema.causes import child, forbidden
from orkestra.k8s.schema.declarations import declare
from orkestra.k8s.schema.node import Node, Rule

_REQUEST: Final = 3 << 20
_MOST_OF_RULE: Final = 10_000_000
_MOST_OF_SCHEMA: Final = 100_000_000
_NAMED: Final = 4
_TEXTS: Final = {"duration": (32, 3), "date": (12, 12), "date-time": (32, 21)}
"""By format: the most characters, and the least a value takes in JSON."""
_ADVICE: Final = (
    "(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are "
    "declared)"
)


@dataclass(slots=True)
class Total:
    """Of all rules of a schema."""

    cost: int = 0
    most: list[tuple[int, str]] = field(default_factory=list)
    """(cost, place) of those that count."""

    def add(self, cost: int, path: str) -> None:
        self.cost = min(MOST, self.cost + cost)
        if cost >= _MOST_OF_SCHEMA // 100:
            self.most = sorted([*self.most, (cost, path)], key=lambda each: -each[0])[:_NAMED]

    def causes(self, path: str) -> list[Cause]:
        if self.cost <= _MOST_OF_SCHEMA:
            return []
        part = "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema"
        whole = "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema"
        return [*(forbidden(each, part) for _, each in self.most), _beyond(path, whole, self.cost, _MOST_OF_SCHEMA)]


@dataclass(frozen=True, slots=True)
class RuleCosts:
    """Of the rules of ``node``; ``cardinality``: how often its value may occur, None where nothing bounds that but the
    size of a request."""

    node: Node
    elements: Elements
    cardinality: int | None
    total: Total

    def check(self, rule: Rule, variables: Mapping[str, Type], path: str) -> Iterator[Cause]:
        """What is too expensive in a rule that compiles; ``path`` is where it stands."""
        times = _REQUEST // (least_bytes(self.node) + 1) if self.cardinality is None else self.cardinality
        if rule.rule.strip():
            cost = scaled(estimate(rule.rule, variables, self.elements), times)
            yield from self._judge(cost, "rule", path)
        if rule.message_expression:
            yield from self._judge(
                estimate(rule.message_expression, variables, self.elements), "messageExpression", path
            )

    def _judge(self, cost: int, keyword: str, path: str) -> Iterator[Cause]:
        self.total.add(cost, child(path, keyword))
        if cost > _MOST_OF_RULE:
            yield _beyond(child(path, keyword), f"estimated {keyword} cost", cost, _MOST_OF_RULE)


def elements_of(root: Node, *, is_resource: bool) -> Elements:
    """How large values below ``root`` may be."""

    def elements(path: Path) -> int | None:
        node: Node | None = root
        is_root = is_resource
        for step in path[1:]:
            if step == "@keys":
                return 0 if node is not None and isinstance(node.additional, Node) else None
            if node is None or declare(node, is_resource=is_root) is None:
                return None
            if is_root and step in ("apiVersion", "kind"):
                return _REQUEST - 2
            if is_root and step == "metadata":
                return _metadata(path[path.index("metadata") + 1 :])
            node = _below(node, step)
            is_root = node is not None and node.embedded
        return None if node is None else most_elements(node)

    return elements


def _metadata(rest: Path) -> int | None:
    if not rest:
        return 0
    return _REQUEST - 2 if len(rest) == 1 and rest[0] in ("name", "generateName") else None


def _below(node: Node, step: str) -> Node | None:
    if node.int_or_string:
        return None
    if step in ("@items", "@values"):
        found = node.items if node.type == "array" else node.additional if node.type == "object" else None
        return found if isinstance(found, Node) else None
    if node.type != "object" or isinstance(node.additional, Node):
        return None
    found = next((prop for name, prop in node.properties.items() if escape(name) == step), None)
    return found if found is not None and declare(found) is not None else None


def most_elements(node: Node) -> int:
    """Items, entries, or bytes; 0 of what has none."""
    if node.int_or_string or (node.type == "string" and node.format not in _TEXTS):
        return _most_bytes(node)
    if node.type == "string":
        return _TEXTS[node.format][0]
    if node.type == "array" and node.items is not None:
        return _bound(node.max_items, (_REQUEST - 2) // (least_bytes(node.items) + 1))
    if node.type == "object" and isinstance(node.additional, Node):
        return _bound(node.max_properties, (_REQUEST - 2) // (least_bytes(node.additional) + 6))
    return 0


def _most_bytes(node: Node) -> int:
    if node.max_length is not None:
        return max(0, node.max_length) * (1 if node.format == "byte" and not node.int_or_string else 4)
    if node.enum and not node.int_or_string and node.format != "byte":
        return max((len(each.encode()) for each in node.enum if isinstance(each, str)), default=0)
    return _REQUEST - 2


def _bound(declared: int | None, otherwise: int) -> int:
    return otherwise if declared is None else max(0, declared)


def least_bytes(node: Node) -> int:
    """What a value takes at least in JSON."""
    if node.int_or_string:
        return 1
    if node.type == "string":
        return _TEXTS[node.format][1] if node.format in _TEXTS else 2
    if node.type == "object" and not isinstance(node.additional, Node):
        needed = [(name, node.properties[name]) for name in node.required if name in node.properties]
        counted = [(name, prop) for name, prop in needed if prop.default is None and declare(prop) is not None]
        return 2 + sum(len(name.encode()) + least_bytes(prop) + 4 for name, prop in counted)
    return {"boolean": 4, "number": 1, "integer": 1}.get(node.type, 2)


def _beyond(path: str, what: str, cost: int, limit: int) -> Cause:
    factor = cost / limit
    shown = "more than 100" if factor > 100 else f"{factor:f}" if factor < 1.5 else f"{factor:.1f}"
    return forbidden(path, f"{what} exceeds budget by factor of {shown}x {_ADVICE}")
