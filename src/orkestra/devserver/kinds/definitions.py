"""CustomResourceDefinitions: accepted names, conditions, stored versions.

A real server accepts names and establishes in a controller, a moment after the create; here the answer to the create
says so already. Rules: k8s.io/apiextensions-apiserver pkg/controller/{status,establish}.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from orkestra.devserver.kinds.defaults.cluster import default_definition
from orkestra.k8s.conditions import Condition, conditions_of, is_condition, set_condition
from orkestra.k8s.objects import Object

CLEANUP_FINALIZER = "customresourcecleanup.apiextensions.k8s.io"


def establish_new(obj: Object, now: datetime) -> None:
    default_definition(obj)
    obj["status"] = _status(obj, {}, now)


def establish_again(obj: Object, old: Object) -> None:
    default_definition(obj)
    obj["status"] = _status(obj, old.get("status") or {}, datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class NameConflict:
    """The last of a definition's names that is taken, and those that are not."""

    reason: str
    message: str
    accepted: dict[str, Any]


def conflict_of(names: Mapping[str, Any], resources: Container[str], kinds: Container[str]) -> NameConflict | None:
    """Names held against those taken (apiextensions-apiserver pkg/controller/status/naming_controller.go)."""
    accepted: dict[str, Any] = {"plural": "", "kind": ""}
    reason = message = ""
    for field, taken in (
        ("plural", resources),
        ("singular", resources),
        ("shortNames", resources),
        ("kind", kinds),
        ("listKind", kinds),
    ):
        wanted = names.get(field)
        held = [name for name in (wanted if isinstance(wanted, list) else [wanted]) if name in taken]
        if held:
            reason = f"{field[0].upper()}{field[1:]}Conflict"
            message = ", ".join(f'"{name}" is already in use' for name in held)
        elif wanted:
            accepted[field] = wanted
    return NameConflict(reason, message, accepted) if reason else None


def refuse_names(obj: Object, before: Object, conflict: NameConflict, now: datetime) -> None:
    """Another definition has the names: not accepted, hence not established; ``before`` knows since when."""
    conditions = conditions_of(before)
    for kind, reason, text in (
        ("NamesAccepted", conflict.reason, conflict.message),
        ("Established", "NotAccepted", "not all names are accepted"),
    ):
        conditions = _with(conditions, kind, "False", reason, text, now)
    obj["status"] = {**obj["status"], "conditions": conditions, "acceptedNames": conflict.accepted}


def mark_terminating(obj: Object, now: datetime) -> Object:
    """The definition with its Terminating condition, a fresh copy."""
    message = "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"
    conditions = _with(conditions_of(obj), "Terminating", "True", "InstanceDeletionPending", message, now)
    return {**obj, "status": {**(obj.get("status") or {}), "conditions": conditions}}


def is_established(obj: Object) -> bool:
    return is_condition(obj, "Established")


def is_terminating_definition(obj: Object) -> bool:
    return is_condition(obj, "Terminating")


def _with(
    conditions: list[Condition], kind: str, status: str, reason: str, message: str, now: datetime
) -> list[Condition]:
    stamp = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    found = set_condition(
        conditions, type=kind, status=status, reason=reason, message=message, observed_generation=0, now=stamp
    )
    # The definition's own condition type has no observedGeneration.
    return [{key: value for key, value in entry.items() if key != "observedGeneration"} for entry in found]


def _status(obj: Object, old: dict[str, Any], now: datetime) -> dict[str, Any]:
    spec = obj.get("spec") or {}
    names = {key: value for key, value in (spec.get("names") or {}).items() if value}
    conditions: list[Any] = list(old.get("conditions") or ())
    for kind, reason, message in (
        ("NamesAccepted", "NoConflicts", "no conflicts found"),
        ("Established", "InitialNamesAccepted", "the initial names have been accepted"),
    ):
        conditions = _with(conditions, kind, "True", reason, message, now)
    stored = list(old.get("storedVersions") or ())
    for version in spec.get("versions") or ():
        if version.get("storage") and version.get("name") not in stored:
            stored.append(version.get("name"))
    return {"acceptedNames": names, "conditions": conditions, "storedVersions": stored}
