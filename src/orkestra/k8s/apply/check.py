"""A configuration held against its type, before anything is merged.

Rule and wording: structured-merge-diff typed/{validate,helpers}.go. The API server answers these with a bare 500.
"""

from __future__ import annotations

from typing import Any

from orkestra.k8s.apply.fieldset import element_text
from orkestra.k8s.apply.nodes import Node
from orkestra.k8s.apply.walks import ItemError, item_element
from orkestra.k8s.values import MAX_DEPTH, type_name

_MAX_PROBLEMS = 50


def problems_of(config: Any, node: Node) -> list[str]:
    """``.spec.size: expected numeric (int or float), got string``, one line a problem; empty where it fits."""
    found: list[str] = []
    _check(config, node, "", found, 0)
    return found


def _check(value: Any, node: Node, path: str, found: list[str], depth: int) -> None:
    if len(found) >= _MAX_PROBLEMS:
        return
    if depth > MAX_DEPTH:
        found.append(f"{path}: nested deeper than {MAX_DEPTH} levels")
    elif isinstance(value, dict) and node.has_map:
        for name, child in value.items():
            at = node.child(name)
            if at is None:
                found.append(f"{path}.{name}: field not declared in schema")
            else:
                _check(child, at, f"{path}.{name}", found, depth + 1)
    elif isinstance(value, list) and node.has_list:
        _check_items(value, node, path, found, depth)
    elif value is not None:
        expected = _expected(value, node)
        if expected:
            found.append(f"{path}: expected {expected}, got {_type_name(value)}")


def _type_name(value: Any) -> str:
    return "bool" if isinstance(value, bool) else type_name(value)


def _check_items(value: list[Any], node: Node, path: str, found: list[str], depth: int) -> None:
    seen: set[str] = set()
    for index, item in enumerate(value):
        if node.is_atomic_list:
            at = f"{path}[{index}]"
        else:
            try:
                element = item_element(item, node)
            except ItemError as error:
                found.append(f"{path}: element {index}: {error}")
                return
            at = f"{path}{element_text(element)}"
            if element in seen:
                found.append(f"{path}: duplicate entries for key {element_text(element)}")
            seen.add(element)
        _check(item, node.items, at, found, depth + 1)


def _expected(value: Any, node: Node) -> str:
    """What the place holds instead; empty where the value fits."""
    if isinstance(value, (dict, list)) or not node.scalar:
        if node.has_map:
            return "map"
        return "list" if node.has_list else "scalar" if node.scalar == "untyped" else node.scalar
    match node.scalar:
        case "numeric" if isinstance(value, bool) or not isinstance(value, (int, float)):
            return "numeric (int or float)"
        case "string" if not isinstance(value, str):
            return "string"
        case "boolean" if not isinstance(value, bool):
            return "boolean"
    return ""
