"""Gives each pod a node: the first one its nodeSelector and volumes allow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from orkestra.devserver.controllers.engine import Controller
from orkestra.devserver.controllers.pod_status import is_finished, with_condition
from orkestra.devserver.controllers.times import stamp
from orkestra.k8s.objects import Object, ObjectKey, get_path, is_terminating, key_of, labels_of, name_of, namespace_of

SCHEDULER = "kube-scheduler"


class Scheduler(Controller):
    name: ClassVar[str] = "scheduler"

    @property
    def watches(self) -> dict[str, Callable[[Object], Iterable[ObjectKey]]]:
        return {"pods": self._pod, "nodes": self._node, "persistentvolumeclaims": self._claim}

    def _pod(self, pod: Object) -> Iterable[ObjectKey]:
        return () if pod["spec"].get("nodeName") else (key_of(pod),)

    def _node(self, node: Object) -> Iterable[ObjectKey]:
        return [key_of(pod) for pod in self.view.all("pods") if not pod["spec"].get("nodeName")]

    def _claim(self, claim: Object) -> Iterable[ObjectKey]:
        pods = self.view.in_namespace("pods", namespace_of(claim))
        return [key_of(pod) for pod in pods if not pod["spec"].get("nodeName") and name_of(claim) in claims_of(pod)]

    def sync(self, key: ObjectKey) -> None:
        pod = self.view.get("pods", key)
        if pod is None or is_terminating(pod) or is_finished(pod) or pod["spec"].get("nodeName"):
            return
        if (
            pod["spec"].get("schedulingGates")
            or pod["spec"].get("schedulerName", "default-scheduler") != "default-scheduler"
        ):
            return
        node, message = self._choose(pod)
        if node:
            bound = {**pod, "spec": {**pod["spec"], "nodeName": node}}
            self.engine.update("pods", bound, subresource="binding", manager=SCHEDULER)
            return
        now = stamp(self.engine.cluster.now())
        self.engine.events.tell(pod, "default-scheduler", "Warning", "FailedScheduling", message)
        conditions = with_condition(pod, "PodScheduled", "False", now, "Unschedulable", message)
        self.engine.write_status("pods", pod, {**(pod.get("status") or {}), "conditions": conditions}, SCHEDULER)

    def _choose(self, pod: Object) -> tuple[str, str]:
        """A node's name, or why there is none."""
        nodes = self.view.all("nodes")
        if not nodes:
            return "", "no nodes available to schedule pods"
        fits = [node for node in nodes if node_fits(node, pod) and not get_path(node, ("spec", "unschedulable"))]
        total = len(nodes)
        if not fits:
            none = f"0/{total} nodes are available: {total}"
            return "", (
                f"{none} node(s) didn't match Pod's node affinity/selector. "
                f"preemption: {none} Preemption is not helpful for scheduling."
            )
        for claim in claims_of(pod):
            held = self.view.get("persistentvolumeclaims", ObjectKey(namespace_of(pod), claim))
            if held is None:
                return "", f'0/{total} nodes are available: persistentvolumeclaim "{claim}" not found.'
            if get_path(held, ("status", "phase")) != "Bound":
                return "", f"0/{total} nodes are available: pod has unbound immediate PersistentVolumeClaims."
        return name_of(fits[0]), ""


def node_fits(node: Object, pod: Object) -> bool:
    """nodeSelector, and the node name a DaemonSet pins its pods to."""
    wanted = pod["spec"].get("nodeSelector") or {}
    labels = labels_of(node)
    if any(labels.get(key) != value for key, value in wanted.items()):
        return False
    required = (
        "spec",
        "affinity",
        "nodeAffinity",
        "requiredDuringSchedulingIgnoredDuringExecution",
        "nodeSelectorTerms",
    )
    terms = get_path(pod, required) or []
    return not terms or any(_is_pinned(node, term) for term in terms)


def _is_pinned(node: Object, term: Object) -> bool:
    return all(
        field.get("key") != "metadata.name" or name_of(node) in (field.get("values") or ())
        for field in term.get("matchFields") or ()
    )


def claims_of(pod: Object) -> list[str]:
    volumes = pod["spec"].get("volumes") or ()
    names = (get_path(volume, ("persistentVolumeClaim", "claimName")) for volume in volumes)
    return [str(name) for name in names if name]
