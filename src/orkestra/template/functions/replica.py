"""Replicas of Deployments, StatefulSets, ReplicaSets and DaemonSets: wanted, there, and rolled out."""

from __future__ import annotations

from typing import Any, Final

from orkestra.template.functions.function import Domain
from orkestra.template.functions.objectfields import Fields, count_at, field_of, object_of, text_at

REPLICA: Final = Domain("replica", [])
function = REPLICA.function


def _counted(o: Fields, name: str, name_of_daemons: str) -> int:
    return count_at(o, "status", name, otherwise=count_at(o, "status", name_of_daemons))


def _desired(o: Fields) -> int:
    if not o:
        return 0
    daemons = field_of(o, "status", "desiredNumberScheduled")
    if daemons is not None or text_at(o, "kind") == "DaemonSet":
        return count_at(o, "status", "desiredNumberScheduled")
    return count_at(o, "spec", "replicas", otherwise=1)


def _is_observed(o: Fields) -> bool:
    return bool(o) and count_at(o, "status", "observedGeneration") >= count_at(o, "metadata", "generation")


@function(
    "allReplicasReady(o) bool",
    "Whether as many replicas are ready as are wanted, of a spec its controller has seen.",
    "{{ allReplicasReady .children.deployment }}",
    "true",
)
def all_replicas_ready(o: Any) -> bool:
    found = object_of(o)
    return _is_observed(found) and _counted(found, "readyReplicas", "numberReady") >= _desired(found)


@function("replicasReady(o) bool", "The same as allReplicasReady.", "{{ replicasReady .children.deployment }}", "true")
def replicas_ready(o: Any) -> bool:
    return all_replicas_ready(o)


@function(
    "rolloutComplete(o) bool",
    "Whether every replica is of the latest revision and available, and no old one is left.",
    "{{ rolloutComplete .children.deployment }}",
    "true",
)
def rollout_complete(o: Any) -> bool:
    found = object_of(o)
    if not _is_observed(found):
        return False
    wanted = _desired(found)
    updated = _counted(found, "updatedReplicas", "updatedNumberScheduled")
    available = _counted(found, "availableReplicas", "numberAvailable")
    revision = text_at(found, "status", "updateRevision")
    is_latest = not revision or revision == text_at(found, "status", "currentRevision")
    left = count_at(found, "status", "replicas", otherwise=updated) - updated
    return is_latest and updated >= wanted and available >= updated and left <= 0


@function("readyReplicas(o) int", "How many replicas are ready.", "{{ readyReplicas .children.deployment }}", "3")
def ready_replicas(o: Any) -> int:
    return _counted(object_of(o), "readyReplicas", "numberReady")


@function("availableReplicas(o) int", "How many are available.", "{{ availableReplicas .children.deployment }}", "3")
def available_replicas(o: Any) -> int:
    return _counted(object_of(o), "availableReplicas", "numberAvailable")


@function(
    "updatedReplicas(o) int",
    "How many are of the latest revision.",
    "{{ updatedReplicas .children.deployment }}",
    "3",
)
def updated_replicas(o: Any) -> int:
    return _counted(object_of(o), "updatedReplicas", "updatedNumberScheduled")


@function(
    "desiredReplicas(o) int",
    "How many are wanted: Kubernetes' default of 1 where the spec does not say.",
    "{{ desiredReplicas .children.deployment }}",
    "3",
)
def desired_replicas(o: Any) -> int:
    return _desired(object_of(o))
