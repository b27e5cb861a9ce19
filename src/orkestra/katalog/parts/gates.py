"""What lets a reconcile begin, and what makes it begin: gates, watches, events; and what enriches its data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from orkestra.katalog.parts.calls import ExternalCall
from orkestra.katalog.paths import Path
from orkestra.katalog.position import Position
from orkestra.katalog.terms import Conditions
from orkestra.katalog.values import Value

Change = Literal["create", "update", "delete"]


@dataclass(frozen=True, slots=True)
class Gate:
    """All of it must pass: one of ``sentinels`` if there are any, and the conditions. ``fail_policy``: what a failed
    call means."""

    external: tuple[ExternalCall, ...]
    sentinels: tuple[str, ...]
    conditions: Conditions | None
    fail_policy: Literal["open", "closed"]
    position: Position


@dataclass(frozen=True, slots=True)
class ReconcileGate:
    """As Gate, after a key leaves the queue. ``event_aware``: keys of different events wait side by side."""

    external: tuple[ExternalCall, ...]
    sentinels: tuple[str, ...]
    conditions: Conditions | None
    fail_policy: Literal["open", "closed"]
    event_aware: bool
    position: Position


@dataclass(frozen=True, slots=True)
class PreReconcile:
    """``sentinels`` are the ones that are computed."""

    external: tuple[ExternalCall, ...]
    sentinels: tuple[str, ...]
    enqueue_gate: Gate | None
    reconcile_gate: ReconcileGate | None


@dataclass(frozen=True, slots=True)
class KeyFrom:
    """Which CR a watched object belongs to: the value of a label, or a rendered name. Values see the watched object."""

    label: str | None
    name: Value | None
    namespace: Value | None


@dataclass(frozen=True, slots=True)
class WatchIndex:
    name: str
    field: Path


@dataclass(frozen=True, slots=True)
class Watch:
    """Another kind whose changes make the CR reconcile."""

    api_version: str
    kind: str
    namespace: str | None
    name: str | None
    on: tuple[Change, ...]
    key_from: KeyFrom | None
    index: tuple[WatchIndex, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class EventObject:
    """The object an event is about, as far as it is given."""

    api_version: str | None
    kind: str | None
    name: str | None
    namespace: str | None


@dataclass(frozen=True, slots=True)
class EventTrigger:
    """Events (events.k8s.io/v1) that make the CR reconcile; all filters that are given must match."""

    reason: str | None
    action: str | None
    type: Literal["Normal", "Warning"] | None
    reporting_controller: str | None
    reporting_instance: str | None
    namespace: str | None
    on: tuple[Change, ...]
    regarding: EventObject | None
    related: EventObject | None
    key_from: KeyFrom | None
    enqueue_gate: Gate | None
    position: Position


@dataclass(frozen=True, slots=True)
class Observe:
    """``events`` by the name templates give them."""

    watch: tuple[Watch, ...]
    events: Mapping[str, EventTrigger]


@dataclass(frozen=True, slots=True)
class Enrichment:
    """Objects put beside the CR or its children for templates, after the children were read."""

    target: str
    conditions: Conditions | None
    position: Position
