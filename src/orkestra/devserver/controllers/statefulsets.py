"""StatefulSet -> Pods and PersistentVolumeClaims, in order
(rules: kubernetes pkg/controller/statefulset/stateful_set_control.go, stateful_set_utils.go)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from orkestra.devserver.controllers.engine import Controller
from orkestra.devserver.controllers.pod_status import is_finished, is_ready
from orkestra.devserver.controllers.revisions import REVISIONS, current_and_newest, template_of
from orkestra.devserver.controllers.routes import itself, to_controller, to_controller_or_adopter
from orkestra.devserver.controllers.stateful_pods import (
    CLAIMS,
    REVISION_LABEL,
    missing_claims,
    new_pod,
    ordinal_of,
    surplus_claims,
)  # fmt: skip
from orkestra.devserver.controllers.workload import (
    available_in,
    earliest,
    int_or_percent,
    owned_pods,
    whole,
    without_zeros,
)
from orkestra.k8s.objects import Object, ObjectKey, generation_of, get_path, is_terminating, labels_of, name_of

STATEFULSETS = "statefulsets.apps"


class StatefulSets(Controller):
    name: ClassVar[str] = "statefulset"

    @property
    def watches(self) -> dict[str, Callable[[Object], Iterable[ObjectKey]]]:
        return {
            STATEFULSETS: itself,
            "pods": to_controller_or_adopter(self.view, "StatefulSet", STATEFULSETS),
            REVISIONS: to_controller("StatefulSet"),
            CLAIMS: lambda claim: (),
        }

    def sync(self, key: ObjectKey) -> None:
        owner = self.view.get(STATEFULSETS, key)
        if owner is None or is_terminating(owner):
            return
        pods = self._pods(owner)
        named = {labels_of(pod).get(REVISION_LABEL) for pod in pods.values()}
        named.add(get_path(owner, ("status", "currentRevision")))
        held, update = current_and_newest(
            self, owner, "controller.kubernetes.io/hash", lambda each: name_of(each) in named
        )
        current_name = get_path(owner, ("status", "currentRevision")) or name_of(update)
        current = next((each for each in held if name_of(each) == current_name), update)
        self._step(owner, pods, current, update)
        self._report(key, owner, self._pods(owner), current, update)

    def _pods(self, owner: Object) -> dict[int, Object]:
        found = ((ordinal_of(pod, owner), pod) for pod in owned_pods(self, owner))
        return {ordinal: pod for ordinal, pod in sorted(found, key=lambda each: each[0]) if ordinal >= 0}

    def _step(self, owner: Object, pods: dict[int, Object], current: Object, update: Object) -> None:
        """As far as the order allows: replace ended pods, start missing ones, remove surplus ones, then roll."""
        is_parallel = owner["spec"].get("podManagementPolicy") == "Parallel"
        start = whole(get_path(owner, ("spec", "ordinals", "start")))
        wanted = range(start, start + whole(owner["spec"].get("replicas"), 1))
        for ordinal in wanted:
            pod = pods.get(ordinal)
            if pod is not None and is_finished(pod) and not is_terminating(pod):
                self.engine.delete("pods", pod)
                return
            if pod is None:
                self._start(owner, ordinal, current, update)
            if not is_parallel and (pod is None or not self._is_available(owner, pod)):
                return
        surplus = [pods[ordinal] for ordinal in sorted(pods, reverse=True) if ordinal not in wanted]
        for pod in surplus:
            if not is_terminating(pod):
                self.engine.delete("pods", pod)
            if not is_parallel:
                return
        for claim in surplus_claims(self, owner, wanted):
            self.engine.delete(CLAIMS, claim)
        if get_path(owner, ("spec", "updateStrategy", "type")) != "OnDelete":
            self._roll(owner, pods, [*wanted], update)

    def _roll(self, owner: Object, pods: dict[int, Object], wanted: list[int], update: Object) -> None:
        """Replace pods of another revision from the highest ordinal down to the partition."""
        rolling = get_path(owner, ("spec", "updateStrategy", "rollingUpdate")) or {}
        budget = int_or_percent(rolling.get("maxUnavailable", 1), len(wanted), round_up=True) or 1
        budget -= sum(1 for ordinal in wanted if ordinal in pods and not self._is_available(owner, pods[ordinal]))
        start = wanted[0] if wanted else 0
        for ordinal in sorted(wanted, reverse=True):
            pod = pods.get(ordinal)
            if ordinal < start + whole(rolling.get("partition")):
                return
            if pod is None or is_terminating(pod) or labels_of(pod).get(REVISION_LABEL) == name_of(update):
                continue
            if not self._is_available(owner, pod):
                self.engine.delete("pods", pod)  # a broken pod is replaced whatever the budget
            elif budget > 0:
                self.engine.delete("pods", pod)
                budget -= 1

    def _start(self, owner: Object, ordinal: int, current: Object, update: Object) -> None:
        start = whole(get_path(owner, ("spec", "ordinals", "start")))
        rolling = get_path(owner, ("spec", "updateStrategy", "rollingUpdate")) or {}
        partition = whole(rolling.get("partition"))
        keeps = partition if partition else whole(get_path(owner, ("status", "currentReplicas")))
        is_on_delete = get_path(owner, ("spec", "updateStrategy", "type")) == "OnDelete"
        is_old = not is_on_delete and ordinal < start + keeps
        revision = current if is_old else update
        for claim in missing_claims(self, owner, ordinal):
            self.engine.create(CLAIMS, claim)
        self.engine.create("pods", new_pod(owner, ordinal, template_of(revision), name_of(revision)))

    def _is_available(self, owner: Object, pod: Object) -> bool:
        seconds = whole(owner["spec"].get("minReadySeconds"))
        return not is_terminating(pod) and available_in(pod, seconds, self) == 0.0

    def _report(self, key: ObjectKey, owner: Object, pods: dict[int, Object], current: Object, update: Object) -> None:
        standing = [pod for pod in pods.values() if not is_terminating(pod)]
        available, wait = earliest(self, standing, whole(owner["spec"].get("minReadySeconds")))
        counts = {
            "observedGeneration": generation_of(owner),
            "replicas": len(pods),
            "readyReplicas": sum(map(is_ready, pods.values())),
            "currentReplicas": sum(labels_of(pod).get(REVISION_LABEL) == name_of(current) for pod in standing),
            "updatedReplicas": sum(labels_of(pod).get(REVISION_LABEL) == name_of(update) for pod in standing),
            "currentRevision": name_of(current),
            "updateRevision": name_of(update),
            "collisionCount": whole(get_path(owner, ("status", "collisionCount"))),
            "availableReplicas": available,
        }
        replicas = whole(owner["spec"].get("replicas"), 1)
        is_rolling = get_path(owner, ("spec", "updateStrategy", "type")) != "OnDelete"
        if is_rolling and replicas == counts["updatedReplicas"] == counts["replicas"] == counts["readyReplicas"]:
            counts |= {"currentReplicas": counts["updatedReplicas"], "currentRevision": name_of(update)}
        status = without_zeros(counts, keep=("replicas", "collisionCount", "availableReplicas"))
        self.engine.write_status(STATEFULSETS, owner, status)
        if wait is not None:
            self.requeue(key, wait)
