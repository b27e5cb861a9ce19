"""The pods of an object, as ``enrich: [pods]`` embeds them under ``_pods``, and what their containers say."""

from __future__ import annotations

from typing import Any, Final

from orkestra.template.functions.objectfields import Fields, count_at, map_at, maps_at, object_of, text_at

STATES: Final = ("running", "waiting", "terminated")


def pods_of(o: Any) -> list[Fields]:
    """The pods under ``_pods``; a pod itself is its own only pod, and a list of pods is those."""
    if isinstance(o, (list, tuple)):
        return maps_at(o)
    found = object_of(o)
    if "_pods" in found:
        return maps_at(found, "_pods")
    return [found] if text_at(found, "kind") == "Pod" else []


def container_statuses(pod: Fields) -> list[Fields]:
    """Of its containers, then of its init containers."""
    return maps_at(pod, "status", "containerStatuses") + maps_at(pod, "status", "initContainerStatuses")


def reasons_of(pod: Fields) -> list[str]:
    """Why its containers wait or ended, now or the last time."""
    out = [
        text_at(container, field, state, "reason")
        for container in container_statuses(pod)
        for field in ("state", "lastState")
        for state in ("waiting", "terminated")
    ]
    return [reason for reason in out if reason]


def restarts_of(pod: Fields) -> int:
    """Of the container that restarted most."""
    return max((count_at(container, "restartCount") for container in container_statuses(pod)), default=0)


def state_of(container: Fields) -> str:
    return next((state for state in STATES if state in map_at(container, "state")), "")
