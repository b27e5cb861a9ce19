"""Events on transitions only: failure, denial, recovery, drift, deletion. Success is the condition's to tell."""

from __future__ import annotations

from orkestra.k8s.objects import get_path
from orkestra.operator.context import BoxContext
from orkestra.operator.observe import Observed
from orkestra.operator.outcome import Outcome
from orkestra.operator.status import verdict_of


def announce(cx: BoxContext, observed: Observed, outcome: Outcome) -> None:
    """Compare the new verdict with the Ready condition the CR had, and tell what changed."""
    verdict = verdict_of(outcome)
    before = _ready(observed)
    cr = observed.cr
    if verdict.status == "False":
        if (before.get("status"), before.get("reason"), before.get("message")) != (
            "False",
            verdict.reason,
            verdict.message,
        ):
            cx.recorder.record(cr, "Warning", verdict.reason, verdict.message)
    elif before.get("status") == "False":
        cx.recorder.record(cr, "Normal", "Recovered", f"reconciled again after {before.get('reason')}")
    crd = str(cx.box.gvk)
    for drift in outcome.corrected:
        cx.recorder.record(cr, "Normal", "DriftCorrected", drift.text)
        cx.metrics.drift_found(crd, drift.kind, "corrected")
    if outcome.drifted and _condition(observed, "Drifted").get("message") != outcome.drifted[0].text:
        cx.recorder.record(cr, "Warning", "DriftDetected", outcome.drifted[0].text)
        for drift in outcome.drifted:
            cx.metrics.drift_found(crd, drift.kind, "reported")


def _ready(observed: Observed) -> dict[str, str]:
    return _condition(observed, "Ready")


def _condition(observed: Observed, type_: str) -> dict[str, str]:
    conditions = get_path(observed.cr, ("status", "conditions"), [])
    for condition in conditions if isinstance(conditions, list) else []:
        if isinstance(condition, dict) and condition.get("type") == type_:
            return condition
    return {}
