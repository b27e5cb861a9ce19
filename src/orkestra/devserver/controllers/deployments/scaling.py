"""How many replicas each ReplicaSet of a Deployment gets next. Pure: sizes in, sizes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orkestra.devserver.controllers.workload import int_or_percent, whole
from orkestra.k8s.objects import Object, annotations_of, name_of

DESIRED = "deployment.kubernetes.io/desired-replicas"
MAXIMUM = "deployment.kubernetes.io/max-replicas"


@dataclass(frozen=True, slots=True)
class Bounds:
    """``surge`` pods above and ``unavailable`` pods below ``replicas`` are allowed while rolling."""

    replicas: int
    surge: int
    unavailable: int

    @property
    def most(self) -> int:
        return self.replicas + self.surge

    @property
    def least_available(self) -> int:
        return max(0, self.replicas - self.unavailable)


def bounds_of(deployment: Mapping[str, Any]) -> Bounds:
    """Surge rounds up, unavailable rounds down; both at zero would never move, so unavailable becomes one."""
    spec = deployment["spec"]
    replicas = whole(spec.get("replicas"), 1)
    if is_recreate(deployment):
        return Bounds(replicas, 0, 0)
    rolling = (spec.get("strategy") or {}).get("rollingUpdate") or {}
    surge = int_or_percent(rolling.get("maxSurge", "25%"), replicas, round_up=True)
    unavailable = int_or_percent(rolling.get("maxUnavailable", "25%"), replicas, round_up=False)
    if not surge and not unavailable:
        unavailable = 1
    return Bounds(replicas, surge, min(unavailable, replicas))


def is_recreate(deployment: Mapping[str, Any]) -> bool:
    return (deployment["spec"].get("strategy") or {}).get("type") == "Recreate"


def size_of(replica_set: Mapping[str, Any]) -> int:
    return whole(replica_set["spec"].get("replicas"), 1)


def counted(replica_set: Mapping[str, Any], field: str) -> int:
    return whole((replica_set.get("status") or {}).get(field))


def grow_new(bounds: Bounds, new: Object, old: Sequence[Object]) -> int:
    """The new ReplicaSet's next size: as large as the surge allows, never beyond what is wanted."""
    size = size_of(new)
    if size >= bounds.replicas:
        return bounds.replicas
    room = bounds.most - size - sum(map(size_of, old))
    return size + max(0, min(room, bounds.replicas - size))


def shrink_old(bounds: Bounds, new: Object, old: Sequence[Object]) -> dict[str, int]:
    """Next sizes, by name, of old ReplicaSets that shrink: broken replicas first, then healthy ones, oldest first."""
    total = size_of(new) + sum(map(size_of, old))
    new_unavailable = size_of(new) - counted(new, "availableReplicas")
    removable = total - bounds.least_available - new_unavailable
    sizes = {name_of(each): size_of(each) for each in old}
    if removable <= 0:
        return {}
    for each in old:
        broken = sizes[name_of(each)] - counted(each, "availableReplicas")
        taken = max(0, min(removable, broken))
        sizes[name_of(each)] -= taken
        removable -= taken
    healthy = counted(new, "availableReplicas") + sum(counted(each, "availableReplicas") for each in old)
    removable = healthy - bounds.least_available
    for each in old:
        taken = max(0, min(removable, sizes[name_of(each)]))
        sizes[name_of(each)] -= taken
        removable -= taken
    return {name_of(each): sizes[name_of(each)] for each in old if sizes[name_of(each)] != size_of(each)}


def spread(bounds: Bounds, active: Sequence[Object]) -> dict[str, int]:
    """Next sizes, by name, when the Deployment was resized amid a roll-out: each grows or shrinks in proportion."""
    sizes = [size_of(each) for each in active]
    allowed = bounds.most if bounds.replicas > 0 else 0
    left = allowed - sum(sizes)
    if not left:
        return {}
    # the largest first; among equals the newest gains first and the oldest loses first
    order = sorted(range(len(active)), key=lambda i: (-sizes[i], -i if left > 0 else i))
    out = list(sizes)
    for i in order:
        held = whole_annotation(active[i], MAXIMUM) or bounds.replicas
        share = int(sizes[i] * allowed / held + 0.5) - sizes[i] if held else 0
        share = max(0, min(share, left)) if left > 0 else min(0, max(share, left))
        out[i] += share
        left -= share
    for i in order:  # what rounding left over
        change = max(left, -out[i])
        out[i] += change
        left -= change
    return {name_of(each): out[i] for i, each in enumerate(active) if out[i] != sizes[i]}


def is_resized(deployment: Mapping[str, Any], active: Sequence[Object]) -> bool:
    """Whether ``spec.replicas`` changed since the ReplicaSets were sized."""
    replicas = whole(deployment["spec"].get("replicas"), 1)
    told = (whole_annotation(each, DESIRED) for each in active)
    return any(desired is not None and desired != replicas for desired in told)


def whole_annotation(obj: Mapping[str, Any], name: str) -> int | None:
    text = annotations_of(obj).get(name)
    return int(text) if isinstance(text, str) and text.isdigit() and len(text) < 12 else None
