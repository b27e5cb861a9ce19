"""Objects put together and taken apart by type: merge a configuration in, remove the fields of a set.

Rules: structured-merge-diff typed/{merge,remove}.go and fieldpath/set.go (EnsureNamedFieldsAreMembers).
"""

from __future__ import annotations

from typing import Any

from orkestra.k8s.apply.fieldset import SELF, FieldSet, is_member
from orkestra.k8s.apply.nodes import MISSING, UNTYPED, Node
from orkestra.k8s.apply.walks import item_element
from orkestra.k8s.values import copy_value


def merged(old: Any, config: Any, node: Node) -> Any:
    """``old`` with everything ``config`` says. Nothing is removed; parts that stay are shared with ``old``."""
    if isinstance(config, dict):
        if node.is_atomic_map or not node.has_map or not (old or config):
            return copy_value(config)
        return _merged_maps(old if isinstance(old, dict) else {}, config, node)
    if isinstance(config, list):
        if node.is_atomic_list or not node.has_list or not (old or config):
            return copy_value(config)
        return _merged_lists(old if isinstance(old, list) else [], config, node)
    if config is None and old and _outlives_null(old, node):
        return old
    return config


def _outlives_null(old: Any, node: Node) -> bool:
    """Null says nothing of a granular map or list that has content; where a place may be either, it is read as map."""
    if isinstance(old, dict):
        return node.has_map and not node.is_atomic_map
    return isinstance(old, list) and node.has_list and not node.has_map and not node.is_atomic_list


def _merged_maps(old: dict[str, Any], config: dict[str, Any], node: Node) -> dict[str, Any]:
    out = dict(old)
    for name, value in config.items():
        child = node.child(name)
        out[name] = merged(old.get(name, MISSING) if name in old else None, value, child or UNTYPED)
    return out


def _merged_lists(old: list[Any], config: list[Any], node: Node) -> list[Any]:
    """Items in the configuration's order, those it does not name where they stood relative to their neighbours."""
    items = node.items
    ours = [(item_element(item, node), item) for item in config]
    theirs = [(item_element(item, node), item) for item in old]
    wanted = dict(ours)
    present: dict[str, Any] = {}
    for element, item in theirs:
        present[element] = None if element in present else item  # duplicates merge with nothing
    shared = iter([element for element, _ in ours if element in present])
    coming = next(shared, None)
    done: set[str] = set()
    out: list[Any] = []
    left = right = 0
    while left < len(theirs) or right < len(ours):
        if left < len(theirs):
            element, item = theirs[left]
            if element not in wanted:
                out.append(item)
                left += 1
                continue
            if right < len(ours) and element == ours[right][0]:
                out.append(merged(present[element], wanted[element], items))
                done.add(element)
                left, right = left + 1, right + 1
                coming = next(shared, None)
                continue
            if right < len(ours) and coming is not None and coming != element:
                left += 1
                continue
            if element in done:
                left += 1
        if right < len(ours):
            element, item = ours[right]
            out.append(merged(present.get(element), item, items))
            done.add(element)
            right += 1
            if coming == element:
                coming = next(shared, None)
    return out


def removed(value: Any, fields: FieldSet, node: Node) -> Any:
    """The value without the members of ``fields``; None where nothing is left of it.

    A place inside that is emptied, but not itself removed, is null: its owner keeps it. Custom resources keep the
    null as well; built-in kinds lose it when they are decoded.
    """
    if isinstance(value, dict):
        if not value or node.is_atomic_map or not node.has_map:
            return None
        out: dict[str, Any] = {}
        for name, child in value.items():
            found = fields.get(f"f:{name}")
            if found is None:
                out[name] = child
            elif not is_member(found):
                out[name] = removed(child, found, node.child(name) or UNTYPED)
        return out or None
    if isinstance(value, list):
        if not value or node.is_atomic_list or not node.has_list:
            return None
        kept: list[Any] = []
        for item in value:
            found = fields.get(item_element(item, node))
            if found is None:
                kept.append(item)
            elif not is_member(found):
                kept.append(removed(item, found, node.items))
        return kept or None
    return value


def with_named_fields(fields: FieldSet, node: Node | None) -> FieldSet:
    """The set with every declared field on the way to a member made a member, too."""
    out: FieldSet = {}
    for key, found in fields.items():
        if key == SELF:
            out[key] = found
            continue
        is_field = key.startswith("f:")
        is_declared = is_field and node is not None and node.has_map and key[2:] in node.fields
        if not found:
            out[key] = found
            continue
        child = _child(node, key) if node is not None else None
        inner = with_named_fields(found, child)
        out[key] = {SELF: {}, **inner} if is_declared and SELF not in inner else inner
    return out


def reconciled(fields: FieldSet, node: Node | None) -> FieldSet:
    """The set as the present schema has it: what became atomic is owned as a whole."""
    out: FieldSet = {}
    for key, found in fields.items():
        child = _child(node, key) if found and node is not None else None
        if child is None or child is UNTYPED:
            out[key] = found
        elif _is_atomic(child, found):
            out[key] = {}
        else:
            out[key] = reconciled(found, child)
    return out


def _child(node: Node, key: str) -> Node | None:
    if key.startswith("f:"):
        return node.child(key[2:]) if node.has_map else None
    return node.items if node.has_list else None


def _is_atomic(node: Node, found: FieldSet) -> bool:
    if node.scalar and node.has_map and node.has_list:
        return False  # deduced: the schema says nothing
    if any(key.startswith("f:") for key in found):
        return node.has_map and node.is_atomic_map
    return node.has_list and node.is_atomic_list and len(found) > (SELF in found)
