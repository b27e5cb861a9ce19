"""The pods of a Job: how they are built, and which of them counts as what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orkestra.devserver.controllers.jobs.indexes import INDEX, index_of
from orkestra.devserver.controllers.pod_status import is_ready, phase_of, restarts_of
from orkestra.devserver.controllers.workload import pod_from_template, whole
from orkestra.k8s.finalizers import has_finalizer
from orkestra.k8s.objects import Object, is_terminating, name_of, uid_of

TRACKING = "batch.kubernetes.io/job-tracking"


@dataclass(frozen=True, slots=True)
class Census:
    """A Job's pods: ``active`` run or will, ``going`` are being deleted, the ended ones are not counted yet."""

    active: list[Object]
    going: list[Object]
    succeeded: list[Object]
    failed: list[Object]

    @property
    def ready(self) -> int:
        return sum(map(is_ready, self.active))

    @property
    def restarts(self) -> int:
        return sum(map(restarts_of, self.active))

    @property
    def ended(self) -> list[Object]:
        return [*self.succeeded, *self.failed]


def take_census(pods: Sequence[Object]) -> Census:
    """A pod counts once: while it holds the tracking finalizer. One that is deleted before it succeeded has failed."""
    census = Census([], [], [], [])
    for pod in pods:
        if phase_of(pod) == "Succeeded":
            if has_finalizer(pod, TRACKING):
                census.succeeded.append(pod)
        elif phase_of(pod) == "Failed":
            if has_finalizer(pod, TRACKING):
                census.failed.append(pod)
        elif is_terminating(pod):
            census.going.append(pod)
        else:
            census.active.append(pod)
    return census


def is_indexed(job: Object) -> bool:
    return bool(job["spec"].get("completionMode") == "Indexed")


def new_pod(job: Object, index: int | None) -> Object:
    pod = pod_from_template(job, job["spec"]["template"])
    pod["metadata"]["finalizers"] = [*pod["metadata"].get("finalizers", ()), TRACKING]
    if index is not None:
        note = {INDEX: str(index)}
        meta = pod["metadata"]
        meta["generateName"] = f"{name_of(job)}-{index}-"
        meta["labels"] = {**meta.get("labels", {}), **note}
        meta["annotations"] = {**meta.get("annotations", {}), **note}
        pod["spec"] = {
            **pod["spec"],
            "hostname": f"{name_of(job)}-{index}",
            "containers": [_with_index(each) for each in pod["spec"].get("containers") or ()],
        }
        if pod["spec"].get("initContainers"):
            pod["spec"]["initContainers"] = [_with_index(each) for each in pod["spec"]["initContainers"]]
    return pod


def missing_indexes(job: Object, census: Census, completed: set[int], count: int) -> list[int]:
    """The lowest ``count`` indexes that are neither done nor under way."""
    taken = completed | {index for pod in (*census.active, *census.succeeded) if (index := index_of(pod)) is not None}
    completions = whole(job["spec"].get("completions"))
    found: list[int] = []
    for index in range(completions):
        if len(found) >= count:
            break
        if index not in taken:
            found.append(index)
    return found


def excess(census: Census, count: int) -> list[Object]:
    """``count`` active pods to delete: the not ready ones first, then the youngest."""
    order = sorted(
        census.active, key=lambda pod: (not is_ready(pod), pod["metadata"].get("creationTimestamp"), uid_of(pod))
    )
    return order[::-1][:count] if count else []


def _with_index(container: dict[str, Any]) -> Object:
    path = f"metadata.labels['{INDEX}']"
    entry = {"name": "JOB_COMPLETION_INDEX", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": path}}}
    named = container.get("env") or []
    if any(each.get("name") == entry["name"] for each in named):
        return container
    return {**container, "env": [*named, entry]}
