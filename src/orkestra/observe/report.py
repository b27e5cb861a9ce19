"""What the runtime tells of itself over HTTP, as data: the shapes of /katalog and below.

Field names are the public API's (katalog reference, section 11.1); times are RFC 3339, durations seconds.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

State = Literal["pending", "started", "healthy", "degraded"]


class BoxHealthReport(msgspec.Struct, rename="camel"):
    """GET /katalog/{crd}/health. ``pending`` says what the box waits for, empty when it runs; ``upcoming``, what the
    next revision waits for while this one goes on."""

    state: State
    status: int
    is_konductor: bool
    healthy: bool
    started: bool
    pending: str
    upcoming: str
    uptime: float
    queue_depth: int
    error_rate: float
    consecutive_fails: int
    total_reconciles: int
    failed_reconciles: int
    resource_count: int
    last_error: str
    last_reconcile: str
    has_unhealthy_dependencies: bool


class BoxReport(msgspec.Struct, rename="camel"):
    """GET /katalog/{crd}."""

    name: str
    gvk: str
    state: State
    enabled: bool
    workers: dict[str, Any]
    resync: float
    queue: dict[str, Any]
    depends_on: dict[str, str]
    metrics: dict[str, float]


class RejectedReport(msgspec.Struct, rename="camel"):
    """A revision that was refused; ``findings`` say why, one a line, with file, line and column."""

    revision: str
    source: str
    commit: str
    time: str
    findings: tuple[str, ...]


class UnmanagedReport(msgspec.Struct, rename="camel"):
    """An entry that was dropped: its objects and their children are as they were. ``withFinalizer`` of them cannot be
    deleted until the finalizer is taken off. Both are null where the entry was dropped while nothing ran: not counted.
    """

    name: str
    gvk: str
    objects: int | None
    with_finalizer: int | None


class KatalogReport(msgspec.Struct, rename="camel"):
    """GET /katalog. ``revision`` is empty until a first definition has come."""

    name: str
    revision: str
    source: str
    commit: str
    revision_time: str
    rejected: RejectedReport | None
    unmanaged: list[UnmanagedReport]
    leaving: list[str]
    version: str
    environment: str
    cluster_name: str
    healthy: bool
    ork_ready: bool = msgspec.field(name="OrkReady")
    status: int
    is_konductor: bool
    degraded_reason: str
    total: int
    total_enabled: int
    total_degraded: int
    status_counts: dict[str, int]
    crds: dict[str, State]
