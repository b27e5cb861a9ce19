"""Commit: validate, settle ownership, store or remove."""

from __future__ import annotations

from orkestra.devserver.kinds import CustomKind, Kind
from orkestra.devserver.kinds.definitions import refuse_names
from orkestra.devserver.kinds.rules.names import check_metadata, check_metadata_update
from orkestra.devserver.registry.registry import DEFINITIONS
from orkestra.devserver.storage import Record
from orkestra.devserver.writes.draft import Backend, Draft, details_of
from orkestra.devserver.writes.ownership import track
from orkestra.devserver.writes.updating import MODIFIED, conflict
from orkestra.k8s.errors import AlreadyExists, Cause
from orkestra.k8s.finalizers import FOREGROUND, ORPHAN
from orkestra.k8s.gvk import GVK
from orkestra.k8s.objects import Object, finalizers_of
from orkestra.k8s.schema.causes import invalid


def commit(backend: Backend, draft: Draft) -> Object:
    """Store the draft; the answer is in the request's version. Raises Invalid, AlreadyExists, Conflict."""
    kind = draft.kind
    table = backend.table(kind)
    current = table.get(draft.path)
    if draft.operation == "CREATE":
        if current is not None:
            prefix = "object is being deleted: " if current.obj["metadata"].get("deletionTimestamp") else ""
            raise AlreadyExists(
                f'{prefix}{kind.info.group_resource} "{draft.name}" already exists',
                details=details_of(kind, draft.name),
            )
    elif current is not draft.old:
        # Only possible where webhooks were asked in between; the caller tries again.
        raise conflict(kind, draft.name, MODIFIED)
    before = draft.old_obj()
    is_owned = draft.options.is_applied or (draft.subresource == "scale" and kind.is_custom)
    if not is_owned:
        draft.obj = track(draft, before, backend.clock())
    _prepare(backend, draft, before)
    if causes := _failures(kind, draft, before):
        raise invalid(GVK(kind.info.group, kind.info.version, kind.info.kind), draft.name, causes)
    if kind.is_custom:
        _warn_of_finalizers(draft, before)
    if kind.table == ("", "services") and backend.allocate is not None and not draft.subresource:
        draft.obj = backend.allocate(draft.obj, before)
    return _store(backend, draft, before)


def _warn_of_finalizers(draft: Draft, before: Object | None) -> None:
    """New names that say not whose they are (apiextensions-apiserver customresource/strategy.go)."""
    known = set(finalizers_of(before)) if before is not None else set()
    for name in sorted(set(finalizers_of(draft.obj)) - known):
        if "/" not in name and name not in (FOREGROUND, ORPHAN):
            path = " including a path (/)" if "." in name else ""
            draft.options.warnings.append(
                f'metadata.finalizers: "{name}": prefer a domain-qualified finalizer name{path} to avoid accidental '
                "conflicts with other finalizer writers"
            )


def _prepare(backend: Backend, draft: Draft, before: Object | None) -> None:
    """What the server writes itself: after ownership is settled, since it belongs to nobody."""
    kind, obj = draft.kind, draft.obj
    if before is None:
        kind.prepare_create(obj, backend.clock())
    elif draft.subresource in ("", "scale"):
        kind.prepare_update(obj, before)
        if kind.bumps_generation(obj, before):
            obj["metadata"]["generation"] = int(before["metadata"].get("generation") or 0) + 1
    if kind.table == DEFINITIONS and not draft.subresource:
        conflict_found = backend.registry.name_conflict(obj)
        if conflict_found is not None:
            refuse_names(obj, before or obj, conflict_found, backend.clock())


def _failures(kind: Kind, draft: Draft, before: Object | None) -> list[Cause]:
    obj = draft.obj
    causes = check_metadata(
        obj,
        is_namespaced=kind.info.namespaced,
        name_check=kind.name_check,
        needs_qualified_finalizers=not kind.is_custom and kind.table != DEFINITIONS,
    )
    if before is not None:
        causes += check_metadata_update(obj, before)
    if not draft.subresource:
        return causes + kind.check(obj, before)
    if isinstance(kind, CustomKind) and before is not None:
        return causes + kind.check_status(obj, before)
    return causes


def _store(backend: Backend, draft: Draft, before: Object | None) -> Object:
    kind, obj = draft.kind, draft.obj
    if before is not None and _is_same(obj, before):
        return before
    table = backend.table(kind)
    stored = kind.to_hub(obj)
    if before is not None and is_gone(kind, stored):
        if draft.options.dry_run:
            return obj
        assert draft.old is not None
        gone = table_remove(backend, kind, draft.path, draft.old.obj)
        meta = {**obj["metadata"], "resourceVersion": str(gone.revision)}
        return {**obj, "metadata": meta}
    if draft.options.dry_run:
        if before is None:
            obj["metadata"].pop("resourceVersion", None)
        return obj
    if stored is draft.obj or stored["metadata"] is draft.obj["metadata"]:
        # The store stamps the revision into the metadata it is given; nothing older may share it.
        stored = {**stored, "metadata": {**stored["metadata"]}}
    return kind.from_hub(backend.store.put(table, draft.path, stored).obj)


def table_remove(backend: Backend, kind: Kind, path: str, obj: Object) -> Record:
    return backend.store.remove(backend.table(kind), path, {**obj, "metadata": {**obj["metadata"]}})


def is_gone(kind: Kind, obj: Object) -> bool:
    """Whether nothing keeps a deleted object any longer: no finalizer and no grace period to wait for."""
    meta = obj["metadata"]
    if not meta.get("deletionTimestamp") or finalizers_of(obj):
        return False
    if kind.table == ("", "namespaces"):
        return not (obj.get("spec") or {}).get("finalizers")
    return not meta.get("deletionGracePeriodSeconds")


def _is_same(obj: Object, before: Object) -> bool:
    """A write that changes nothing takes no revision (etcd3 GuaranteedUpdate)."""
    return obj == before
