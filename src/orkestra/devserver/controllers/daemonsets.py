"""DaemonSet -> one Pod on each fitting Node (rules: kubernetes pkg/controller/daemon/{daemon_controller,update}.go)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from orkestra.devserver.controllers.engine import Controller
from orkestra.devserver.controllers.pod_status import is_finished, is_ready
from orkestra.devserver.controllers.revisions import REVISIONS, current_and_newest, hash_of
from orkestra.devserver.controllers.routes import itself, to_controller, to_controller_or_adopter
from orkestra.devserver.controllers.scheduler import node_fits
from orkestra.devserver.controllers.workload import (
    available_in,
    earliest,
    int_or_percent,
    owned_pods,
    pod_from_template,
    whole,
    without_zeros,
)  # fmt: skip
from orkestra.k8s.objects import (
    Object,
    ObjectKey,
    annotations_of,
    generation_of,
    get_path,
    is_terminating,
    key_of,
    labels_of,
    name_of,
)  # fmt: skip

DAEMONSETS = "daemonsets.apps"
HASH_LABEL = "controller-revision-hash"
GENERATION = "deprecated.daemonset.template.generation"

_TOLERATED = [
    ("not-ready", "NoExecute"), ("unreachable", "NoExecute"), ("disk-pressure", "NoSchedule"),
    ("memory-pressure", "NoSchedule"), ("pid-pressure", "NoSchedule"), ("unschedulable", "NoSchedule"),
]  # fmt: skip


class DaemonSets(Controller):
    name: ClassVar[str] = "daemonset"

    @property
    def watches(self) -> dict[str, Callable[[Object], Iterable[ObjectKey]]]:
        return {
            DAEMONSETS: itself,
            "pods": to_controller_or_adopter(self.view, "DaemonSet", DAEMONSETS),
            "nodes": lambda node: [key_of(each) for each in self.view.all(DAEMONSETS)],
            REVISIONS: to_controller("DaemonSet"),
        }

    def sync(self, key: ObjectKey) -> None:
        owner = self.view.get(DAEMONSETS, key)
        if owner is None or is_terminating(owner):
            return
        hashes = {labels_of(pod).get(HASH_LABEL) for pod in owned_pods(self, owner)}
        _, newest = current_and_newest(self, owner, HASH_LABEL, lambda each: hash_of(each, HASH_LABEL) in hashes)
        digest = hash_of(newest, HASH_LABEL)
        wanted = [name_of(node) for node in self.view.all("nodes") if node_fits(node, _unpinned(owner))]
        self._place(owner, wanted, digest)
        self._roll(owner, wanted, digest)
        self._report(key, owner, wanted, digest)

    def _by_node(self, owner: Object) -> dict[str, list[Object]]:
        found: dict[str, list[Object]] = {}
        for pod in owned_pods(self, owner):
            found.setdefault(node_of(pod), []).append(pod)
        return found

    def _place(self, owner: Object, wanted: list[str], digest: str) -> None:
        held = self._by_node(owner)
        for node in wanted:
            pods = held.get(node, [])
            for pod in pods:
                if is_finished(pod) and not is_terminating(pod):
                    self.engine.delete("pods", pod)
            if not pods:
                self.engine.create("pods", _new_pod(owner, node, digest))
        for node, pods in held.items():
            if node not in wanted:
                for pod in pods:
                    if not is_terminating(pod):
                        self.engine.delete("pods", pod)

    def _roll(self, owner: Object, wanted: list[str], digest: str) -> None:
        strategy = owner["spec"].get("updateStrategy") or {}
        if strategy.get("type") == "OnDelete":
            return
        limit = (strategy.get("rollingUpdate") or {}).get("maxUnavailable", 1)
        budget = max(1, int_or_percent(limit, len(wanted), round_up=True))
        held = self._by_node(owner)
        standing = [pod for node in wanted for pod in held.get(node, ())]
        available = [pod for pod in standing if self._is_available(owner, pod)]
        budget -= len(wanted) - len(available)
        for pod in standing:
            if labels_of(pod).get(HASH_LABEL) == digest or is_terminating(pod):
                continue
            if pod not in available:
                self.engine.delete("pods", pod)
            elif budget > 0:
                self.engine.delete("pods", pod)
                budget -= 1

    def _is_available(self, owner: Object, pod: Object) -> bool:
        return not is_terminating(pod) and available_in(pod, whole(owner["spec"].get("minReadySeconds")), self) == 0.0

    def _report(self, key: ObjectKey, owner: Object, wanted: list[str], digest: str) -> None:
        held = self._by_node(owner)
        placed = [next((p for p in held.get(node, ()) if not is_terminating(p)), None) for node in wanted]
        pods = [pod for pod in placed if pod is not None]
        available, wait = earliest(self, pods, whole(owner["spec"].get("minReadySeconds")))
        counts = {
            "currentNumberScheduled": sum(1 for node in wanted if held.get(node)),
            "numberMisscheduled": sum(1 for node in held if node and node not in wanted),
            "desiredNumberScheduled": len(wanted),
            "numberReady": sum(map(is_ready, pods)),
            "observedGeneration": generation_of(owner),
            "updatedNumberScheduled": sum(labels_of(pod).get(HASH_LABEL) == digest for pod in pods),
            "numberAvailable": available,
            "numberUnavailable": len(wanted) - available,
        }
        always = ("currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady")
        self.engine.write_status(DAEMONSETS, owner, without_zeros(counts, keep=always))
        if wait is not None:
            self.requeue(key, wait)


def node_of(pod: Object) -> str:
    """The node a pod is on, or is pinned to."""
    if pod["spec"].get("nodeName"):
        return str(pod["spec"]["nodeName"])
    path = ("spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
    for term in get_path(pod, path) or ():
        for field in term.get("matchFields") or ():
            if field.get("key") == "metadata.name" and field.get("values"):
                return str(field["values"][0])
    return ""


def _new_pod(owner: Object, node: str, digest: str) -> Object:
    pod = pod_from_template(owner, owner["spec"]["template"])
    generation = annotations_of(owner).get(GENERATION) or str(generation_of(owner))
    labels = {**pod["metadata"].get("labels", {}), HASH_LABEL: digest, "pod-template-generation": generation}
    spec = dict(pod["spec"])
    pin = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [node]}]}
    affinity = dict(spec.get("affinity") or {})
    affinity["nodeAffinity"] = {
        **(affinity.get("nodeAffinity") or {}),
        "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [pin]},
    }
    tolerated = [
        {"key": f"node.kubernetes.io/{key}", "operator": "Exists", "effect": effect} for key, effect in _TOLERATED
    ]
    spec |= {"affinity": affinity, "tolerations": [*(spec.get("tolerations") or ()), *tolerated]}
    return {**pod, "metadata": {**pod["metadata"], "labels": labels}, "spec": spec}


def _unpinned(owner: Object) -> Object:
    return {"spec": owner["spec"]["template"].get("spec") or {}}
