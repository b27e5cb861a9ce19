"""Objects to field sets: what a configuration mentions, and what differs between two states.

Rules: structured-merge-diff typed/{tofieldset,compare,helpers}.go.
"""

from __future__ import annotations

from typing import Any

from orkestra.k8s.apply.fieldset import SELF, FieldSet, as_member, json_text, key_element
from orkestra.k8s.apply.nodes import MISSING, Node
from orkestra.k8s.values import MAX_DEPTH, TooDeep, is_equal

_CONTAINERS = (dict, list)


class ItemError(ValueError):
    """An item that its list cannot tell apart from others."""


def item_element(item: Any, node: Node) -> str:
    """The path element of an item of the associative list ``node``. Raises ItemError."""
    keys = node.keys
    if not keys:
        if item is None:
            raise ItemError("associative list without keys has an element that's an explicit null")
        if isinstance(item, _CONTAINERS):
            raise ItemError("associative list without keys has an element that's no scalar")
        return f"v:{json_text(item)}"
    if not isinstance(item, dict):
        raise ItemError(f"associative list with keys may not have {'a null' if item is None else 'non-map'} elements")
    found = []
    for name in keys:
        value = item.get(name, MISSING)
        if value is MISSING:
            value = node.key_default(name)
        if value is not MISSING:
            found.append((name, value))
    if not found:
        listed = " ".join(f'"{name}"' for name in keys)
        raise ItemError(
            f"associative list with keys has an element that omits all key fields [{listed}] "
            "(and doesn't have default values for any key fields)"
        )
    return key_element(found)


def mentioned(value: Any, node: Node, depth: int = 0) -> FieldSet:
    """Every leaf and item a configuration mentions. Raises ItemError, TooDeep."""
    return _mentioned(value, node, depth) or {}


def _mentioned(value: Any, node: Node, depth: int) -> FieldSet | None:
    """The node for a value; None where it mentions nothing by itself (an empty granular map or list)."""
    if depth > MAX_DEPTH:
        raise TooDeep(f"the object is nested deeper than {MAX_DEPTH} levels")
    out: FieldSet = {}
    if isinstance(value, dict):
        if node.is_atomic_map or not node.has_map:
            return {}
        fields = node.fields
        for name, child in value.items():
            field = fields.get(name)
            if not isinstance(child, _CONTAINERS):
                out[field.key if field is not None else f"f:{name}"] = {}
            elif field is not None:
                found = _mentioned(child, field.node, depth + 1)
                if found is not None:
                    out[field.key] = found
                elif child == {}:
                    out[field.key] = {}
            elif node.element is not None:
                out[f"f:{name}"] = as_member(_mentioned(child, node.element, depth + 1))
            else:
                out[f"f:{name}"] = {}
    elif isinstance(value, list):
        if node.is_atomic_list or not node.has_list:
            return {}
        seen: set[str] = set()
        for item in value:
            element = item_element(item, node)
            if element in seen:
                out[element] = {}
            else:
                seen.add(element)
                out[element] = as_member(_mentioned(item, node.items, depth + 1))
    else:
        return {}
    return out or None


def whole(value: Any, node: Node, depth: int = 0) -> FieldSet:
    """The node of a value that appears or vanishes: itself and all in it. Raises ItemError, TooDeep."""
    if depth > MAX_DEPTH:
        raise TooDeep(f"the object is nested deeper than {MAX_DEPTH} levels")
    if not value or not isinstance(value, _CONTAINERS):
        return {}
    out: FieldSet = {SELF: {}}
    if isinstance(value, dict):
        if node.is_atomic_map or not node.has_map:
            return {}
        fields, element = node.fields, node.element
        for name, child in value.items():
            field = fields.get(name)
            if field is not None:
                out[field.key] = whole(child, field.node, depth + 1) if isinstance(child, _CONTAINERS) else {}
            elif element is not None and isinstance(child, _CONTAINERS):
                out[f"f:{name}"] = whole(child, element, depth + 1)
            else:
                out[f"f:{name}"] = {}
        return out
    if node.is_atomic_list or not node.has_list:
        return {}
    items = node.items
    for item in value:
        key = item_element(item, node)
        out[key] = {} if key in out else whole(item, items, depth + 1)
    return out


