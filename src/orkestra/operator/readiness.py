"""Are the children ready? kstatus rules, or the entry's own ``readyWhen``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orkestra.k8s.kstatus import Status, compute
from orkestra.katalog.model import ResourceEntry
from orkestra.operator.context import BoxContext
from orkestra.operator.desired import DesiredSet
from orkestra.operator.inventory import Live
from orkestra.operator.observe import Observed, owned_children
from orkestra.operator.outcome import Outcome
from orkestra.rules import Facts, first_unmet


def judge_children(
    cx: BoxContext,
    desired: DesiredSet,
    observed: Observed,
    outcome: Outcome,
) -> None:
    """Note in ``outcome`` which desired children, as they are now, are not ready yet, and which failed for good."""
    if cx.box.status.readiness == "reconcile":
        return
    children = owned_children(cx, observed.uid, observed.children)
    for child in desired.children:
        live = children.get(child.id)
        if live is None:
            if child.is_reconciled and not outcome.failures:
                outcome.waiting.append(f"{child.info.kind} {child.key}: not created yet")
            continue
        if live.obj is None:
            continue
        entry = desired.entries[child.id]
        if entry.ready_when is not None:
            _judge_by_conditions(cx, entry, desired.scopes[child.id], live, outcome)
            continue
        state = compute(live.obj, now=cx.now())
        subject = f"{child.info.kind} {child.key.name}"
        if state.status is Status.FAILED:
            outcome.failed_children.append(f"{subject}: {state.message}")
        elif state.status is not Status.CURRENT:
            outcome.waiting.append(f"{subject}: {state.message}")


def _judge_by_conditions(
    cx: BoxContext, entry: ResourceEntry, scope: Mapping[str, Any], live: Live, outcome: Outcome
) -> None:
    """``readyWhen``: a plain field reads the child itself, a template sees the whole context."""
    unmet = first_unmet(entry.ready_when, Facts(scope, cx.environment, subject=live.obj))
    if unmet:
        outcome.waiting.append(f"{live.info.kind} {live.key.name}: {unmet}")
