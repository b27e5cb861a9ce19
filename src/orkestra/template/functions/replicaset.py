"""ReplicaSets: their owner, and those of a Deployment (``_replicaSets``)."""

from __future__ import annotations

from typing import Any, Final

from orkestra.template.functions.function import Domain
from orkestra.template.functions.objectfields import Fields, maps_at, name_of, object_of, owner_of, text_at

REPLICASET: Final = Domain("replicaset", [])
function = REPLICASET.function

_REVISION: Final = "deployment.kubernetes.io/revision"


@function(
    "replicaSetOwnerName(o) string",
    "The name of the Deployment that made it.",
    "{{ replicaSetOwnerName .children.replicaSet }}",
    "web",
)
def replica_set_owner_name(o: Any) -> str:
    return text_at(owner_of(object_of(o)), "name")


@function(
    "replicaSetOwnerKind(o) string",
    "The kind of what made it.",
    "{{ replicaSetOwnerKind .children.replicaSet }}",
    "Deployment",
)
def replica_set_owner_kind(o: Any) -> str:
    return text_at(owner_of(object_of(o)), "kind")


def _revision(o: Fields) -> int:
    written = text_at(o, "metadata", "annotations", _REVISION)
    return int(written) if written.isascii() and written.isdigit() and len(written) < 19 else 0


@function(
    "deploymentReplicaSetCount(o) int",
    "How many ReplicaSets a Deployment has, old ones too.",
    "{{ deploymentReplicaSetCount .children.deployment }}",
    "2",
)
def deployment_replica_set_count(o: Any) -> int:
    return len(maps_at(object_of(o), "_replicaSets"))


@function(
    "deploymentReplicaSets(o) list",
    "Their names.",
    "{{ deploymentReplicaSets .children.deployment }}",
    "[web-6d4 web-7f9]",
)
def deployment_replica_sets(o: Any) -> list[str]:
    return [name_of(entry) for entry in maps_at(object_of(o), "_replicaSets")]


@function(
    "oldDeploymentReplicaSets(o) list",
    "The names of those that are not of the latest revision.",
    "{{ oldDeploymentReplicaSets .children.deployment }}",
    "[web-6d4]",
)
def old_deployment_replica_sets(o: Any) -> list[str]:
    found = object_of(o)
    entries = maps_at(found, "_replicaSets")
    latest = max((_revision(entry) for entry in (found, *entries)), default=0)
    return [name_of(entry) for entry in entries if _revision(entry) < latest]
