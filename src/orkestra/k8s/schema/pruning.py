"""Pruning: fields the schema does not know are removed and named.

Rules: k8s.io/apiextensions-apiserver pkg/apiserver/schema/pruning/algorithm.go; metadata of the root and of
embedded resources keeps the fields of ObjectMeta (pkg/apiserver/schema/objectmeta). Clean objects are by far the
common case, so a compiled test runs first and the walk that builds paths only where that test fails.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orkestra.k8s.schema.node import Node

IsClean = Callable[[Any], bool]

TYPE_META = frozenset({"apiVersion", "kind", "metadata"})
OBJECT_META = frozenset(
    {
        "name", "generateName", "namespace", "selfLink", "uid", "resourceVersion", "generation", "creationTimestamp",
        "deletionTimestamp", "deletionGracePeriodSeconds", "labels", "annotations", "ownerReferences", "finalizers",
        "managedFields",
    }
)  # fmt: skip
_LISTED_META = {
    "ownerReferences": frozenset({"apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion"}),
    "managedFields": frozenset({"manager", "operation", "apiVersion", "time", "fieldsType", "fieldsV1", "subresource"}),
}


def compile_clean(node: Node | None, *, is_resource: bool = False) -> IsClean:
    """A test that is True only for values pruning would leave as they are."""
    if node is None:
        return _is_empty
    is_resource = is_resource or node.embedded
    inner = {name: compile_clean(prop) for name, prop in node.properties.items()}
    if is_resource:
        inner.pop("apiVersion", None)
        inner.pop("kind", None)
        inner["metadata"] = _is_clean_metadata
    known = inner.keys() | TYPE_META if is_resource else inner.keys()
    is_open = node.preserve_unknown or node.additional is not None
    others = compile_clean(node.additional if isinstance(node.additional, Node) else None)
    if node.preserve_unknown and node.additional is None:
        others = _is_anything
    items = _items_test(node)
    if not inner and items is _is_empty and not is_open:
        return _is_empty

    def is_clean(value: Any) -> bool:
        if type(value) is dict:
            if not is_open and not value.keys() <= known:
                return False
            for name, item in value.items():
                kind = type(item)
                if (kind is dict or kind is list) and not inner.get(name, others)(item):
                    return False
            return True
        return type(value) is not list or all(map(items, value))

    return is_clean


def _items_test(node: Node) -> IsClean:
    if node.items is None:
        return _is_anything if node.preserve_unknown else _is_empty
    if node.preserve_unknown:
        return lambda value: not isinstance(value, dict | list)  # rare: leave it to the walk
    return compile_clean(node.items)


def _is_anything(value: Any) -> bool:
    return True


def _is_empty(value: Any) -> bool:
    """Nothing in here is known: clean without keys and without containers in lists."""
    if type(value) is dict:
        return not value
    return type(value) is not list or not any(isinstance(item, dict | list) and item for item in value)


def _is_clean_metadata(value: Any) -> bool:
    if type(value) is not dict or not value.keys() <= OBJECT_META:
        return False
    return not any(name in value and _unknown_in_listed(value[name], _LISTED_META[name]) for name in _LISTED_META)


def _unknown_in_listed(entries: Any, known: frozenset[str]) -> bool:
    return type(entries) is list and any(type(e) is dict and not e.keys() <= known for e in entries)


def prune_unknown(value: Any, node: Node | None, *, is_resource: bool = False) -> list[str]:
    """Removes what ``node`` does not know, in place; the paths of what went (``spec.ports[0].foo``), sorted."""
    found: list[str] = []
    _prune(value, node, "", found, is_resource)
    return sorted(found)


def _prune(value: Any, node: Node | None, path: str, found: list[str], is_resource: bool) -> None:
    if node is None:
        _drop_everything(value, path, found)
        return
    if node.preserve_unknown:
        _prune_preserving(value, node, path, found, is_resource)
        return
    is_resource = is_resource or node.embedded
    if isinstance(value, dict):
        for name in list(value):
            inner_path = f"{path}.{name}" if path else name
            if is_resource and name in TYPE_META:
                if name == "metadata":
                    _prune_metadata(value[name], inner_path, found)
            elif name in node.properties:
                _prune(value[name], node.properties[name], inner_path, found, False)
            elif node.additional is not None:
                _prune(
                    value[name],
                    node.additional if isinstance(node.additional, Node) else None,
                    inner_path,
                    found,
                    False,
                )
            else:
                found.append(inner_path)
                del value[name]
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _prune(item, node.items, f"{path}[{index}]", found, False)


def _prune_preserving(value: Any, node: Node, path: str, found: list[str], is_resource: bool) -> None:
    """x-kubernetes-preserve-unknown-fields: only what is specified is looked into."""
    is_resource = is_resource or node.embedded
    if isinstance(value, dict):
        for name, item in value.items():
            inner_path = f"{path}.{name}" if path else name
            if is_resource and name in TYPE_META:
                if name == "metadata":
                    _prune_metadata(item, inner_path, found)
            elif name in node.properties:
                _prune(item, node.properties[name], inner_path, found, False)
            elif node.additional is not None:
                _prune(item, node.additional if isinstance(node.additional, Node) else None, inner_path, found, False)
    elif isinstance(value, list) and node.items is not None:
        for index, item in enumerate(value):
            _prune_preserving(item, node.items, f"{path}[{index}]", found, False)


def _drop_everything(value: Any, path: str, found: list[str]) -> None:
    """Without a schema, maps lose all keys; lists are searched for maps. Iterative: its depth is unbounded."""
    waiting = [(value, path)]
    while waiting:
        item, at = waiting.pop()
        if isinstance(item, dict):
            found.extend(f"{at}.{name}" if at else name for name in item)
            item.clear()
        elif isinstance(item, list):
            waiting.extend((inner, f"{at}[{index}]") for index, inner in enumerate(item))


def _prune_metadata(value: Any, path: str, found: list[str]) -> None:
    if not isinstance(value, dict):
        return
    _keep(value, OBJECT_META, path, found)
    for name, known in _LISTED_META.items():
        entries = value.get(name)
        if isinstance(entries, list):
            for index, entry in enumerate(entries):
                if isinstance(entry, dict):
                    _keep(entry, known, f"{path}.{name}[{index}]", found)


def _keep(value: dict[str, Any], known: frozenset[str], path: str, found: list[str]) -> None:
    for name in [name for name in value if name not in known]:
        found.append(f"{path}.{name}")
        del value[name]
