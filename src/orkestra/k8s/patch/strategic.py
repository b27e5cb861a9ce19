"""Strategic Merge Patch: a merge patch that knows which lists merge, and by which key.

Rules: k8s.io/apimachinery pkg/util/strategicpatch/patch.go and the design proposals it names. Directives: ``$patch``
(replace, delete), ``$retainKeys``, ``$setElementOrder/FIELD``, ``$deleteFromPrimitiveList/FIELD``. Schemas come from
``k8s.builtin`` (``x-kubernetes-patch-strategy``, ``x-kubernetes-patch-merge-key``).
"""

from __future__ import annotations

from typing import Any

from orkestra.k8s.builtin import Schema, resolve
from orkestra.k8s.errors import BadRequest
from orkestra.k8s.literals import go_text
from orkestra.k8s.patch import order
from orkestra.k8s.patch.order import PatchError, PatchFailure, merge_key_of
from orkestra.k8s.values import MAX_DEPTH, TooDeep, copy_value, type_name

_PATCH = "$patch"
_RETAIN = "$retainKeys"
_ORDER = "$setElementOrder/"
_DELETE = "$deleteFromPrimitiveList/"


def strategic_merge(doc: Any, patch: Any, schema: Schema) -> Any:
    """A new document of a built-in kind. ``schema`` is the kind's definition.

    Raises BadRequest where the patch is no object, Invalid where lists cannot be merged, PatchFailure where a
    directive is unknown or entries cannot be told apart.
    """
    if not isinstance(patch, dict):
        raise BadRequest(f"error decoding patch: a strategic merge patch is an object, not {type_name(patch)}")
    try:
        return _merge_map(doc if isinstance(doc, dict) else {}, copy_value(patch), resolve(schema), 0)
    except TooDeep as deep:
        raise BadRequest(f"error decoding patch: {deep}") from deep


def _merge_map(old: dict[str, Any], patch: dict[str, Any], schema: Schema, depth: int) -> dict[str, Any]:
    if depth > MAX_DEPTH:
        raise TooDeep(f"the patch is nested deeper than {MAX_DEPTH} levels")
    match patch.pop(_PATCH, _PATCH):
        case "replace":
            return patch
        case "delete":
            return {}
        case found if found != _PATCH:
            raise PatchFailure(f"unknown patch type: {go_text(found)} in map: {go_text({**patch, _PATCH: found})}")
    out = _retained(old, patch)
    for key in [key for key in patch if key.startswith(_ORDER)]:
        field, wanted = key.removeprefix(_ORDER), patch.pop(key)
        _merge_in_order(out, patch, field, wanted, _Field(schema, field), depth)
    for key, value in patch.items():
        if key.startswith(_DELETE):
            field = key.removeprefix(_DELETE)
            if isinstance(out.get(field), list) and isinstance(value, list):
                out[field] = order.without(out[field], value)
        elif value is None:
            out.pop(key, None)
        else:
            merged = _merge_value(out.get(key), value, _Field(schema, key), depth)
            if merged is None:
                out.pop(key, None)
            else:
                out[key] = merged
    return out


class _Field:
    """What the schema says of one field; a field it does not know merges as a map and replaces as a list."""

    __slots__ = ("key", "schema", "strategies")

    def __init__(self, parent: Schema, name: str) -> None:
        properties = parent.get("properties")
        found = properties.get(name) if properties else parent.get("additionalProperties")
        self.schema: Schema = resolve(found) if isinstance(found, dict) else {}
        self.strategies = str(self.schema.get("x-kubernetes-patch-strategy") or "").split(",")
        self.key = str(self.schema.get("x-kubernetes-patch-merge-key") or "")

    @property
    def items(self) -> Schema:
        found = self.schema.get("items")
        return resolve(found) if isinstance(found, dict) else {}


