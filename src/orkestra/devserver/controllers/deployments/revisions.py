"""A Deployment's ReplicaSets: which one is of its template, how they are named and numbered, which ones may go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orkestra.devserver.controllers.deployments.scaling import (
    DESIRED,
    MAXIMUM,
    Bounds,
    counted,
    size_of,
    whole_annotation,
)
from orkestra.devserver.controllers.workload import template_hash, whole
from orkestra.k8s.objects import Object, annotations_of, generation_of, is_terminating, labels_of, name_of, namespace_of
from orkestra.k8s.owners import owner_reference

HASH = "pod-template-hash"
REVISION = "deployment.kubernetes.io/revision"
HISTORY = "deployment.kubernetes.io/revision-history"

_NOT_INHERITED = frozenset(
    ("kubectl.kubernetes.io/last-applied-configuration", REVISION, HISTORY, DESIRED, MAXIMUM,
     "deprecated.deployment.rollback.to")
)  # fmt: skip


def sort_by_age(replica_sets: Sequence[Object]) -> list[Object]:
    return sorted(
        replica_sets,
        key=lambda each: (str(each["metadata"].get("creationTimestamp")), revision_of(each), name_of(each)),
    )


def find_new(deployment: Object, by_age: Sequence[Object]) -> Object | None:
    """The oldest ReplicaSet of exactly the Deployment's template."""
    wanted = deployment["spec"]["template"]
    return next((each for each in by_age if is_same_template(wanted, each["spec"]["template"])), None)


def is_same_template(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    return _without_hash(left) == _without_hash(right)


def _without_hash(template: Mapping[str, Any]) -> tuple[Any, Any]:
    meta = dict(template.get("metadata") or {})
    meta.pop("creationTimestamp", None)
    labels = {key: value for key, value in (meta.pop("labels", None) or {}).items() if key != HASH}
    return ({**meta, "labels": labels}, template.get("spec"))


def revision_of(obj: Mapping[str, Any]) -> int:
    return whole_annotation(obj, REVISION) or 0


def new_replica_set(deployment: Object, bounds: Bounds, size: int, revision: int) -> Object:
    spec, template = deployment["spec"], deployment["spec"]["template"]
    digest = template_hash(template, whole((deployment.get("status") or {}).get("collisionCount")))
    meta = {key: value for key, value in (template.get("metadata") or {}).items() if key != "creationTimestamp"}
    labels = {**(meta.get("labels") or {}), HASH: digest}
    made: Object = {"replicas": size}
    if spec.get("minReadySeconds"):
        made["minReadySeconds"] = spec["minReadySeconds"]
    selector = dict(spec["selector"])
    selector["matchLabels"] = {**(selector.get("matchLabels") or {}), HASH: digest}
    made |= {"selector": selector, "template": {**template, "metadata": {**meta, "labels": labels}}}
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{name_of(deployment)}-{digest}",
            "namespace": namespace_of(deployment),
            "labels": labels,
            "annotations": {**inherited(deployment), **size_notes(bounds), REVISION: str(revision)},
            "ownerReferences": [owner_reference(deployment)],
        },
        "spec": made,
    }


def inherited(deployment: Object) -> dict[str, str]:
    """The annotations a ReplicaSet takes over from its Deployment."""
    return {key: value for key, value in annotations_of(deployment).items() if key not in _NOT_INHERITED}


def size_notes(bounds: Bounds) -> dict[str, str]:
    return {DESIRED: str(bounds.replicas), MAXIMUM: str(bounds.most)}


def renumbered(replica_set: Object, deployment: Object, revision: int) -> dict[str, str]:
    """The annotations of a found ReplicaSet: the Deployment's, and the newest revision; its older ones are history."""
    annotations = {**annotations_of(replica_set), **inherited(deployment)}
    held = revision_of(replica_set)
    if held < revision:
        if held:
            annotations[HISTORY] = ",".join(filter(None, (annotations.get(HISTORY), str(held))))
        annotations[REVISION] = str(revision)
    return annotations


def with_size(replica_set: Object, size: int, bounds: Bounds) -> Object:
    annotations = {**annotations_of(replica_set), **size_notes(bounds)}
    return {
        **replica_set,
        "metadata": {**replica_set["metadata"], "annotations": annotations},
        "spec": {**replica_set["spec"], "replicas": size},
    }


def expired(deployment: Object, old: Sequence[Object]) -> list[Object]:
    """Old ReplicaSets beyond ``revisionHistoryLimit``, the lowest revisions first; never one that still has pods."""
    limit = deployment["spec"].get("revisionHistoryLimit", 10)
    if not isinstance(limit, int):
        return []
    standing = [each for each in old if not is_terminating(each)]
    excess = len(standing) - limit
    by_revision = sorted(standing, key=lambda each: (revision_of(each), name_of(each)))
    return [each for each in by_revision[: max(0, excess)] if _is_empty(each)]


def _is_empty(replica_set: Object) -> bool:
    is_seen = generation_of(replica_set) <= counted(replica_set, "observedGeneration")
    return not size_of(replica_set) and not counted(replica_set, "replicas") and is_seen


def digest_of(replica_set: Object) -> str:
    return str(labels_of(replica_set).get(HASH) or "")
