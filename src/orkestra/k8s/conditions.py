"""Status conditions: found and set by type; ``lastTransitionTime`` moves only with ``status``.

Rule: k8s.io/apimachinery pkg/api/meta/conditions.go. Lists given are never changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orkestra.k8s.objects import Object

Condition = dict[str, Any]


def conditions_of(obj: Mapping[str, Any]) -> list[Condition]:
    """The well-formed entries of ``status.conditions``; anything else a controller left there is passed over."""
    status = obj.get("status")
    listed = status.get("conditions") if isinstance(status, dict) else None
    return [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []


def find_condition(conditions: Sequence[Mapping[str, Any]], type: str) -> Mapping[str, Any] | None:
    for condition in conditions:
        if condition.get("type") == type:
            return condition
    return None


def is_condition(obj: Mapping[str, Any], type: str, status: str = "True") -> bool:
    """Whether the object carries the condition with exactly this status; an absent one is neither True nor False."""
    found = find_condition(conditions_of(obj), type)
    return found is not None and found.get("status") == status


def set_condition(
    conditions: Sequence[Mapping[str, Any]],
    *,
    type: str,
    status: str,
    reason: str,
    message: str,
    observed_generation: int,
    now: str,
) -> list[Condition]:
    """A new list with the condition added in last place or replaced where it stood.

    ``status`` is True, False or Unknown; ``now`` is RFC 3339 in UTC. What already says all of this comes back equal,
    so that a caller can compare before and after to know whether a write is due.
    """
    fresh: Condition = {
        "type": type,
        "status": status,
        "observedGeneration": observed_generation,
        "lastTransitionTime": now,
        "reason": reason,
        "message": message,
    }
    out: list[Condition] = []
    is_placed = False
    for condition in conditions:
        if condition.get("type") != type:
            out.append(dict(condition))
        elif not is_placed:
            if condition.get("status") == status and condition.get("lastTransitionTime"):
                fresh["lastTransitionTime"] = condition["lastTransitionTime"]
            out.append(fresh)
            is_placed = True
    if not is_placed:
        out.append(fresh)
    return out


def remove_condition(conditions: Sequence[Mapping[str, Any]], type: str) -> list[Condition]:
    return [dict(condition) for condition in conditions if condition.get("type") != type]


def with_conditions(obj: Object, conditions: Sequence[Condition]) -> Object:
    """A copy of the object, two levels deep, whose ``status.conditions`` is the given list."""
    status = obj.get("status")
    return {**obj, "status": {**(status if isinstance(status, dict) else {}), "conditions": list(conditions)}}
