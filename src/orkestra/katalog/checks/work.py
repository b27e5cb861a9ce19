"""What tunes a box fits together: queue, retries, remote reconcilers, autoscaling."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.diagnostics.finding import Advice, Span
from orkestra.katalog.model import OperatorBox
from orkestra.katalog.parts.calls import ExternalCall
from orkestra.katalog.parts.walk import all_calls, evaluated_in
from orkestra.katalog.paths import Path
from orkestra.katalog.source.nodes import MapNode
from orkestra.katalog.suggest import hint_for
from orkestra.katalog.values import Constant, Value
from orkestra.katalog.walk import first_reads, templates_in
from orkestra.template.times.durations import format_duration

METRICS: Final = (
    "workersBusyPercent", "workersIdlePercent", "queueDepth", "queuePercent", "reconcileDurationP95Ms",
    "errorRatePercent",
)  # fmt: skip
"""What worker autoscaling may look at below ``metrics``, and below ``cross.<alias>.metrics``."""


def check_work(box: OperatorBox, checked: Checked) -> None:
    _check_queue(box, checked)
    _check_retries(box, checked)
    _check_autoscale(box, checked)
    _check_replicas(box, checked)
    if box.remote is not None and box.has_reconciler:
        at = checked.span(box.remote.position)
        message = "remote: the declarative reconciler would work beside it"
        checked.report(1118, message, at, "write default: false under reconciler")


def _check_queue(box: OperatorBox, checked: Checked) -> None:
    if box.queue.behaviour is not None and not box.queue.max_depth:
        at = _key(box, checked, "operatorBox", "reconciler", "queue", "behaviour")
        checked.report(1118, "behaviour: a queue without maxDepth is never full", at, "write maxDepth beside it")


def _check_retries(box: OperatorBox, checked: Checked) -> None:
    backoff, resync = box.queue.retry_backoff, box.resync_seconds
    if backoff is not None and resync and backoff.longest_seconds > resync:
        at = _key(box, checked, "operatorBox", "reconciler", "queue", "retryBackoff")
        checked.report(1510, _told("retryBackoff: waits", backoff.longest_seconds, resync), at)


def check_calls(box: OperatorBox, checked: Checked) -> None:
    """Calls that are tried again for longer than the time between two resyncs, and two of one name in one reconcile."""
    earlier: dict[str, ExternalCall] = {}
    for calls in (box.external, box.on_create.external, box.on_reconcile.external):
        for call in calls:
            if call.name in earlier:
                place = checked.decoder.related(checked.span(earlier[call.name].position), "the first one is here")
                message = f'the external call "{call.name}" is declared twice'
                checked.report(1203, message, checked.span(call.position), "", (place,))
        earlier = {call.name: call for call in calls} | earlier
    for call in all_calls(box):
        if call.retry_backoff is not None and 0 < box.resync_seconds < call.longest_seconds:
            at = checked.span(call.position)
            checked.report(1510, _told(f"{call.name}: all attempts", call.longest_seconds, box.resync_seconds), at)


def _told(what: str, longest: float, resync: float) -> str:
    return f"{what} take up to {format_duration(longest)}, longer than the resync of {format_duration(resync)}"


def _check_autoscale(box: OperatorBox, checked: Checked) -> None:
    conditions = box.autoscale.conditions if box.autoscale is not None else None
    for condition in conditions or ():
        if condition.cel is not None:
            checked.report(1213, "cel: worker autoscaling sees metrics alone", checked.span(condition.position))
        paths = [(condition.path, checked.span(condition.place))] if condition.path else []
        paths += list(_reads(condition.field)) + list(_reads(condition.value))
        for path, at in paths:
            if not _is_metric(path):
                shown = ".".join(path)[:80]
                message = f"{shown}: worker autoscaling cannot see this field"
                checked.report(1213, message, at, partial(_hint, path))


def _reads(value: Value | None) -> Iterator[tuple[Path, Span]]:
    for template in templates_in(value):
        for read in first_reads(template):
            yield read.path, template.origin.span_at(read.line, read.column)


def _is_metric(path: Path) -> bool:
    if path[0] == "cross":
        return len(path) == 4 and path[2] == "metrics"
    return len(path) == 2 and path[0] == "metrics" and path[1] in METRICS


def _hint(path: Path) -> str | Advice:
    return hint_for(f"metrics.{path[-1]}", [f"metrics.{name}" for name in METRICS])


def _check_replicas(box: OperatorBox, checked: Checked) -> None:
    """An autoscaler of the same name, or of the CR's only workload, fights with ``autoscale``."""
    scaled = [entry for entry in box.entries if entry.autoscale is not None]
    for autoscaler in (entry for entry in box.entries if entry.kind == "hpa"):
        reference = autoscaler.fields.get("scaleTargetRef")
        name = reference.value.get("name") if isinstance(reference, Constant) and reference.value else None
        texts = [str(value) for value in evaluated_in(reference)] if reference is not None else []
        for entry in scaled:
            is_same = reference is None or (entry.name is not None and str(entry.name) in (name, *texts))
            if is_same or (reference is not None and any(str(entry.name) in text for text in texts)):
                place = checked.decoder.related(checked.span(autoscaler.position), "the autoscaler is here")
                message = "autoscale: an hpa scales the same workload"
                checked.report(1509, message, checked.key_span(entry, "autoscale"), "keep one of them", (place,))
                break


def _key(box: OperatorBox, checked: Checked, *path: str) -> Span:
    holder = checked.node_at(box, *path[:-1])
    found = holder.entries.get(path[-1]) if isinstance(holder, MapNode) else None
    return found[0].span if found else checked.span(box.position)
