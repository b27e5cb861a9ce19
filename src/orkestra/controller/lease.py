"""The Lease object that candidates for leadership share: read, compared, written. No I/O, no clock.

Fields and rules: k8s.io/api coordination/v1 LeaseSpec; k8s.io/client-go tools/leaderelection.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey, get_path, resource_version_of

LEASES = ResourceInfo("coordination.k8s.io", "v1", "Lease", "leases", namespaced=True)


@dataclass(frozen=True, slots=True)
class Record:
    """What a Lease says. ``holder`` is empty when it was released; times are never compared with our clock."""

    holder: str = ""
    duration_seconds: int = 0
    acquire_time: str = ""
    renew_time: str = ""
    transitions: int = 0
    version: str = ""


def read_record(lease: Object) -> Record:
    """A Lease -> Record; absent or odd fields read as empty."""

    def text(field: str) -> str:
        value = get_path(lease, ("spec", field))
        return value if isinstance(value, str) else ""

    def number(field: str) -> int:
        value = get_path(lease, ("spec", field))
        return value if isinstance(value, int) and not isinstance(value, bool) else 0

    return Record(
        text("holderIdentity"),
        number("leaseDurationSeconds"),
        text("acquireTime"),
        text("renewTime"),
        number("leaseTransitions"),
        resource_version_of(lease),
    )


def write_record(lease: Object | None, key: ObjectKey, record: Record) -> Object:
    """The Lease to send: ``lease`` as it was read (other fields and labels stay), with ``record`` in its spec."""
    found: dict[str, Any] = dict(lease or {})
    metadata = dict(found.get("metadata") or {"namespace": key.namespace, "name": key.name})
    metadata.pop("managedFields", None)
    if record.version:
        metadata["resourceVersion"] = record.version
    spec = dict(found.get("spec") or {})
    spec.update(
        holderIdentity=record.holder,
        leaseDurationSeconds=record.duration_seconds,
        acquireTime=record.acquire_time,
        renewTime=record.renew_time,
        leaseTransitions=record.transitions,
    )
    return {**found, "apiVersion": LEASES.api_version, "kind": LEASES.kind, "metadata": metadata, "spec": spec}


def micro_time(now: datetime) -> str:
    """metav1.MicroTime: RFC 3339 with six decimals, in UTC."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
