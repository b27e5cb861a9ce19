"""The order of merged lists: what the patch names first to last, the rest where the live list had it.

Rule: k8s.io/apimachinery pkg/util/strategicpatch/patch.go (normalizeElementOrder, mergeSortedSlice).
"""

from __future__ import annotations

from typing import Any

from orkestra.k8s.errors import Invalid, StatusError
from orkestra.k8s.literals import go_text
from orkestra.k8s.values import type_name


class PatchError(Invalid):
    """A strategic merge patch whose lists cannot be merged."""


class PatchFailure(StatusError):
    """A malformed strategic merge patch that the API server takes for a failure of its own: 500 without a reason."""


def holds_maps(old: list[Any], patch: list[Any]) -> bool:
    """Whether both lists hold objects; False for scalars. Raises PatchError on a mixture or on lists of lists."""
    kinds = {dict if isinstance(item, dict) else list if isinstance(item, list) else str for item in (*old, *patch)}
    if len(kinds) != 1:
        raise PatchError("a list of objects and scalars cannot be merged")
    if list in kinds:
        raise PatchError("lists of lists cannot be merged")
    return dict in kinds


def merge_key_of(item: Any, key: str) -> Any:
    """What identifies an item: its merge key's value, or a scalar itself; told apart by JSON type."""
    if not key:
        value = item
    elif not isinstance(item, dict):
        raise PatchError(f"expected an object with {key}, found {type_name(item)}")
    elif key not in item:
        raise PatchFailure(f"map: {go_text(item)} does not contain declared merge key: {key}")
    else:
        value = item[key]
    if isinstance(value, (dict, list)):
        raise PatchError(f"the merge key {key} is no scalar")
    return (type(value) is bool, value)


def distinct(items: list[Any]) -> list[Any]:
    """Scalars, each once, in first place."""
    return list({merge_key_of(item, ""): item for item in reversed(items)}.values())[::-1]


def without(items: list[Any], gone: list[Any]) -> list[Any]:
    named = {merge_key_of(item, "") for item in gone}
    return [item for item in items if isinstance(item, (dict, list)) or merge_key_of(item, "") not in named]


def check(patch: list[Any], wanted: list[Any], key: str, directive: str) -> None:
    """Raises PatchFailure unless the patch's plain entries stand in ``wanted``, in the same order."""
    if not patch or not wanted:
        return
    places = iter([merge_key_of(item, key) for item in wanted])
    for item in patch:
        if isinstance(item, dict) and directive in item:
            continue
        if merge_key_of(item, key) not in places:
            raise PatchFailure(
                f"The order in patch list:\n{go_text(patch)}\n doesn't match $setElementOrder list:\n"
                f"{go_text(wanted)}\n"
            )


def arranged(merged: list[Any], wanted: list[Any], live: list[Any], key: str) -> list[Any]:
    """``merged`` with the entries ``wanted`` names in that order, the others woven in by their order in ``live``."""
    ranks = _ranks(wanted, key)
    places = _ranks(live, key)
    named: list[tuple[int, Any]] = []
    others: list[tuple[int, Any]] = []
    for item in merged:
        identity = merge_key_of(item, key)
        if identity in ranks:
            named.append((ranks[identity], item))
        else:
            others.append((places.get(identity, len(places)), item))
    named.sort(key=lambda entry: entry[0])
    others.sort(key=lambda entry: entry[0])
    out: list[Any] = []
    at = 0
    for _, item in named:
        place = places.get(merge_key_of(item, key))
        while place is not None and at < len(others) and others[at][0] < place:
            out.append(others[at][1])
            at += 1
        out.append(item)
    return out + [item for _, item in others[at:]]


def _ranks(items: list[Any], key: str) -> dict[Any, int]:
    ranks: dict[Any, int] = {}
    for rank, item in enumerate(items):
        ranks.setdefault(merge_key_of(item, key), rank)
    return ranks
