"""The NamespaceLifecycle admission: nothing is created where nothing can live."""

from __future__ import annotations

from orkestra.devserver.kinds import Kind
from orkestra.devserver.storage import TableKey
from orkestra.devserver.writes.draft import Backend, details_of
from orkestra.k8s.errors import BadRequest, Cause, Forbidden, NotFound
from orkestra.k8s.objects import is_terminating

NAMESPACES = TableKey("", "namespaces")


def admit_create(backend: Backend, kind: Kind, namespace: str, name: str) -> None:
    """Raises NotFound for a missing namespace, Forbidden for one that is going away."""
    if not kind.info.namespaced:
        return
    if not namespace:
        raise BadRequest("an empty namespace may not be set during creation")
    record = backend.store.table(NAMESPACES).get(namespace)
    if record is None:
        raise NotFound(f'namespaces "{namespace}" not found', details={"name": namespace, "kind": "namespaces"})
    if is_terminating(record.obj):
        raise Forbidden(
            f'{kind.info.group_resource} "{name}" is forbidden: unable to create new content in namespace {namespace} '
            "because it is being terminated",
            details=details_of(kind, name),
            causes=[Cause("NamespaceTerminating", f"namespace {namespace} is being terminated", "metadata.namespace")],
        )
