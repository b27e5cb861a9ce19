"""``x-kubernetes-list-type``: sets without equal items, maps without equal keys.

Rules: k8s.io/apiextensions-apiserver pkg/apiserver/schema/listtype/validation.go. The second appearance is
reported, once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orkestra.k8s.errors import Cause
from orkestra.k8s.schema import causes
from orkestra.k8s.schema.node import Node


def check_list_types(node: Node, value: Any, path: str = "") -> Iterator[Cause]:
    if not node.has_list_types:
        return
    if isinstance(value, dict):
        for name, item in value.items():
            inner = node.child(name)
            if inner is not None and inner.has_list_types:
                is_field = name in node.properties
                yield from check_list_types(
                    inner, item, causes.child(path, name) if is_field else causes.key(path, name)
                )
    elif isinstance(value, list):
        if node.list_type == "set":
            for index in _repeated(value):
                yield causes.duplicate(f"{path}[{index}]", value[index])
        elif node.list_type == "map":
            yield from _check_map(node, value, path)
        if node.items is not None and node.items.has_list_types:
            for index, item in enumerate(value):
                yield from check_list_types(node.items, item, f"{path}[{index}]")


def _check_map(node: Node, value: list[Any], path: str) -> Iterator[Cause]:
    for index, item in enumerate(value):
        if item is not None and not isinstance(item, dict):
            text = "must be an object for an array of list-type map"
            yield causes.invalid_value(f"{path}[{index}]", item, text)
            return
    keys = [{name: item[name] for name in node.list_map_keys if name in item} if item else {} for item in value]
    for index in _repeated(keys):
        yield causes.duplicate(f"{path}[{index}]", keys[index])


def _typed(value: Any) -> Any:
    """Equal for equal values of equal types, also within."""
    if isinstance(value, dict):
        return frozenset((name, _typed(item)) for name, item in value.items())
    return tuple(map(_typed, value)) if isinstance(value, list) else (type(value), value)


def _repeated(values: list[Any]) -> list[int]:
    """Where a value appears for the second time; 1, 1.0 and true are three values."""
    seen: dict[Any, int] = {}
    out = []
    for index, value in enumerate(values):
        mark = _typed(value)
        seen[mark] = seen.get(mark, 0) + 1
        if seen[mark] == 2:
            out.append(index)
    return out
