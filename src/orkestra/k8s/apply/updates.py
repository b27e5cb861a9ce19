"""Ownership after a change: who loses fields, who conflicts, what an applier no longer mentions.

Rules: structured-merge-diff merge/update.go.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from orkestra.k8s.apply.fieldset import FieldSet, difference, difference_below, intersection, union
from orkestra.k8s.apply.managers import ManagerKey, Managers, Owned
from orkestra.k8s.apply.merge import merged, reconciled, removed, with_named_fields
from orkestra.k8s.apply.nodes import Node
from orkestra.k8s.apply.types import Types
from orkestra.k8s.apply.walks import compare, mentioned
from orkestra.k8s.objects import Object


class FieldConflicts(Exception):
    """Fields of other managers that the change would alter."""

    def __init__(self, fields: dict[ManagerKey, FieldSet]) -> None:
        super().__init__(f"{len(fields)} managers")
        self.fields = fields


@dataclass(frozen=True, slots=True)
class Request:
    """The version and subresource a request speaks in."""

    types: Types
    api_version: str
    subresource: str
    root: Node

    @property
    def reset(self) -> FieldSet:
        return self.types.reset_fields(self.subresource)


def known_managers(managers: Managers, request: Request) -> Managers:
    """The managers of versions still served, their sets as the present schema has them."""
    out: Managers = {}
    for key, owned in managers.items():
        root = request.root if owned.api_version == request.api_version else request.types.root(owned.api_version)
        if root is not None:
            out[key] = replace(owned, fields=reconciled(owned.fields, root))
    return out


def update(old: Object, new: Object, managers: Managers, own: ManagerKey, request: Request) -> Managers:
    """Owners after a plain write by ``own``. Raises ItemError, TooDeep."""
    managers = known_managers(managers, request)
    differences = _Differences(old, new, request)
    left = _take(managers, own, differences, is_forced=True)
    changed, gone = differences.unfiltered
    mine = left[own].fields if own in left else {}
    fields = difference_below(union(difference(mine, gone), changed), request.reset)
    if fields:
        left[own] = Owned(fields, request.api_version)
    else:
        left.pop(own, None)
    return left


def apply_config(
    live: Object, config: Object, managers: Managers, own: ManagerKey, request: Request, is_forced: bool
) -> tuple[Object, Managers]:
    """The object and its owners after an apply. Raises FieldConflicts, ItemError, TooDeep."""
    managers = known_managers(managers, request)
    last = managers.get(own)
    new: Object = merged(live, config, request.root)
    fields = difference_below(mentioned(config, request.root), request.reset)
    managers[own] = Owned(fields, request.api_version, last.time if last else "")
    if last is not None:
        new = _prune(new, managers, own, last, request)
    differences = _Differences(live, new, request)
    return new, _take(managers, own, differences, is_forced)


class _Differences:
    """What differs between two states, in each version some manager speaks."""

    def __init__(self, old: Object, new: Object, request: Request) -> None:
        self._old, self._new, self._request = old, new, request
        self.unfiltered = compare(old, new, request.root)
        self._by_version: dict[str, tuple[FieldSet, FieldSet]] = {request.api_version: self._filtered(self.unfiltered)}

    def _filtered(self, found: tuple[FieldSet, FieldSet]) -> tuple[FieldSet, FieldSet]:
        reset = self._request.reset
        return difference_below(found[0], reset), difference_below(found[1], reset)

    def at(self, api_version: str) -> tuple[FieldSet, FieldSet]:
        found = self._by_version.get(api_version)
        if found is None:
            types, root = self._request.types, self._request.types.root(api_version)
            # Managers of versions that are not served were forgotten before.
            assert root is not None
            pair = (types.convert(self._old, api_version), types.convert(self._new, api_version))
            found = self._by_version[api_version] = self._filtered(compare(*pair, root))
        return found


def _take(managers: Managers, own: ManagerKey, differences: _Differences, is_forced: bool) -> Managers:
    """The managers without what the change took from them. Raises FieldConflicts unless forced."""
    conflicts: dict[ManagerKey, FieldSet] = {}
    out: Managers = {}
    for key, owned in managers.items():
        fields = owned.fields
        if key != own:
            changed, gone = differences.at(owned.api_version)
            clash = intersection(fields, changed) if changed else {}
            if clash:
                conflicts[key] = clash
                fields = difference(fields, clash)
            if gone:
                fields = difference(fields, gone)
        if fields:
            out[key] = owned if fields is owned.fields else replace(owned, fields=fields)
    if conflicts and not is_forced:
        raise FieldConflicts(conflicts)
    return out


def _prune(new: Object, managers: Managers, own: ManagerKey, last: Owned, request: Request) -> Object:
    """``new`` without what this applier mentioned last time, mentions no more, and no one else owns."""
    types = request.types
    root = types.root(last.api_version)
    if root is None or not difference(last.fields, managers[own].fields):
        return new
    obj = new if last.api_version == request.api_version else types.convert(new, last.api_version)
    named = with_named_fields
    present = named(mentioned(obj, root), root)
    before = named(last.fields, root)
    pruned: Any = removed(obj, before, root) or {}
    # Field names are taken to mean the same in every version: what another version's manager owns stays.
    managed: FieldSet = {}
    for owned in managers.values():
        managed = union(managed, owned.fields)
    left = union(named(mentioned(pruned, root), root), named(managed, root))
    pruned = removed(obj, difference(present, left), root) or {}
    left = named(mentioned(pruned, root), root)
    gone = intersection(difference(present, left), before)
    result: Object = removed(obj, gone, root) or {}
    return result if last.api_version == request.api_version else types.convert(result, request.api_version)