def compare(old: Any, new: Any, node: Node) -> tuple[FieldSet, FieldSet]:
    """(added or modified, removed) between two objects. Raises ItemError, TooDeep."""
    changed: FieldSet = {}
    removed: FieldSet = {}
    _compare_maps(old, new, node, changed, removed, 0)
    return changed, removed


def _compare(old: Any, new: Any, node: Node, changed: FieldSet, removed: FieldSet, key: str, depth: int) -> None:
    """Enter what differs at ``key`` of the parents' sets."""
    if old is new:
        return
    if depth > MAX_DEPTH:
        raise TooDeep(f"the object is nested deeper than {MAX_DEPTH} levels")
    is_map = isinstance(old, dict) or isinstance(new, dict)
    is_list = isinstance(old, list) or isinstance(new, list)
    if not is_map and not is_list:
        if not is_equal(old, new):
            changed[key] = {}
    elif (is_map and _are(dict, old, new)) or (is_list and _are(list, old, new)):
        is_leaf = (node.is_atomic_map or not node.has_map) if is_map else (node.is_atomic_list or not node.has_list)
        if is_leaf or (not old and not new):
            if not is_equal(old, new):
                changed[key] = {}
            return
        inner: tuple[FieldSet, FieldSet] = ({}, {})
        if is_map:
            _compare_maps(old or {}, new or {}, node, *inner, depth)
        else:
            _compare_lists(old or [], new or [], node, *inner, depth)
        if inner[0]:
            changed[key] = inner[0]
        if inner[1]:
            removed[key] = inner[1]
    else:
        gone = {name: child for name, child in whole(old, node, depth).items() if name != SELF}
        if gone:
            removed[key] = gone
        changed[key] = whole(new, node, depth)


def _are(kind: type, old: Any, new: Any) -> bool:
    return (old is None or isinstance(old, kind)) and (new is None or isinstance(new, kind))


def _compare_maps(
    old: dict[str, Any], new: dict[str, Any], node: Node, changed: FieldSet, removed: FieldSet, depth: int
) -> None:
    fields, element = node.fields, node.element
    for name, value in new.items():
        before = old.get(name, MISSING)
        if before is value:
            continue
        field = fields.get(name)
        if field is not None:
            key = field.key
            if before is MISSING:
                before = field.empty
            if isinstance(value, _CONTAINERS) or isinstance(before, _CONTAINERS):
                child: Node | None = field.node
            else:
                child = node  # scalars need no type
        else:
            key, child = f"f:{name}", element
        if child is None:
            if before is MISSING or not is_equal(before, value):
                changed[key] = {}
        elif before is MISSING:
            changed[key] = whole(value, child, depth + 1)
        else:
            _compare(before, value, child, changed, removed, key, depth + 1)
    if len(old) == len(new) and old.keys() == new.keys():
        return
    for name, value in old.items():
        if name not in new:
            field = fields.get(name)
            if field is None:
                removed[f"f:{name}"] = whole(value, element, depth + 1) if element is not None else {}
            elif field.empty is MISSING:
                removed[field.key] = whole(value, field.node, depth + 1)
            else:
                _compare(value, field.empty, field.node, changed, removed, field.key, depth + 1)


def _compare_lists(
    old: list[Any], new: list[Any], node: Node, changed: FieldSet, removed: FieldSet, depth: int
) -> None:
    items = node.items
    before, after = _by_element(old, node), _by_element(new, node)
    for element, values in after.items():
        known = before.get(element)
        if known is None:
            changed[element] = whole(values[0], items, depth + 1) if len(values) == 1 else {}
        elif len(known) == 1 and len(values) == 1:
            _compare(known[0], values[0], items, changed, removed, element, depth + 1)
        elif len(known) > 1 and len(values) > 1:
            if not is_equal(known, values):
                changed[element] = {}
        elif len(known) > 1:
            changed[element] = whole(values[0], items, depth + 1)
            removed[element] = {}
        else:
            removed[element] = whole(known[0], items, depth + 1)
            changed[element] = {}
    for element, known in before.items():
        if element not in after:
            removed[element] = whole(known[0], items, depth + 1) if len(known) == 1 else {}


def _by_element(values: list[Any], node: Node) -> dict[str, list[Any]]:
    out: dict[str, list[Any]] = {}
    for value in values:
        out.setdefault(item_element(value, node), []).append(value)
    return out
