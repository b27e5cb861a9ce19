"""Outcome -> status. Pure: what the CR's status should say now, and the smallest patch that makes it so.

Ready means ready (decisions S3): True only when the reconcile succeeded and every owned child is ready; Unknown, with
the first blocker named, while children progress; False on error, denial, or a child that has failed for good.
``Reconciling`` and ``Stalled`` follow kstatus: abnormal-true, absent when all is well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orkestra.k8s.conditions import set_condition
from orkestra.k8s.patch import create_merge_patch
from orkestra.operator.outcome import Outcome, Reason

MAX_MESSAGE = 256
"""Condition messages are cut to this many characters (katalog reference, section 6)."""

OWN_CONDITIONS = frozenset({"Ready", "Reconciling", "Stalled", "Drifted"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """The Ready condition in short."""

    status: str
    reason: str
    message: str
    is_stalled: bool = False
    is_reconciling: bool = False


def verdict_of(outcome: Outcome) -> Verdict:
    failure = outcome.failure
    if failure is not None:
        stalled = not failure.is_retried or failure.reason is Reason.FORBIDDEN
        return Verdict("False", failure.reason, _cut(failure.message), is_stalled=stalled, is_reconciling=not stalled)
    if outcome.failed_children:
        return Verdict("False", Reason.CHILD_FAILED, _cut(outcome.failed_children[0]), is_stalled=True)
    if outcome.waiting:
        return Verdict("Unknown", Reason.PROGRESSING, _cut(outcome.waiting[0]), is_reconciling=True)
    return Verdict("True", Reason.SUCCEEDED, "")


def _cut(message: str) -> str:
    return message if len(message) <= MAX_MESSAGE else message[: MAX_MESSAGE - 1] + "…"


@dataclass(frozen=True, slots=True)
class FieldWrite:
    """One ``status.fields[]`` entry, evaluated: ``value`` None removes the field."""

    path: tuple[str, ...]
    value: Any


def next_status(
    current: Mapping[str, Any],
    outcome: Outcome,
    *,
    generation: int,
    now: datetime,
    fields: Sequence[FieldWrite] = (),
    has_conditions: bool = True,
) -> dict[str, Any]:
    """The whole status as it should be: ``current`` with our fields in it; what others wrote stays."""
    status: dict[str, Any] = dict(current)
    status["observedGeneration"] = generation
    if has_conditions:
        status["conditions"] = _conditions(current.get("conditions"), outcome, generation, now)
    for write in fields:
        _write(status, write.path, write.value)
    return status


def _conditions(current: Any, outcome: Outcome, generation: int, now: datetime) -> list[dict[str, Any]]:
    verdict = verdict_of(outcome)
    moment = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    conditions: list[dict[str, Any]] = [c for c in current if isinstance(c, dict)] if isinstance(current, list) else []

    def put(type_: str, status: str, reason: str, message: str) -> None:
        nonlocal conditions
        conditions = set_condition(
            conditions,
            type=type_,
            status=status,
            reason=reason,
            message=message,
            observed_generation=generation,
            now=moment,
        )

    put("Ready", verdict.status, verdict.reason, verdict.message)
    if verdict.is_reconciling:
        put("Reconciling", "True", verdict.reason, verdict.message)
    if verdict.is_stalled:
        put("Stalled", "True", verdict.reason, verdict.message)
    if outcome.drifted:
        put("Drifted", "True", "DriftDetected", _cut(outcome.drifted[0].text))
    gone = {
        type_
        for type_, stays in (
            ("Reconciling", verdict.is_reconciling),
            ("Stalled", verdict.is_stalled),
            ("Drifted", bool(outcome.drifted)),
        )
        if not stays
    }
    return [c for c in conditions if c.get("type") not in gone]


def _write(status: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set or remove ``path`` in ``status``; maps on the way are copied, never shared with the cached object."""
    target = status
    for step in path[:-1]:
        below = target.get(step)
        if not isinstance(below, dict):
            if value is None:
                return
            below = {}
        target[step] = target = dict(below)
    if value is None:
        target.pop(path[-1], None)
    else:
        target[path[-1]] = value


def status_patch(current: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any] | None:
    """A merge patch for the /status subresource, or None when nothing would change."""
    patch = create_merge_patch(dict(current), dict(wanted))
    return {"status": patch} if patch else None


def convert(value: Any, type_: str) -> Any:
    """A rendered status value as its declared type; None (remove the field) where nothing fits an empty value.

    ``type_``: string, int, float, bool or auto. Raises ValueError for text that is not of the type.
    """
    if type_ == "string":
        if isinstance(value, bool):
            return "true" if value else "false"
        return "" if value is None else value if isinstance(value, str) else str(value)
    if value is None or value == "":
        return "" if type_ == "auto" and value == "" else None
    if type_ == "auto":
        return value
    if type_ == "int":
        return int(float(value)) if isinstance(value, (int, float)) else int(str(value).strip())
    if type_ == "float":
        return float(value)
    word = str(value).strip().lower()
    if word not in ("true", "false"):
        raise ValueError(f"{value!r} is not true or false")
    return word == "true"
