"""The order in which an object's own words are asked, and the rules of single kinds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from orkestra.k8s.kstatus.pods import pod
from orkestra.k8s.kstatus.verdict import EMPTY, Facts, KStatus, Status, current, in_progress, malformed, said
from orkestra.k8s.kstatus.workloads import daemon_set, deployment, job, replica_set, stateful_set
from orkestra.k8s.objects import metadata_of


def compute(obj: Mapping[str, Any], now: datetime | None = None) -> KStatus:
    """The status of an unstructured object.

    ``now`` (timezone-aware) dates an unschedulable pod; without it such a pod stays in progress.
    """
    metadata = metadata_of(obj)
    if metadata.get("deletionTimestamp"):
        return KStatus(Status.TERMINATING, "scheduled for deletion")
    status = obj.get("status")
    if status is None:
        status = EMPTY
    elif not isinstance(status, dict):
        return malformed("status is not an object")
    generation, observed = metadata.get("generation"), status.get("observedGeneration")
    if generation is not None and observed is not None:
        if type(generation) is not int or type(observed) is not int:
            return malformed("generation is not a number")
        if generation != observed:
            return in_progress("LatestGenerationNotObserved", f"generation is {generation}, observed is {observed}")
    conditions = status.get("conditions") or []
    if not isinstance(conditions, list) or not all(map(_is_map, conditions)):
        return malformed("status.conditions is not a list of conditions")
    for condition in conditions:
        if condition.get("status") == "True":
            if condition.get("type") == "Reconciling":
                return said(Status.IN_PROGRESS, condition)
            if condition.get("type") == "Stalled":
                return said(Status.FAILED, condition)
    rule = _RULES.get((str(obj.get("apiVersion") or "").rpartition("/")[0], str(obj.get("kind") or "")))
    if rule is not None:
        spec = obj.get("spec")
        return rule(Facts(metadata, spec if isinstance(spec, dict) else EMPTY, status, conditions, now))
    return _by_ready(conditions)


def _is_map(value: object) -> bool:
    return isinstance(value, dict)


def _by_ready(conditions: list[dict[str, Any]]) -> KStatus:
    for condition in conditions:
        if condition.get("type") == "Ready":
            if condition.get("status") == "True":
                return current("ready")
            if condition.get("status") in ("False", "Unknown"):
                return said(Status.IN_PROGRESS, condition)
    return current("exists; its kind reports no readiness")


def _always(facts: Facts) -> KStatus:
    return current("exists")


def _claim(facts: Facts) -> KStatus:
    phase = facts.status.get("phase") or "unknown"
    return current("bound") if phase == "Bound" else in_progress("NotBound", f"the claim is not bound, but {phase}")


def _service(facts: Facts) -> KStatus:
    if facts.spec.get("type") == "LoadBalancer" and not facts.spec.get("clusterIP"):
        return in_progress("NoIPAssigned", "no cluster IP is assigned")
    return current("ready")


def _definition(facts: Facts) -> KStatus:
    for condition in facts.conditions:
        is_false = condition.get("status") == "False"
        match condition.get("type"):
            case "NamesAccepted" if is_false:
                return said(Status.FAILED, condition)
            case "Established" if is_false and condition.get("reason") != "Installing":
                return said(Status.FAILED, condition)
            case "Established" if condition.get("status") == "True":
                return current("established")
    return in_progress("Installing", "being installed")


_RULES: dict[tuple[str, str], Callable[[Facts], KStatus]] = {
    ("", "Service"): _service,
    ("", "Pod"): pod,
    ("", "Secret"): _always,
    ("", "ConfigMap"): _always,
    ("", "PersistentVolumeClaim"): _claim,
    ("apps", "StatefulSet"): stateful_set,
    ("apps", "DaemonSet"): daemon_set,
    ("apps", "Deployment"): deployment,
    ("apps", "ReplicaSet"): replica_set,
    ("policy", "PodDisruptionBudget"): _always,
    ("batch", "CronJob"): _always,
    ("batch", "Job"): job,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _definition,
}
