"""How a box works: what a full queue drops, custom code, and scaling of workers and children."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orkestra.katalog.parts.calls import Auth
from orkestra.katalog.position import Position
from orkestra.katalog.terms import Conditions
from orkestra.katalog.values import Value


@dataclass(frozen=True, slots=True)
class Drop:
    """What happens at a full queue. Without conditions the queue itself drops."""

    drop: bool
    conditions: Conditions | None


@dataclass(frozen=True, slots=True)
class ThresholdDrop:
    """The same at ``value`` percent of the queue's depth."""

    value: int
    drop: bool
    conditions: Conditions | None


@dataclass(frozen=True, slots=True)
class QueueBehaviour:
    on_limit: Drop | None
    on_threshold: ThresholdDrop | None


@dataclass(frozen=True, slots=True)
class ManagedResource:
    """A kind custom code may write. Anything else it asks for refuses its whole answer."""

    group: str
    plural: str


@dataclass(frozen=True, slots=True)
class Hooks:
    """An async Python function that reconciles beside or instead of the declarative reconciler."""

    module: str
    function: str
    managed_resources: tuple[ManagedResource, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class Remote:
    """A reconciler behind HTTP."""

    endpoint: Value
    timeout_seconds: float
    managed_resources: tuple[ManagedResource, ...]
    auth: Auth | None
    type: Literal["http"]
    position: Position


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, or a multiple of what is configured."""

    number: float
    is_factor: bool = False


@dataclass(frozen=True, slots=True)
class Scaled:
    """What holds while the conditions do; None stays as configured."""

    workers: Amount | None
    queue_depth: Amount | None
    resync_seconds: float | None


@dataclass(frozen=True, slots=True)
class Autoscale:
    """Scales a box's workers: at once when the conditions hold, back after ``cooldown_seconds``."""

    profile: str | None
    interval_seconds: float
    cooldown_seconds: float
    conditions: Conditions | None
    scaled: Scaled | None
    position: Position


@dataclass(frozen=True, slots=True)
class ScaleUp:
    conditions: Conditions | None
    target: Value | None
    increment: Value | None


@dataclass(frozen=True, slots=True)
class ScaleDown:
    conditions: Conditions | None
    target: Value | None
    decrement: Value | None


@dataclass(frozen=True, slots=True)
class ReplicaScaling:
    """Scales the replicas of a workload. ``min`` None: its ``replicas``."""

    min: Value | None
    max: Value
    cooldown_seconds: float
    scale_up: ScaleUp | None
    scale_down: ScaleDown | None
    position: Position
