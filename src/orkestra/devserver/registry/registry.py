"""Kinds by path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from orkestra.devserver.kinds import BuiltinKind, CustomKind, Kind
from orkestra.devserver.kinds.custom import custom_resource_info
from orkestra.devserver.kinds.definitions import (
    NameConflict,
    conflict_of,
    is_established,
    is_terminating_definition,
)
from orkestra.devserver.storage import TableKey
from orkestra.k8s.apply import CustomTypes
from orkestra.k8s.builtin import builtin_resources
from orkestra.k8s.gvk import GVK, GVR, ResourceInfo
from orkestra.k8s.objects import Object, name_of
from orkestra.k8s.schema.structural import compile_schema

_STORED_ELSEWHERE = {("events.k8s.io", "events"): TableKey("", "events")}
_VERSION = re.compile(r"v(?P<major>\d+)(?:(?P<stage>alpha|beta)(?P<minor>\d+))?")
DEFINITIONS = TableKey("apiextensions.k8s.io", "customresourcedefinitions")


class Registry:
    """``generation`` changes whenever what is served changes."""

    def __init__(self) -> None:
        self.generation = 1
        self._served: set[tuple[str, str]] = set()
        self._served_at = 0
        self._kinds: dict[GVR, Kind] = {}
        self._by_gvk: dict[GVK, Kind] = {}
        self._preferred: dict[tuple[str, str], Kind] = {}
        self._hubs: dict[TableKey, Kind] = {}
        self._custom: dict[str, list[CustomKind]] = {}
        infos = builtin_resources()
        hubs: dict[TableKey, ResourceInfo] = {}
        for info in infos:
            hubs.setdefault(_table_of(info), info)
        for info in infos:
            table = _table_of(info)
            self._add(BuiltinKind(info, table, hubs[table]))

    def kind(self, group: str, version: str, plural: str) -> Kind | None:
        return self._kinds.get(GVR(group, version, plural))

    def kind_of(self, info: ResourceInfo) -> Kind | None:
        return self._kinds.get(info.gvr)

    def by_gvk(self, gvk: GVK) -> Kind | None:
        return self._by_gvk.get(gvk)

    def preferred(self, group: str, plural: str) -> Kind | None:
        return self._preferred.get((group, plural))

    def hub(self, table: TableKey) -> Kind | None:
        """The kind in the version its objects are stored in."""
        return self._hubs.get(table)

    def kinds(self) -> Iterable[Kind]:
        return self._kinds.values()

    def groups(self) -> dict[str, list[str]]:
        """Group -> versions, each in the order discovery prefers; the core group is empty."""
        found: dict[str, list[str]] = {}
        for gvr in self._kinds:
            versions = found.setdefault(gvr.group, [])
            if gvr.version not in versions:
                versions.append(gvr.version)
        for group, versions in found.items():
            if group in self._custom_groups():
                versions.sort(key=version_rank)
        return found

    def serves(self, group: str, version: str) -> bool:
        if self._served_at != self.generation:
            self._served_at = self.generation
            self._served = {(gvr.group, gvr.version) for gvr in self._kinds}
        return (group, version) in self._served

    def kinds_in(self, group: str, version: str) -> list[Kind]:
        return [kind for gvr, kind in self._kinds.items() if gvr.group == group and gvr.version == version]

    def name_conflict(self, definition: Object) -> NameConflict | None:
        """What another definition of the group holds of this one's names; None if nothing."""
        spec = definition.get("spec") or {}
        resources: set[str] = set()
        kinds: set[str] = set()
        for owner, served in self._custom.items():
            if owner != name_of(definition) and served and served[0].info.group == spec.get("group"):
                taken = served[0].info
                resources |= {taken.plural, taken.singular, *taken.short_names}
                kinds |= {taken.kind, taken.list_kind}
        return conflict_of(spec.get("names") or {}, resources, kinds)

    def define(self, definition: Object) -> None:
        """Serve what a stored definition says, replacing what it said before."""
        name = name_of(definition)
        before = self._custom.pop(name, [])
        for kind in before:
            self._remove(kind)
        if is_established(definition):
            kinds = _custom_kinds(definition)
            served = {v.get("name") for v in definition["spec"]["versions"] if v.get("served")}
            self._custom[name] = kinds
            for kind in sorted(kinds, key=lambda kind: version_rank(kind.info.version)):
                if kind.is_hub:
                    self._hubs[kind.table] = kind
                if kind.info.version in served:
                    self._add(kind)
        self.generation += 1

    def undefine(self, name: str) -> TableKey | None:
        """Stop serving a definition's kinds; the table they were stored in."""
        kinds = self._custom.pop(name, [])
        for kind in kinds:
            self._remove(kind)
        self.generation += 1
        return kinds[0].table if kinds else None

    def custom_kinds(self) -> Iterable[CustomKind]:
        for kinds in self._custom.values():
            yield from kinds

    def _custom_groups(self) -> set[str]:
        return {kinds[0].info.group for kinds in self._custom.values() if kinds}

    def _add(self, kind: Kind) -> None:
        info = kind.info
        self._kinds[info.gvr] = kind
        self._by_gvk[info.gvk] = kind
        self._preferred.setdefault((info.group, info.plural), kind)
        if kind.is_hub:
            self._hubs[kind.table] = kind

    def _remove(self, kind: Kind) -> None:
        info = kind.info
        self._kinds.pop(info.gvr, None)
        self._by_gvk.pop(info.gvk, None)
        self._preferred.pop((info.group, info.plural), None)
        if self._hubs.get(kind.table) is kind:
            del self._hubs[kind.table]


