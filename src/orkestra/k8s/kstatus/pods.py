"""Rules of pods: sigs.k8s.io/cli-utils pkg/kstatus/status/core.go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from orkestra.k8s.kstatus.verdict import Facts, KStatus, current, failed_for, in_progress, malformed

SCHEDULE_WINDOW = timedelta(seconds=15)
"""A pod may be unschedulable this long before it counts as failed."""


def pod(facts: Facts) -> KStatus:
    match facts.status.get("phase") or "":
        case "Succeeded":
            return current("completed")
        case "Failed":
            return current("completed with a failure")
        case "Running":
            if facts.is_true("Ready"):
                return current("ready")
            crashing = _crash_looping(facts.status.get("containerStatuses"))
            if crashing:
                return failed_for("ContainerCrashLooping", f"containers keep crashing: {', '.join(crashing)}")
            return in_progress("PodRunningNotReady", "running, not ready")
        case "Pending":
            return _pending_pod(facts)
        case "":
            return in_progress("PodNotObserved", "no phase yet")
        case phase:
            return malformed(f"the phase {phase} is unknown")


def _pending_pod(facts: Facts) -> KStatus:
    scheduled = next(
        (c for c in facts.conditions if c.get("type") == "PodScheduled" and c.get("status") == "False"), None
    )
    if scheduled is None or scheduled.get("reason") != "Unschedulable":
        return in_progress("PodPending", "pending")
    if facts.now is None or facts.now - SCHEDULE_WINDOW < _time(facts.metadata.get("creationTimestamp")):
        return in_progress("PodNotScheduled", "not scheduled yet")
    return failed_for("PodUnschedulable", "cannot be scheduled")


def _time(text: Any) -> datetime:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _crash_looping(statuses: Any) -> list[str]:
    names = []
    for container in statuses if isinstance(statuses, list) else ():
        waiting: Any = container
        for step in ("state", "waiting"):
            waiting = waiting.get(step) if isinstance(waiting, dict) else None
        if isinstance(waiting, dict) and waiting.get("reason") == "CrashLoopBackOff" and container.get("name"):
            names.append(str(container["name"]))
    return names
