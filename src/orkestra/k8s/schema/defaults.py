"""Defaulting: null values that nobody allowed go, missing fields that have a default come.

Order and null rules: k8s.io/apiextensions-apiserver pkg/apiserver/schema/defaulting (prunenulls.go, then
algorithm.go).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orkestra.k8s.schema.node import Node

Defaulter = Callable[[Any, bool], None]
"""(value, keeps nulls) Fills one value in place; a value of another type is left alone."""


def copy_json(value: Any) -> Any:
    """A deep copy of a JSON value."""
    if type(value) is dict:
        return {key: copy_json(inner) for key, inner in value.items()}
    if type(value) is list:
        return [copy_json(inner) for inner in value]
    return value


def compile_defaults(node: Node) -> Defaulter | None:
    """The defaulter of ``node``; None where a value can hold nothing to fill or drop (scalars, free-form data)."""
    if node.items is not None:
        return _list_defaulter(node.items)
    if node.properties or isinstance(node.additional, Node):
        return _map_defaulter(node)
    return None


def _list_defaulter(items: Node) -> Defaulter | None:
    inner = compile_defaults(items)
    refill = items.default is not None and not items.nullable
    if inner is None and not refill:
        return None

    def fill(value: Any, keeps_nulls: bool) -> None:
        if type(value) is not list:
            return
        if refill and None in value:
            value[:] = [copy_json(items.default) if item is None else item for item in value]
        if inner is not None:
            for item in value:
                inner(item, keeps_nulls)

    return fill


def _map_defaulter(node: Node) -> Defaulter:
    scalars = tuple(
        (name, prop.default)
        for name, prop in node.properties.items()
        if prop.default is not None and type(prop.default) not in (dict, list)
    )
    containers = tuple(
        (name, prop.default) for name, prop in node.properties.items() if type(prop.default) in (dict, list)
    )
    few = tuple(
        (name, deeper) for name, prop in node.properties.items() if (deeper := compile_defaults(prop)) is not None
    )
    additional = node.additional if isinstance(node.additional, Node) else None
    fill_additional = compile_defaults(additional) if additional is not None else None

    def fill(value: Any, keeps_nulls: bool) -> None:
        if type(value) is not dict:
            return
        if None in value.values():
            _settle_nulls(value, node, keeps_nulls)
        for name, default in scalars:
            if name not in value:
                value[name] = default
        for name, default in containers:
            if name not in value:
                value[name] = copy_json(default)
        for name, fill_one in few:
            if name in value:
                fill_one(value[name], keeps_nulls)
        if fill_additional is not None:
            for name, item in value.items():
                if name not in node.properties:
                    fill_additional(item, keeps_nulls)

    return fill


def _settle_nulls(value: dict[str, Any], node: Node, keeps_nulls: bool) -> None:
    for name in [name for name, item in value.items() if item is None]:
        schema = node.child(name)
        if schema is None or schema.nullable:
            continue
        if schema.default is not None:
            value[name] = copy_json(schema.default)
        elif not keeps_nulls:
            del value[name]
