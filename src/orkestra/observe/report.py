"""What the runtime tells of itself over HTTP, as data: the shapes of /katalog and below.

Field names are the public API's (katalog reference, section 11.1); times are RFC 3339, durations seconds.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

State = Literal["pending", "started", "healthy", "degraded"]


class BoxHealthReport(msgspec.Struct, rename="camel"):
    """GET /katalog/{crd}/health. ``pending`` says what the box waits for, empty when it runs."""

    state: State
    status: int
    is_konductor: bool
    healthy: bool
    started: bool
    pending: str
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


class KatalogReport(msgspec.Struct, rename="camel"):
    """GET /katalog."""

    name: str
    revision: str
    source: str
    version: str
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
