"""DELETE: preconditions, propagation policies, grace periods, finalizers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from orkestra.devserver.kinds import Kind
from orkestra.devserver.kinds.definitions import CLEANUP_FINALIZER, mark_terminating
from orkestra.devserver.kinds.traits import IMMORTAL_NAMESPACES
from orkestra.devserver.registry.registry import DEFINITIONS
from orkestra.devserver.storage import Record
from orkestra.devserver.writes.draft import Backend, DeleteOptions, details_of, timestamp
from orkestra.devserver.writes.finishing import is_gone, table_remove
from orkestra.k8s.errors import Cause, Conflict, Forbidden, Invalid
from orkestra.k8s.finalizers import FOREGROUND, ORPHAN, with_finalizer, without_finalizer
from orkestra.k8s.objects import Object

POLICIES = ("Foreground", "Background", "Orphan")


@dataclass(frozen=True, slots=True)
class Deleted:
    """``is_gone`` tells whether the object left the store; ``obj`` is its last state."""

    obj: Object
    is_gone: bool


def delete(backend: Backend, kind: Kind, namespace: str, name: str, options: DeleteOptions) -> Deleted:
    """Raises NotFound, Conflict (preconditions), Forbidden, Invalid (options)."""
    record = backend.record(kind, namespace, name)
    obj = record.obj
    if kind.table == ("", "namespaces") and name in IMMORTAL_NAMESPACES:
        raise Forbidden(
            f'namespaces "{name}" is forbidden: this namespace may not be deleted', details=details_of(kind, name)
        )
    _check_preconditions(kind, record, options)
    marked = _with_policy(kind, obj, options)
    marked = _marked(backend, kind, marked, options)
    if marked == obj:
        return Deleted(kind.from_hub(obj), False)
    gone = is_gone(kind, marked)
    if options.dry_run:
        return Deleted(kind.from_hub(marked), gone)
    if gone:
        # Watches see the last stored state; the answer tells of the deletion where the kind knows grace periods.
        last = table_remove(backend, kind, record.path, obj).obj
        if kind.table == ("", "pods"):
            meta = {**marked["metadata"], "resourceVersion": last["metadata"]["resourceVersion"]}
            last = {**marked, "metadata": meta}
        return Deleted(kind.from_hub(last), True)
    fresh = {**marked, "metadata": {**marked["metadata"]}}
    return Deleted(kind.from_hub(backend.store.put(backend.table(kind), record.path, fresh).obj), False)


def _check_preconditions(kind: Kind, record: Record, options: DeleteOptions) -> None:
    uid = record.obj["metadata"].get("uid")
    if options.uid and options.uid != uid:
        raise _precondition(
            kind,
            record.name,
            f"the UID in the precondition ({options.uid}) does not match the UID in record ({uid}). "
            "The object might have been deleted and then recreated",
        )
    if options.resource_version and options.resource_version != str(record.revision):
        raise _precondition(
            kind,
            record.name,
            f"the ResourceVersion in the precondition ({options.resource_version}) does not match the "
            f"ResourceVersion in record ({record.revision}). The object might have been modified",
        )


def _precondition(kind: Kind, name: str, message: str) -> Conflict:
    shown = f"{kind.info.kind}.{kind.info.group}" if kind.info.group else kind.info.kind
    details = {"name": name, "group": kind.info.group, "kind": kind.info.kind}
    return Conflict(
        f'Operation cannot be fulfilled on {shown} "{name}": {message}',
        details={key: value for key, value in details.items() if value},
    )


def _with_policy(kind: Kind, obj: Object, options: DeleteOptions) -> Object:
    """The garbage collector's finalizers say what becomes of the dependents."""
    policy = options.propagation
    if policy and policy not in POLICIES:
        text = f'Unsupported value: "{policy}": supported values: "Foreground", "Background", "Orphan", "nil"'
        raise Invalid(
            f'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: {text}',
            details={"group": "meta.k8s.io", "kind": "DeleteOptions"},
            causes=[Cause("FieldValueNotSupported", text, "propagationPolicy")],
        )
    if not policy:
        has_own = {FOREGROUND, ORPHAN} & set(obj["metadata"].get("finalizers") or ())
        if has_own or not kind.orphans_by_default:
            return obj
        policy = "Orphan"
    match policy:
        case "Foreground":
            return with_finalizer(without_finalizer(obj, ORPHAN), FOREGROUND)
        case "Orphan":
            return with_finalizer(without_finalizer(obj, FOREGROUND), ORPHAN)
    return without_finalizer(without_finalizer(obj, ORPHAN), FOREGROUND)


def _marked(backend: Backend, kind: Kind, obj: Object, options: DeleteOptions) -> Object:
    """The object with its deletion timestamp, its grace period, and what the kind adds."""
    now = backend.clock()
    meta = dict(obj["metadata"])
    grace = _grace_seconds(kind, obj, options)
    if meta.get("deletionTimestamp"):
        if kind.table != ("", "pods") or grace >= int(meta.get("deletionGracePeriodSeconds") or 0):
            return obj
        meta["deletionGracePeriodSeconds"] = grace
        meta["deletionTimestamp"] = timestamp(now + timedelta(seconds=grace))
        return {**obj, "metadata": meta}
    meta["deletionTimestamp"] = timestamp(now + timedelta(seconds=grace))
    if kind.table not in (("", "namespaces"), DEFINITIONS):
        meta["deletionGracePeriodSeconds"] = grace
    if meta.get("generation") and kind.table != DEFINITIONS:
        meta["generation"] += 1
    marked = {**obj, "metadata": meta}
    if kind.table == ("", "namespaces"):
        marked["status"] = {**(obj.get("status") or {}), "phase": "Terminating"}
    elif kind.table == DEFINITIONS:
        marked = mark_terminating(with_finalizer(marked, CLEANUP_FINALIZER), now)
    return marked


def _grace_seconds(kind: Kind, obj: Object, options: DeleteOptions) -> int:
    """Only pods wait, and only those a kubelet runs (pkg/registry/core/pod/strategy.go, CheckGracefulDelete)."""
    if kind.table != ("", "pods"):
        return 0
    spec, phase = obj.get("spec") or {}, (obj.get("status") or {}).get("phase")
    if not spec.get("nodeName") or phase in ("Failed", "Succeeded"):
        return 0
    grace = options.grace_seconds
    if grace is None:
        grace = int(spec.get("terminationGracePeriodSeconds") or 0)
    return 1 if grace < 0 else grace
