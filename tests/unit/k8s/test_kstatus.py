"""The kstatus rules, kind by kind."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from orkestra.k8s.kstatus import Status, compute

CURRENT, IN_PROGRESS, FAILED = Status.CURRENT, Status.IN_PROGRESS, Status.FAILED
AVAILABLE = {"type": "Available", "status": "True"}
ROLLED_OUT = {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"}
WHOLE = {"replicas": 2, "updatedReplicas": 2, "readyReplicas": 2, "availableReplicas": 2}
CRASHING = {"name": "web", "state": {"waiting": {"reason": "CrashLoopBackOff"}}}
UNSCHEDULABLE = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
DAEMONS = {
    "observedGeneration": 1,
    "desiredNumberScheduled": 2,
    "currentNumberScheduled": 2,
    "updatedNumberScheduled": 2,
    "numberAvailable": 2,
    "numberReady": 2,
}
SETTLED = {"replicas": 2, "readyReplicas": 2, "currentReplicas": 2, "updatedReplicas": 2}


def an_object(kind: str, status: Any = None, spec: Any = None, **metadata: Any) -> dict[str, Any]:
    api_version = {
        "Deployment": "apps/v1", "StatefulSet": "apps/v1", "DaemonSet": "apps/v1", "ReplicaSet": "apps/v1",
        "Job": "batch/v1", "CronJob": "batch/v1", "PodDisruptionBudget": "policy/v1",
        "CustomResourceDefinition": "apiextensions.k8s.io/v1", "Website": "example.com/v1",
    }.get(kind, "v1")  # fmt: skip
    obj: dict[str, Any] = {"apiVersion": api_version, "kind": kind, "metadata": metadata}
    return obj | ({"spec": spec} if spec is not None else {}) | ({"status": status} if status is not None else {})


def a_deployment(**status: Any) -> dict[str, Any]:
    conditions = status.pop("conditions", [ROLLED_OUT, AVAILABLE])
    spec = {"replicas": 2, "progressDeadlineSeconds": 600}
    return an_object("Deployment", WHOLE | {"conditions": conditions} | status, spec)


@pytest.mark.parametrize(
    ("obj", "status", "reason"),
    [
        (a_deployment(), CURRENT, ""),
        (a_deployment(replicas=1), IN_PROGRESS, "LessReplicas"),
        (a_deployment(updatedReplicas=1), IN_PROGRESS, "LessUpdated"),
        (a_deployment(replicas=3), IN_PROGRESS, "ExtraPods"),
        (a_deployment(availableReplicas=1), IN_PROGRESS, "LessAvailable"),
        (a_deployment(readyReplicas=1), IN_PROGRESS, "LessReady"),
        (a_deployment(conditions=[AVAILABLE]), IN_PROGRESS, "ReplicaSetNotAvailable"),
        (a_deployment(conditions=[ROLLED_OUT]), IN_PROGRESS, "DeploymentNotAvailable"),
        (
            a_deployment(conditions=[{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}]),
            FAILED,
            "ProgressDeadlineExceeded",
        ),
        (an_object("Deployment"), IN_PROGRESS, "LessReplicas"),
        # Without a deadline the controller never reports progress.
        (an_object("Deployment", WHOLE | {"conditions": [AVAILABLE]}, {"replicas": 2}), CURRENT, ""),
        (an_object("StatefulSet", SETTLED, {"replicas": 2}), CURRENT, ""),
        (an_object("StatefulSet", {}, {"replicas": 2}), IN_PROGRESS, "LessReplicas"),
        (an_object("StatefulSet", SETTLED | {"readyReplicas": 1}, {"replicas": 2}), IN_PROGRESS, "LessReady"),
        (an_object("StatefulSet", SETTLED, {"replicas": 1}), IN_PROGRESS, "ExtraPods"),
        (an_object("StatefulSet", SETTLED | {"currentReplicas": 1}, {"replicas": 2}), IN_PROGRESS, "LessCurrent"),
        (
            an_object("StatefulSet", SETTLED | {"currentRevision": "a", "updateRevision": "b"}, {"replicas": 2}),
            IN_PROGRESS,
            "RevisionMismatch",
        ),
        (an_object("StatefulSet", {}, {"updateStrategy": {"type": "OnDelete"}}), CURRENT, ""),
        (
            an_object(
                "StatefulSet",
                SETTLED | {"updatedReplicas": 0},
                {"replicas": 2, "updateStrategy": {"rollingUpdate": {"partition": 1}}},
            ),
            IN_PROGRESS,
            "PartitionRollout",
        ),
        (
            an_object(
                "StatefulSet",
                SETTLED | {"updatedReplicas": 1, "currentReplicas": 1},
                {"replicas": 2, "updateStrategy": {"rollingUpdate": {"partition": 1}}},
            ),
            CURRENT,
            "",
        ),
        (an_object("DaemonSet", DAEMONS, generation=1), CURRENT, ""),
        (an_object("DaemonSet", DAEMONS), IN_PROGRESS, "NoGeneration"),
        (an_object("DaemonSet", {}, generation=1), IN_PROGRESS, "NoObservedGeneration"),
        (an_object("DaemonSet", {"observedGeneration": 1}, generation=1), IN_PROGRESS, "NoDesiredNumber"),
        (an_object("DaemonSet", DAEMONS | {"currentNumberScheduled": 1}, generation=1), IN_PROGRESS, "LessCurrent"),
        (an_object("DaemonSet", DAEMONS | {"updatedNumberScheduled": 0}, generation=1), IN_PROGRESS, "LessUpdated"),
        (an_object("DaemonSet", DAEMONS | {"numberAvailable": 1}, generation=1), IN_PROGRESS, "LessAvailable"),
        (an_object("DaemonSet", DAEMONS | {"numberReady": 1}, generation=1), IN_PROGRESS, "LessReady"),
        (an_object("ReplicaSet", WHOLE | {"fullyLabeledReplicas": 2}, {"replicas": 2}), CURRENT, ""),
        (an_object("ReplicaSet", WHOLE, {"replicas": 2}), IN_PROGRESS, "LessLabelled"),
        (an_object("ReplicaSet", WHOLE | {"fullyLabeledReplicas": 2}, {"replicas": 1}), IN_PROGRESS, "ExtraPods"),
        (
            an_object("ReplicaSet", {"conditions": [{"type": "ReplicaFailure", "status": "True"}]}),
            IN_PROGRESS,
            "ReplicaFailure",
        ),
        (an_object("Job"), IN_PROGRESS, "JobNotStarted"),
        (an_object("Job", {"startTime": "2026-01-01T00:00:00Z", "active": 1}), CURRENT, ""),
        (an_object("Job", {"conditions": [{"type": "Failed", "status": "True"}]}), FAILED, "JobFailed"),
        (an_object("Job", {"conditions": [{"type": "Complete", "status": "True"}]}), CURRENT, ""),
        (an_object("Job", {"conditions": [{"type": "Suspended", "status": "True"}]}, {"suspend": True}), CURRENT, ""),
        (
            an_object("Job", {"conditions": [{"type": "Suspended", "status": "True"}]}, {"suspend": False}),
            IN_PROGRESS,
            "JobNotStarted",
        ),
        (an_object("Pod"), IN_PROGRESS, "PodNotObserved"),
        (an_object("Pod", {"phase": "Succeeded"}), CURRENT, ""),
        (an_object("Pod", {"phase": "Failed"}), CURRENT, ""),
        (an_object("Pod", {"phase": "Running"}), IN_PROGRESS, "PodRunningNotReady"),
        (an_object("Pod", {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}), CURRENT, ""),
        (an_object("Pod", {"phase": "Running", "containerStatuses": [CRASHING]}), FAILED, "ContainerCrashLooping"),
        (an_object("Pod", {"phase": "Pending"}), IN_PROGRESS, "PodPending"),
        (an_object("Pod", {"phase": "Pending", "conditions": [UNSCHEDULABLE]}), IN_PROGRESS, "PodNotScheduled"),
        (an_object("Service", spec={"type": "ClusterIP"}), CURRENT, ""),
        (an_object("Service", spec={"type": "LoadBalancer"}), IN_PROGRESS, "NoIPAssigned"),
        (an_object("Service", spec={"type": "LoadBalancer", "clusterIP": "10.0.0.9"}), CURRENT, ""),
        (an_object("PersistentVolumeClaim", {"phase": "Pending"}), IN_PROGRESS, "NotBound"),
        (an_object("PersistentVolumeClaim", {"phase": "Bound"}), CURRENT, ""),
        (an_object("PodDisruptionBudget", {"observedGeneration": 1}, generation=1), CURRENT, ""),
        (an_object("CronJob"), CURRENT, ""),
        (an_object("ConfigMap"), CURRENT, ""),
        (an_object("CustomResourceDefinition"), IN_PROGRESS, "Installing"),
        (
            an_object("CustomResourceDefinition", {"conditions": [{"type": "Established", "status": "True"}]}),
            CURRENT,
            "",
        ),
        (
            an_object(
                "CustomResourceDefinition",
                {"conditions": [{"type": "NamesAccepted", "status": "False", "reason": "PluralConflict"}]},
            ),
            FAILED,
            "PluralConflict",
        ),
        (an_object("Website"), CURRENT, ""),
        (an_object("Website", {"conditions": [{"type": "Ready", "status": "True"}]}), CURRENT, ""),
        (
            an_object("Website", {"conditions": [{"type": "Ready", "status": "False", "reason": "Broken"}]}),
            IN_PROGRESS,
            "Broken",
        ),
        (
            an_object("Website", {"conditions": [{"type": "Reconciling", "status": "True", "reason": "Rolling"}]}),
            IN_PROGRESS,
            "Rolling",
        ),
        (
            an_object("Website", {"conditions": [{"type": "Stalled", "status": "True", "reason": "Denied"}]}),
            FAILED,
            "Denied",
        ),
        (an_object("Website", {"observedGeneration": 1}, generation=2), IN_PROGRESS, "LatestGenerationNotObserved"),
        (
            an_object("Website", {"observedGeneration": -1}, generation=1),
            IN_PROGRESS,
            "LatestGenerationNotObserved",
        ),
        (an_object("Website", deletionTimestamp="2026-01-01T00:00:00Z"), Status.TERMINATING, ""),
    ],
)
def test_rule(obj: dict[str, Any], status: Status, reason: str) -> None:
    verdict = compute(obj)
    assert (verdict.status, verdict.reason) == (status, reason)
    assert verdict.is_current is (status is CURRENT)


def test_unschedulable_fails_after_the_window() -> None:
    pod = an_object(
        "Pod", {"phase": "Pending", "conditions": [UNSCHEDULABLE]}, creationTimestamp="2026-01-01T00:00:00Z"
    )
    assert compute(pod, datetime(2026, 1, 1, 0, 0, 14, tzinfo=UTC)).status is IN_PROGRESS
    assert compute(pod, datetime(2026, 1, 1, 0, 0, 16, tzinfo=UTC)).status is FAILED


@pytest.mark.parametrize("status", ["text", [], 7, {"conditions": "x"}, {"conditions": [7]}, {"phase": "Odd"}])
def test_a_malformed_status_is_unknown(status: Any) -> None:
    assert compute(an_object("Pod", status)).status is Status.UNKNOWN


def test_a_generation_of_the_wrong_type_is_unknown() -> None:
    assert compute(an_object("Website", {"observedGeneration": "1"}, generation=1)).status is Status.UNKNOWN


def test_the_message_counts() -> None:
    assert "1 of 2" in compute(a_deployment(readyReplicas=1)).message
