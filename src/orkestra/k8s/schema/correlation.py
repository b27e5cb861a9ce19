"""What a value was before an update, where the schema lets the two be told to be the same thing.

Map fields correlate by name, items of ``x-kubernetes-list-type: map`` by their keys, other items not at all
(k8s.io/apiserver pkg/cel/common/equality.go).
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from orkestra.k8s.schema.node import Node
from orkestra.k8s.schema.numbers import equals


class Correlation:
    """The old value, if there is one: ``has_value`` tells ``null before`` from ``nothing before``."""

    __slots__ = ("_by_key", "has_value", "is_root", "value")

    def __init__(self, value: Any = None, *, has_value: bool = True, is_root: bool = False) -> None:
        self.value = value
        self.has_value = has_value
        self.is_root = is_root
        self._by_key: dict[Hashable, Any] | None = None

    def is_unchanged(self, node: Node, value: Any) -> bool:
        """Whether ``value`` is what it was, as far as its schema can tell: what a map has in fields without a schema
        (preserved unknown ones, and all of ``metadata``) does not correlate, and is never found unchanged
        (CachedDeepEqual there)."""
        old = self.value
        if not self.has_value or self.is_root:
            return False
        if isinstance(value, dict) and isinstance(old, dict):
            return len(value) == len(old) and all(
                (inner := node.child(name)) is not None and self.field(node, name).is_unchanged(inner, item)
                for name, item in value.items()
            )
        if isinstance(value, list) and isinstance(old, list) and node.list_type == "map" and node.items is not None:
            items = node.items
            return len(value) == len(old) and all(self.item(node, item).is_unchanged(items, item) for item in value)
        return equals(old, value)

    def field(self, node: Node, name: str) -> Correlation:
        """The old value of a map's field. Types of the root never correlate: both sides were converted to one."""
        old = self.value
        if not isinstance(old, dict) or name not in old or node.child(name) is None:
            return UNCORRELATED
        if self.is_root and name in ("apiVersion", "kind"):
            return UNCORRELATED
        return Correlation(old[name])

    def item(self, node: Node, item: Any) -> Correlation:
        """The old item of a list map that has the keys of ``item``."""
        if not isinstance(self.value, list) or node.list_type != "map":
            return UNCORRELATED
        if self._by_key is None:
            self._by_key = {}
            for old in reversed(self.value):
                key = list_map_key(node, old)
                if key is not None:
                    self._by_key[key] = old
        key = list_map_key(node, item)
        if key is None or key not in self._by_key:
            return UNCORRELATED
        return Correlation(self._by_key[key])


def list_map_key(node: Node, item: Any) -> Hashable | None:
    """The key of a list map's item, types told apart; None where a key is no scalar or the item no object."""
    if not isinstance(item, dict):
        return None
    parts = [item.get(name) for name in node.list_map_keys]
    if any(isinstance(part, dict | list) for part in parts):
        return None
    return tuple((type(part).__name__, part) for part in parts)


UNCORRELATED = Correlation(has_value=False)
