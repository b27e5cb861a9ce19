"""JSON Merge Patch (RFC 7386): applied as the API server does, and made from two states."""

from __future__ import annotations

from typing import Any

from orkestra.k8s.errors import BadRequest
from orkestra.k8s.values import MAX_DEPTH, TooDeep, copy_value, is_equal, type_name


def merge_patch(doc: Any, patch: Any) -> Any:
    """A new document: null deletes, maps merge, all else replaces. Raises BadRequest where the patch is no object."""
    if not isinstance(patch, dict):
        raise BadRequest(f"error decoding patch: a merge patch is an object, not {type_name(patch)}")
    try:
        return _merged(doc, patch, 0)
    except TooDeep as deep:
        raise BadRequest(f"error decoding patch: {deep}") from deep


def _merged(doc: Any, patch: dict[str, Any], depth: int) -> dict[str, Any]:
    if depth > MAX_DEPTH:
        raise TooDeep(f"the patch is nested deeper than {MAX_DEPTH} levels")
    out = dict(doc) if isinstance(doc, dict) else {}
    for key, value in patch.items():
        if value is None:
            out.pop(key, None)
        elif isinstance(value, dict):
            out[key] = _merged(out.get(key), value, depth + 1)
        else:
            out[key] = _without_nulls(value, depth + 1)
    return out


def _without_nulls(value: Any, depth: int) -> Any:
    """The API server takes null members of maps inside a new list for deletions, too; null entries stay."""
    if depth > MAX_DEPTH:
        raise TooDeep(f"the patch is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, dict):
        return {key: _without_nulls(v, depth + 1) for key, v in value.items() if v is not None}
    if isinstance(value, list):
        return [_without_nulls(v, depth + 1) for v in value]
    return value


def create_merge_patch(old: Any, new: Any) -> dict[str, Any]:
    """The smallest merge patch that turns ``old`` into ``new``; empty where they are equal.

    A null in ``new`` cannot be said in this format and counts as absent.
    """
    patch: dict[str, Any] = {}
    for key, value in new.items():
        before = old.get(key)
        if value is None:
            if before is not None:
                patch[key] = None
        elif isinstance(value, dict) and isinstance(before, dict):
            inner = create_merge_patch(before, value)
            if inner:
                patch[key] = inner
        elif key not in old or not is_equal(before, value):
            patch[key] = copy_value(value)
    for key, before in old.items():
        if key not in new and before is not None:
            patch[key] = None
    return patch
