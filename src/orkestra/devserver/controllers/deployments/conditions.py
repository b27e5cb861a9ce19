"""A Deployment's counters and its conditions Available, Progressing and ReplicaFailure.

Reasons and messages: kubernetes pkg/controller/deployment/util/deployment_util.go, progress.go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from orkestra.devserver.controllers.deployments.scaling import bounds_of, counted, size_of
from orkestra.devserver.controllers.times import seconds_since, stamp
from orkestra.devserver.controllers.workload import whole, without_zeros
from orkestra.k8s.objects import Object, generation_of, name_of

NEVER_SECONDS = 2**31 - 1
"""A ``progressDeadlineSeconds`` that means none."""


def counters(deployment: Object, all_sets: Sequence[Object], new: Object | None) -> Object:
    available = sum(counted(each, "availableReplicas") for each in all_sets)
    status: Object = {
        "observedGeneration": generation_of(deployment),
        "replicas": sum(counted(each, "replicas") for each in all_sets),
        "updatedReplicas": counted(new, "replicas") if new is not None else 0,
        "readyReplicas": sum(counted(each, "readyReplicas") for each in all_sets),
        "availableReplicas": available,
        "unavailableReplicas": max(0, sum(map(size_of, all_sets)) - available),
        "terminatingReplicas": sum(counted(each, "terminatingReplicas") for each in all_sets),
    }
    held = deployment.get("status") or {}
    if "collisionCount" in held:
        status["collisionCount"] = held["collisionCount"]
    return without_zeros(status, keep=("terminatingReplicas", "collisionCount"))


def conditions(
    deployment: Object, status: Object, all_sets: Sequence[Object], new: Object | None, now: datetime
) -> list[Object]:
    """The next conditions, given the next counters ``status``."""
    held: list[Object] = list((deployment.get("status") or {}).get("conditions") or ())
    bounds = bounds_of(deployment)
    if whole(status.get("availableReplicas")) >= bounds.least_available:
        held = set_one(
            held, now, "Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability."
        )
    else:
        message = "Deployment does not have minimum availability."
        held = set_one(held, now, "Available", "False", "MinimumReplicasUnavailable", message)
    held = _progress(deployment, status, held, new, now)
    failures = (_find((each.get("status") or {}).get("conditions") or (), "ReplicaFailure") for each in all_sets)
    failure = next(filter(None, failures), None)
    if failure is None:
        return [each for each in held if each["type"] != "ReplicaFailure"]
    return set_one(
        held, now, "ReplicaFailure", failure["status"], failure.get("reason", ""), failure.get("message", "")
    )


def is_complete(deployment: Object, status: Object) -> bool:
    replicas = whole(deployment["spec"].get("replicas"), 1)
    fields = ("updatedReplicas", "replicas", "availableReplicas")
    is_seen = whole(status.get("observedGeneration")) >= generation_of(deployment)
    return is_seen and all(whole(status.get(field)) == replicas for field in fields)


def seconds_to_deadline(deployment: Object, now: datetime) -> float | None:
    """Seconds until the roll-out counts as stuck; None where it is done, was told stuck, or has no deadline."""
    deadline = deadline_of(deployment)
    held = _find((deployment.get("status") or {}).get("conditions") or (), "Progressing")
    if deadline is None or held is None or held.get("reason") in ("NewReplicaSetAvailable", "ProgressDeadlineExceeded"):
        return None
    return max(0.0, deadline - seconds_since(held.get("lastUpdateTime"), now)) + 1.0


def deadline_of(deployment: Mapping[str, Any]) -> int | None:
    deadline = deployment["spec"].get("progressDeadlineSeconds")
    return deadline if isinstance(deadline, int) and deadline < NEVER_SECONDS else None


def announce(deployment: Object, status: str, reason: str, message: str, now: datetime) -> Object:
    """The status with Progressing set, other fields as they are."""
    held = deployment.get("status") or {}
    return {**held, "conditions": set_one(held.get("conditions") or (), now, "Progressing", status, reason, message)}


def progress_reason(deployment: Mapping[str, Any]) -> str:
    held = _find((deployment.get("status") or {}).get("conditions") or (), "Progressing")
    return str(held.get("reason")) if held else ""


def set_one(
    held: Sequence[Object], now: datetime, kind: str, status: str, reason: str, message: str, *, refresh: bool = False
) -> list[Object]:
    """Sets a condition in last place; one with the same status and reason stays as it is unless ``refresh``."""
    current = _find(held, kind)
    if current and (current.get("status"), current.get("reason")) == (status, reason) and not refresh:
        return list(held)
    moment = stamp(now)
    since = current["lastTransitionTime"] if current and current.get("status") == status else moment
    fresh: Object = {"type": kind, "status": status, "lastUpdateTime": moment, "lastTransitionTime": since}
    return [*(each for each in held if each["type"] != kind), {**fresh, "reason": reason, "message": message}]


def _progress(
    deployment: Object, status: Object, held: list[Object], new: Object | None, now: datetime
) -> list[Object]:
    deadline = deadline_of(deployment)
    current = _find(held, "Progressing")
    reason = current.get("reason") if current else None
    is_settled = status.get("replicas") == status.get("updatedReplicas") and reason == "NewReplicaSetAvailable"
    if deadline is None:
        return [each for each in held if each["type"] != "Progressing"]
    if is_settled or deployment["spec"].get("paused"):
        return held
    subject = f'ReplicaSet "{name_of(new)}"' if new is not None else f'Deployment "{name_of(deployment)}"'
    if is_complete(deployment, status):
        return set_one(
            held, now, "Progressing", "True", "NewReplicaSetAvailable", f"{subject} has successfully progressed."
        )
    if _is_progressing(deployment.get("status") or {}, status):
        message = f"{subject} is progressing."
        return set_one(held, now, "Progressing", "True", "ReplicaSetUpdated", message, refresh=True)
    if current and reason != "NewReplicaSetAvailable" and seconds_since(current.get("lastUpdateTime"), now) > deadline:
        message = f"{subject} has timed out progressing."
        return set_one(held, now, "Progressing", "False", "ProgressDeadlineExceeded", message)
    return held


def _is_progressing(before: Object, after: Object) -> bool:
    def old_replicas(status: Object) -> int:
        return whole(status.get("replicas")) - whole(status.get("updatedReplicas"))

    grows = ("updatedReplicas", "readyReplicas", "availableReplicas")
    return old_replicas(after) < old_replicas(before) or any(
        whole(after.get(field)) > whole(before.get(field)) for field in grows
    )


def _find(held: Sequence[Object], kind: str) -> Object | None:
    return next((each for each in held if each.get("type") == kind), None)