def _table_of(info: ResourceInfo) -> TableKey:
    return _STORED_ELSEWHERE.get((info.group, info.plural)) or TableKey(info.group, info.plural)


def _custom_kinds(definition: Object) -> list[CustomKind]:
    versions: list[Mapping[str, Any]] = definition["spec"]["versions"]
    hub = next((version for version in versions if version.get("storage")), versions[0])
    hub_info = custom_resource_info(definition, hub)
    table = TableKey(hub_info.group, hub_info.plural)
    schemas = {f"{hub_info.group}/{version.get('name')}": _schema_of(version) for version in versions}
    kinds: list[CustomKind] = []
    for version in versions:
        info = custom_resource_info(definition, version)
        types = CustomTypes(schemas, has_status="status" in info.subresources)
        kind = CustomKind(info, table, hub_info, version, compile_schema(_schema_of(version)), types)
        kind.is_terminating = is_terminating_definition(definition)
        kinds.append(kind)
    stored = next(kind for kind in kinds if kind.info.version == hub.get("name"))
    for kind in kinds:
        kind.hub_structural = stored.structural
        if kind.deprecation and not _version_of(versions, kind).get("deprecationWarning"):
            kind.deprecation += _replacement(versions, kinds, kind)
    return kinds


def _version_of(versions: list[Mapping[str, Any]], kind: CustomKind) -> Mapping[str, Any]:
    return next(version for version in versions if version.get("name") == kind.info.version)


def _replacement(versions: list[Mapping[str, Any]], kinds: list[CustomKind], old: CustomKind) -> str:
    """The version to use instead: the best that is served, newer and not deprecated itself."""
    better = [
        kind
        for kind in kinds
        if (version := _version_of(versions, kind)).get("served")
        and not version.get("deprecated")
        and version_rank(kind.info.version) < version_rank(old.info.version)
    ]
    if not better:
        return ""
    best = min(better, key=lambda kind: version_rank(kind.info.version)).info
    return f"; use {best.api_version} {best.kind}"


def _schema_of(version: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (version.get("schema") or {}).get("openAPIV3Schema") or {}
    return found


def version_rank(version: str) -> tuple[int, int, int, str]:
    """Sorts versions as discovery prefers them: v2, v1, v1beta1, v1alpha1, then names (apimachinery pkg/version)."""
    found = _VERSION.fullmatch(version)
    if not found:
        return (3, 0, 0, version)
    stage = {None: 0, "beta": 1, "alpha": 2}[found["stage"]]
    return (stage, -int(found["major"]), -int(found["minor"] or 0), "")