def _merge_value(old: Any, value: Any, field: _Field, depth: int) -> Any:
    if isinstance(value, dict) and isinstance(old, dict):
        return value if "replace" in field.strategies else _merge_map(old, value, field.schema, depth + 1)
    if isinstance(value, list) and isinstance(old, list) and "merge" in field.strategies:
        return _merge_list(old, value, field, depth)
    if isinstance(value, list) and isinstance(old, list):
        return value
    return _plain(value)


def _merge_list(old: list[Any], patch: list[Any], field: _Field, depth: int) -> list[Any]:
    if not old and not patch:
        return old
    if not order.holds_maps(old, patch):
        merged = order.distinct([*old, *patch])
        return order.arranged(merged, patch, old, "")
    if not field.key:
        raise PatchError("a list of objects without a merge key cannot be merged")
    kept, fresh = _without_directives(old, patch, field.key)
    merged = list(kept)
    places = {merge_key_of(item, field.key): place for place, item in reversed(list(enumerate(merged)))}
    items = field.items
    for item in fresh:
        value = merge_key_of(item, field.key)
        place = places.get(value)
        if place is None:
            places[value] = len(merged)
            merged.append(_plain(item))
        else:
            merged[place] = _merge_map(merged[place], item, items, depth + 1)
    return order.arranged(merged, fresh, kept, field.key)


def _without_directives(old: list[Any], patch: list[Any], key: str) -> tuple[list[Any], list[Any]]:
    """What is left of the old list, and the patch's plain entries."""
    fresh: list[Any] = []
    gone: set[Any] = set()
    is_replaced = False
    for item in patch:
        match item.get(_PATCH, _PATCH):
            case "delete":
                gone.add(merge_key_of(item, key))
            case "replace":
                is_replaced = True
            case found if found != _PATCH:
                raise PatchFailure(f"unknown patch type: {go_text(found)} in map: {go_text(item)}")
            case _:
                fresh.append(item)
    if is_replaced:
        return [], fresh
    return ([item for item in old if merge_key_of(item, key) not in gone] if gone else old), fresh


def _retained(old: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    if _RETAIN not in patch:
        return dict(old)
    named = patch.pop(_RETAIN)
    if not isinstance(named, list) or not all(isinstance(name, str) for name in named):
        raise BadRequest(f"invalid patch format of {_RETAIN}: expected a list of field names")
    for key, value in patch.items():
        if value is not None and key not in named and not key.startswith((_ORDER, _DELETE)):
            raise BadRequest(f"invalid patch format of {_RETAIN}: {key} is set and not in the list")
    return {key: value for key, value in old.items() if key in named}


def _merge_in_order(
    out: dict[str, Any], patch: dict[str, Any], name: str, wanted: Any, field: _Field, depth: int
) -> None:
    """Merge the list ``name`` and put it in the order of its ``$setElementOrder``; takes it out of the patch."""
    old, change = out.get(name), patch.get(name)
    if not all(isinstance(value, list) or value is None for value in (old, change)) or not isinstance(wanted, list):
        raise BadRequest(f"invalid patch format of {_ORDER}{name}: expected lists")
    if name in patch and change is None:
        return
    order.check(change or [], wanted, field.key, _PATCH)
    if old is None and change is None:
        return
    if change is None:
        merged = list(old or ())
    elif old is None:
        merged = _plain(change)
    else:
        merged = _merge_value(old, change, field, depth)
    out[name] = order.arranged(merged, wanted, old or [], field.key)
    patch.pop(name, None)


def _plain(value: Any) -> Any:
    """A value that meets nothing: directives and nulls have no one to address and go."""
    if isinstance(value, dict):
        if _PATCH in value:
            return None
        plain = {key: _plain(v) for key, v in value.items() if not key.startswith((_RETAIN, _ORDER, _DELETE))}
        return {key: v for key, v in plain.items() if v is not None}
    if isinstance(value, list):
        return [plain for plain in (_plain(v) for v in value) if plain is not None]
    return value
