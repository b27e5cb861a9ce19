"""Outcome -> the one status write of a reconcile, if anything is to be said."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orkestra.k8s.errors import Invalid
from orkestra.k8s.objects import Object, generation_of, resource_version_of
from orkestra.katalog.model import StatusField
from orkestra.katalog.values import RenderError
from orkestra.operator.context import BoxContext
from orkestra.operator.observe import Observed, owned_children, scope_of
from orkestra.operator.outcome import Failure, Outcome, Reason
from orkestra.operator.status import OWN_CONDITIONS, FieldWrite, convert, next_status, status_patch
from orkestra.rules import Facts, Inputs, is_met

PROGRESS_SECONDS = 5.0
"""How often a progress message that changes may be written while nothing else does: counting pods buys nobody much."""


@dataclass(frozen=True, slots=True)
class Report:
    """``held_for``: seconds after which a change of message that was not worth a write yet should be looked at."""

    is_written: bool = False
    held_for: float = 0.0


async def report_status(cx: BoxContext, observed: Observed, outcome: Outcome) -> Report:
    """Write the CR's status if it changes. Raises NotFound when the CR is gone, and other API errors to the caller,
    whose back-off brings the key back."""
    if cx.box.ignore_status_patch or "status" not in cx.info.subresources:
        return Report()
    current = observed.cr.get("status")
    current = current if isinstance(current, dict) else {}
    try:
        fields = render_fields(cx, observed, outcome)
    except Failure as failure:
        outcome.failures.append(failure)
        fields = []
    patch = _patch(cx, observed, current, outcome, fields)
    if patch is None:
        return Report()
    clock = asyncio.get_running_loop().time()
    if is_only_progress(current, patch["status"]):
        held_for = cx.memory.told.get(observed.key, clock - PROGRESS_SECONDS) + PROGRESS_SECONDS - clock
        if held_for > 0:
            return Report(held_for=held_for)
    try:
        written = await _send(cx, observed, patch)
    except Invalid as error:
        if not fields:
            raise
        # The CRD's schema refuses a value: that is told like any other failure, in what can be written.
        outcome.failures.append(
            Failure(Reason.INVALID_STATUS, f"cannot write status: {error.message}", is_retried=False)
        )
        patch = _patch(cx, observed, current, outcome, [])
        if patch is None:
            return Report()
        written = await _send(cx, observed, patch)
    cx.memory.told[observed.key] = clock
    _learn_unstorable(cx, patch["status"], written)
    return Report(is_written=True)


def _patch(
    cx: BoxContext, observed: Observed, current: Mapping[str, Any], outcome: Outcome, fields: Sequence[FieldWrite]
) -> dict[str, Any] | None:
    wanted = next_status(
        current,
        outcome,
        generation=generation_of(observed.cr),
        now=cx.now(),
        fields=[f for f in fields if f.path not in cx.memory.unstorable],
        has_conditions=cx.box.status.conditions,
    )
    for path in cx.memory.unstorable:
        _drop(wanted, path)
    patch = status_patch(current, wanted)
    if patch is not None and _has_foreign_conditions(current):
        patch["metadata"] = {"resourceVersion": resource_version_of(observed.cr)}
    return patch


async def _send(cx: BoxContext, observed: Observed, patch: dict[str, Any]) -> Object:
    with cx.crs.writing(observed.key):
        written = await cx.writer.patch_cr(cx.info, observed.key, patch, subresource="status")
        cx.crs.record_write(written)
    return written


def is_only_progress(current: Mapping[str, Any], patch: Mapping[str, Any]) -> bool:
    """Does ``patch`` change nothing but the messages of conditions that say the CR is on its way?"""
    if set(patch) != {"conditions"} or not isinstance(patch["conditions"], list):
        return False
    before, after = _without_messages(current.get("conditions")), _without_messages(patch["conditions"])
    return before == after and {"type": "Ready", "status": "Unknown"}.items() <= _first(after, "Ready").items()


def _without_messages(conditions: Any) -> list[dict[str, Any]]:
    listed = conditions if isinstance(conditions, list) else []
    return [{k: v for k, v in c.items() if k != "message"} for c in listed if isinstance(c, dict)]


def _first(conditions: Sequence[Mapping[str, Any]], type_: str) -> Mapping[str, Any]:
    return next((c for c in conditions if c.get("type") == type_), {})


def render_fields(cx: BoxContext, observed: Observed, outcome: Outcome) -> list[FieldWrite]:
    """``status.fields``: unconditional ones only after success, conditional ones always. Later entries win."""
    declared: Sequence[StatusField] = cx.box.status.fields
    if not declared:
        return []
    children = owned_children(cx, observed.uid, observed.children) if cx.box.reads.children else {}
    scope = scope_of(cx, observed.cr, children)
    writes: list[FieldWrite] = []
    inputs = Inputs(scope, cx.environment)
    for field in declared:
        if field.conditions is None and outcome.failures:
            continue
        try:
            own_scope = inputs.scope_for(field.motif)
            if is_met(field.conditions, Facts(own_scope, cx.environment)):
                value = field.value.render(own_scope, cx.environment)
                writes.append(FieldWrite(field.path, convert(value, field.type)))
            elif field.clear_on_false:
                writes.append(FieldWrite(field.path, ""))
        except RenderError as error:
            raise Failure(Reason.INVALID_TEMPLATE, str(error), is_retried=False) from error
        except ValueError as error:
            message = f"{cx.box.name}.status.{'.'.join(field.path)}: {error}"
            raise Failure(Reason.INVALID_TEMPLATE, message, is_retried=False) from error
    return writes


def _has_foreign_conditions(status: Mapping[str, Any]) -> bool:
    """A merge patch replaces the whole list: with somebody else's conditions in it, the patch must not be blind."""
    conditions = status.get("conditions")
    return isinstance(conditions, list) and any(
        isinstance(c, dict) and c.get("type") not in OWN_CONDITIONS for c in conditions
    )


def _learn_unstorable(cx: BoxContext, sent: Mapping[str, Any], written: Object) -> None:
    """A structural schema drops what it does not declare; from now on such a path is not sent again."""
    stored = written.get("status")
    stored = stored if isinstance(stored, dict) else {}
    for path, value in _leaves(sent, ()):
        at: Any = stored
        for step in path:
            at = at.get(step) if isinstance(at, dict) else None
        if at is None and value is not None:
            cx.memory.unstorable.add(path)


def _leaves(value: Mapping[str, Any], path: tuple[str, ...]) -> list[tuple[tuple[str, ...], Any]]:
    out: list[tuple[tuple[str, ...], Any]] = []
    for key, item in value.items():
        out += _leaves(item, (*path, key)) if isinstance(item, Mapping) and item else [((*path, key), item)]
    return out


def _drop(status: dict[str, Any], path: tuple[str, ...]) -> None:
    target: Any = status
    for step in path[:-1]:
        below = target.get(step)
        if not isinstance(below, dict):
            return
        target[step] = target = dict(below)
    target.pop(path[-1], None)
