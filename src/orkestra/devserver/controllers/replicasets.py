"""ReplicaSet -> Pods (rules: kubernetes pkg/controller/replicaset/{replica_set.go,replica_set_utils.go})."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from orkestra.devserver.controllers.engine import Controller
from orkestra.devserver.controllers.pod_status import is_ready
from orkestra.devserver.controllers.routes import itself, to_controller_or_adopter
from orkestra.devserver.controllers.times import stamp
from orkestra.devserver.controllers.workload import (
    BURST,
    deletion_rank,
    earliest,
    is_active,
    owned_pods,
    pod_from_template,
    whole,
    without_zeros,
)  # fmt: skip
from orkestra.k8s.errors import StatusError
from orkestra.k8s.objects import Object, ObjectKey, generation_of, is_terminating, labels_of, name_of

REPLICASETS = "replicasets.apps"


class ReplicaSets(Controller):
    name: ClassVar[str] = "replicaset"

    @property
    def watches(self) -> dict[str, Callable[[Object], Iterable[ObjectKey]]]:
        return {REPLICASETS: itself, "pods": to_controller_or_adopter(self.view, "ReplicaSet", REPLICASETS)}

    def sync(self, key: ObjectKey) -> None:
        owner = self.view.get(REPLICASETS, key)
        if owner is None:
            return
        pods = owned_pods(self, owner)
        failure: tuple[str, str] | None = None
        if not is_terminating(owner):
            failure = self._scale(owner, pods)
            pods = owned_pods(self, owner)
        self._report(key, owner, pods, failure)

    def _scale(self, owner: Object, pods: list[Object]) -> tuple[str, str] | None:
        """Make or delete up to BURST pods. Answers (reason, message) where the server refused one."""
        active = [pod for pod in pods if is_active(pod)]
        wanted = whole(owner["spec"].get("replicas"), 1)
        try:
            for _ in range(min(wanted - len(active), BURST)):
                self.engine.create("pods", pod_from_template(owner, owner["spec"]["template"]))
        except StatusError as error:
            self.engine.events.tell(
                owner, "replicaset-controller", "Warning", "FailedCreate", f"Error creating: {error}"
            )
            return "FailedCreate", error.message
        excess = len(active) - wanted
        if excess > 0:
            for pod in sorted(active, key=deletion_rank)[: min(excess, BURST)]:
                self.engine.delete("pods", pod)
        if abs(excess) > BURST:
            self.engine.queue.add((self.name, ObjectKey(owner["metadata"]["namespace"], name_of(owner))))
        return None

    def _report(self, key: ObjectKey, owner: Object, pods: list[Object], failure: tuple[str, str] | None) -> None:
        active = [pod for pod in pods if is_active(pod)]
        template = owner["spec"].get("template") or {}
        wanted_labels = (template.get("metadata") or {}).get("labels") or {}
        available, wait = earliest(self, active, whole(owner["spec"].get("minReadySeconds")))
        status = without_zeros(
            {
                "replicas": len(active),
                "fullyLabeledReplicas": sum(wanted_labels.items() <= labels_of(pod).items() for pod in active),
                "readyReplicas": sum(is_ready(pod) for pod in active),
                "availableReplicas": available,
                "terminatingReplicas": sum(is_terminating(pod) for pod in pods),
                "observedGeneration": generation_of(owner),
            },
            keep=("replicas", "terminatingReplicas"),
        )
        conditions = [
            each for each in (owner.get("status") or {}).get("conditions") or () if each["type"] != "ReplicaFailure"
        ]
        if failure is not None:
            conditions.append(self._failure(owner, *failure))
        if conditions:
            status["conditions"] = conditions
        self.engine.write_status(REPLICASETS, owner, status)
        if wait is not None:
            self.requeue(key, wait)
        if failure is not None:
            self.requeue(key, 1.0)

    def _failure(self, owner: Object, reason: str, message: str) -> Object:
        for held in (owner.get("status") or {}).get("conditions") or ():
            if held["type"] == "ReplicaFailure" and (held.get("reason"), held.get("message")) == (reason, message):
                return dict(held)
        now = stamp(self.engine.cluster.now())
        return {
            "type": "ReplicaFailure",
            "status": "True",
            "lastTransitionTime": now,
            "reason": reason,
            "message": message,
        }
