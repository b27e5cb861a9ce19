"""POST: a document becomes a draft."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from orkestra.devserver.kinds import CustomKind, Kind
from orkestra.devserver.writes.decoding import checked_names, decoded
from orkestra.devserver.writes.draft import Backend, Draft, WriteOptions, details_of, path_of, timestamp
from orkestra.devserver.writes.namespaces import admit_create
from orkestra.k8s.errors import Conflict, Forbidden, StatusError
from orkestra.k8s.objects import Object

_SUFFIX = "bcdfghjklmnpqrstvwxz2456789"
_MAX_BASE = 58
_SYSTEM_FIELDS = ("selfLink", "deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion")


def draft_create(
    backend: Backend,
    kind: Kind,
    namespace: str,
    document: Mapping[str, Any],
    options: WriteOptions,
    *,
    duplicates: Sequence[str] = (),
) -> Draft:
    """Decode, name, stamp, default. Raises BadRequest, NotFound or Forbidden (namespace), MethodNotAllowed."""
    obj = decoded(kind, document, options, duplicates=duplicates)
    meta = obj["metadata"]
    checked_names(meta, namespace, is_namespaced=kind.info.namespaced)
    if meta.get("resourceVersion"):
        raise StatusError("resourceVersion should not be set on objects to be created", code=500)
    return prepare(backend, kind, namespace, obj, options)


def prepare(backend: Backend, kind: Kind, namespace: str, obj: Object, options: WriteOptions) -> Draft:
    """A decoded object, stamped as new."""
    if isinstance(kind, CustomKind) and kind.is_terminating:
        name = str(obj["metadata"].get("name") or "")
        raise Forbidden(
            f'{kind.info.group_resource} "{name}" is forbidden: '
            "create not allowed while custom resource definition is terminating",
            details=details_of(kind, name),
        )
    meta = obj["metadata"]
    name = str(meta.get("name") or "")
    if not name and meta.get("generateName"):
        name = meta["name"] = _generated(backend, kind, namespace, str(meta["generateName"]))
    admit_create(backend, kind, namespace, name)
    if kind.info.namespaced:
        meta["namespace"] = namespace
    for field in _SYSTEM_FIELDS:
        meta.pop(field, None)
    now = backend.clock()
    meta["uid"] = str(uuid.uuid4())
    meta["creationTimestamp"] = timestamp(now)
    if kind.has_generation:
        meta["generation"] = 1
    kind.default(obj, is_applied=options.is_applied)
    return Draft(kind, "CREATE", namespace, name, obj, None, options)


def _generated(backend: Backend, kind: Kind, namespace: str, base: str) -> str:
    """A free name. Raises Conflict when eight tries were taken (a full namespace, or a broken random source)."""
    records = backend.table(kind).records
    for _ in range(8):
        name = base[:_MAX_BASE] + "".join(secrets.choice(_SUFFIX) for _ in range(5))
        if path_of(kind, namespace, name) not in records:
            return name
    raise Conflict(f"no free name for {base!r}")
