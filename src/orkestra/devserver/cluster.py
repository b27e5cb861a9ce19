"""The verbs of the API, in process and synchronous: what the HTTP handlers and the controllers both call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from orkestra.devserver.changes import Change
from orkestra.devserver.kinds import CustomKind, Kind
from orkestra.devserver.refusals import no_such_resource
from orkestra.devserver.registry import Registry
from orkestra.devserver.registry.registry import DEFINITIONS
from orkestra.devserver.storage import Event, Record, Store, Table, TableKey
from orkestra.devserver.writes import (
    Backend,
    DeleteOptions,
    Draft,
    WriteOptions,
    commit,
    delete,
    draft_create,
    draft_patch,
    draft_update,
)
from orkestra.devserver.writes.deleting import Deleted
from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object, name_of, namespace_of
from orkestra.k8s.selectors import LabelSelector

__all__ = ["Change", "Cluster"]

_Allocate = Callable[["Cluster", Object, Object | None], Object]


class Cluster:
    """Objects given in are never kept or changed; objects given out are read-only. Verbs raise ``StatusError``s."""

    def __init__(self, store: Store | None = None, *, clock: Callable[[], datetime] | None = None) -> None:
        self.store = store or Store()
        self.registry = Registry()
        self.backend = Backend(self.store, self.registry)
        if clock is not None:
            self.backend.clock = clock
        for record in list(self.store.table(DEFINITIONS).scan()):
            self.registry.define(record.obj)
            self._read_again(record.obj["spec"])
        self.store.observe(self._follow_definitions)

    def allocate_services(self, allocate: _Allocate) -> None:
        """Have ``allocate(cluster, service, old)`` give Services their addresses before they are stored."""
        self.backend.allocate = lambda obj, old: allocate(self, obj, old)

    def resource(self, group: str, plural: str) -> ResourceInfo | None:
        """The preferred served version of a resource, custom resources included; None where it is not served."""
        kind = self.registry.preferred(group, plural)
        return kind.info if kind else None

    def get(self, info: ResourceInfo, namespace: str, name: str) -> Object:
        """Raises NotFound."""
        kind = self.kind(info)
        return kind.from_hub(self.backend.record(kind, namespace, name).obj)

    def list(self, info: ResourceInfo, namespace: str = "", labels: LabelSelector | None = None) -> list[Object]:
        """Objects in key order; an empty ``namespace`` means all."""
        kind = self.kind(info)
        records = self.backend.table(kind).scan(namespace)
        if labels:
            return [kind.from_hub(record.obj) for record in records if labels.matches(record.labels)]
        return [kind.from_hub(record.obj) for record in records]

    def create(self, info: ResourceInfo, obj: Object, *, manager: str = "", dry_run: bool = False) -> Object:
        """Raises AlreadyExists, Invalid, Forbidden, NotFound (namespace), BadRequest."""
        options = WriteOptions(manager=manager, dry_run=dry_run)
        return self.commit(draft_create(self.backend, self.kind(info), namespace_of(obj), obj, options))

    def update(
        self, info: ResourceInfo, obj: Object, *, subresource: str = "", manager: str = "", dry_run: bool = False
    ) -> Object:
        """Replace; ``subresource`` is "", "status" or one the kind has. Raises Conflict, NotFound, Invalid."""
        options = WriteOptions(manager=manager, dry_run=dry_run)
        kind = self.kind(info)
        return self.commit(
            draft_update(self.backend, kind, namespace_of(obj), name_of(obj), obj, options, subresource=subresource)
        )

    def patch(
        self,
        info: ResourceInfo,
        namespace: str,
        name: str,
        patch: Any,
        *,
        patch_type: Any,
        subresource: str = "",
        manager: str = "",
        force: bool = False,
        dry_run: bool = False,
    ) -> Object:
        """``patch_type`` is "json", "merge", "strategic" or "apply"; ``force`` is for apply."""
        options = WriteOptions(manager=manager, dry_run=dry_run, force=force)
        kind = self.kind(info)
        return self.commit(
            draft_patch(
                self.backend, kind, namespace, name, patch, options, patch_type=patch_type, subresource=subresource
            )
        )

    def delete(
        self,
        info: ResourceInfo,
        namespace: str,
        name: str,
        *,
        uid: str = "",
        resource_version: str = "",
        propagation: str = "Background",
        grace_seconds: int | None = None,
        dry_run: bool = False,
    ) -> Object:
        """``propagation`` is Background, Foreground or Orphan. Answers the object; raises NotFound, Conflict."""
        options = DeleteOptions(uid, resource_version, propagation, grace_seconds, dry_run)
        return self.delete_with(self.kind(info), namespace, name, options).obj

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call ``callback`` after each commit, synchronously, never re-entrantly. Returns what ends it."""

        def observer(table: Table, event: Event) -> None:
            hub = self.registry.hub(table.key)
            if hub is not None:
                old = event.old.obj if event.old else None
                callback(Change(hub.info, event.type, event.record.obj, old))

        return self.store.observe(observer)

    def now(self) -> datetime:
        return self.backend.clock()

    def kind(self, info: ResourceInfo) -> Kind:
        """Raises NotFound where the resource is not served (any longer)."""
        kind = self.registry.kind_of(info)
        if kind is None:
            raise no_such_resource()
        return kind

    def commit(self, draft: Draft) -> Object:
        return commit(self.backend, draft)

    def delete_with(self, kind: Kind, namespace: str, name: str, options: DeleteOptions) -> Deleted:
        return delete(self.backend, kind, namespace, name, options)

    def _follow_definitions(self, table: Table, event: Event) -> None:
        if table.key != DEFINITIONS:
            return
        if event.type == "DELETED":
            gone = self.registry.undefine(event.record.name)
            if gone is not None:
                self.store.drop(gone)
        else:
            self.registry.define(event.record.obj)
            if event.old is not None and event.old.obj.get("spec") != event.record.obj.get("spec"):
                self._read_again(event.record.obj["spec"])

    def _read_again(self, spec: Object) -> None:
        """Stored objects as a changed schema has them: a real server prunes and defaults whatever it reads."""
        key = TableKey(spec["group"], spec["names"]["plural"])
        hub, table = self.registry.hub(key), self.store.table(key)
        if not isinstance(hub, CustomKind):
            return
        for record in list(table.scan()):
            shown = hub.read(record.obj)
            if shown != record.obj:
                table.records[record.path] = Record(record.path, record.revision, msgspec.json.encode(shown), shown)
