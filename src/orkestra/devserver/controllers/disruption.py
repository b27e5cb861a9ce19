"""A PodDisruptionBudget's status: how many of its pods may be evicted now
(rules: kubernetes pkg/controller/disruption/disruption.go)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from orkestra.devserver.controllers.engine import Controller, Engine
from orkestra.devserver.controllers.pod_status import is_finished, is_ready
from orkestra.devserver.controllers.selecting import SelectorIndex
from orkestra.devserver.controllers.times import stamp
from orkestra.devserver.controllers.workload import int_or_percent, selector_of, whole
from orkestra.k8s.objects import (
    Object,
    ObjectKey,
    generation_of,
    get_path,
    is_terminating,
    key_of,
    labels_of,
    namespace_of,
)  # fmt: skip
from orkestra.k8s.owners import controller_of
from orkestra.k8s.selectors import LabelSelector

BUDGETS = "poddisruptionbudgets.policy"
GATHER_SECONDS = 0.05

_SCALED = {
    "ReplicaSet": "replicasets.apps", "StatefulSet": "statefulsets.apps", "Deployment": "deployments.apps",
}  # fmt: skip


class Disruption(Controller):
    name: ClassVar[str] = "disruption"

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._plain = SelectorIndex()
        self._others: dict[ObjectKey, None] = {}  # budgets whose selector has expressions, or selects everything

    @property
    def watches(self) -> dict[str, Callable[[Object], Iterable[ObjectKey]]]:
        return {BUDGETS: self._budget, "pods": self._pod, **{resource: lambda obj: () for resource in _SCALED.values()}}

    def _budget(self, budget: Object) -> Iterable[ObjectKey]:
        key, selector = key_of(budget), budget["spec"].get("selector") or {}
        is_plain = bool(selector.get("matchLabels")) and not selector.get("matchExpressions")
        self._plain.put(key, selector["matchLabels"] if is_plain else {})
        if is_plain:
            self._others.pop(key, None)
        else:
            self._others[key] = None
        return (key,)

    def gone(self, resource: str, obj: Object) -> None:
        if resource == BUDGETS:
            self._plain.drop(key_of(obj))
            self._others.pop(key_of(obj), None)
        elif resource == "pods":
            self._pod(obj)

    def _pod(self, pod: Object) -> Iterable[ObjectKey]:
        namespace, labels = namespace_of(pod), labels_of(pod)
        for key in (*self._plain.matching(namespace, labels), *(o for o in self._others if o.namespace == namespace)):
            self.requeue(key, GATHER_SECONDS)
        return ()

    def sync(self, key: ObjectKey) -> None:
        budget = self.view.get(BUDGETS, key)
        if budget is None or is_terminating(budget):
            return
        selector = _selector(budget)
        found = self.view.selected("pods", key.namespace, selector) if selector is not None else []
        pods = [pod for pod in found if not is_finished(pod)]
        expected, desired = self._expectation(budget, pods)
        going = dict(get_path(budget, ("status", "disruptedPods")) or {})
        healthy = sum(is_ready(pod) and not is_terminating(pod) for pod in pods)
        allowed = max(0, healthy - desired) if expected > 0 else 0
        held = budget.get("status") or {}
        status: Object = {
            "observedGeneration": generation_of(budget),
            "disruptionsAllowed": allowed,
            "currentHealthy": healthy,
            "desiredHealthy": desired,
            "expectedPods": expected,
            "conditions": [self._condition(budget, allowed)],
        }
        names = {pod["metadata"]["name"] for pod in pods if not is_terminating(pod)}
        standing = {name: since for name, since in going.items() if name in names}
        if standing:
            status["disruptedPods"] = standing
        if status != held:
            self.engine.write_status(BUDGETS, budget, status)

    def _expectation(self, budget: Object, pods: list[Object]) -> tuple[int, int]:
        """(pods expected, pods that must stay healthy)."""
        spec = budget["spec"]
        least, most = spec.get("minAvailable"), spec.get("maxUnavailable")
        if most is not None:
            expected = self._scale_of(pods)
            return expected, max(0, expected - int_or_percent(most, expected, round_up=True))
        if isinstance(least, int):
            return len(pods), least
        expected = self._scale_of(pods)
        return expected, int_or_percent(least, expected, round_up=True)

    def _scale_of(self, pods: list[Object]) -> int:
        """What the pods' top controllers ask for; a pod without one counts for itself."""
        sizes: dict[str, int] = {}
        for pod in pods:
            top, holder = controller_of(pod), pod
            while top is not None and top.get("kind") in _SCALED:
                resource = _SCALED[str(top["kind"])]
                above = self.view.get(resource, ObjectKey(namespace_of(pod), str(top.get("name"))))
                if above is None:
                    break
                top, holder = controller_of(above), above
            size = 1 if holder is pod else whole(holder["spec"].get("replicas"), 1)
            sizes[str(holder["metadata"]["uid"])] = size
        return sum(sizes.values())

    def _condition(self, budget: Object, allowed: int) -> Object:
        status, reason = ("True", "SufficientPods") if allowed > 0 else ("False", "InsufficientPods")
        held = next(
            (e for e in get_path(budget, ("status", "conditions")) or () if e["type"] == "DisruptionAllowed"), None
        )
        since = held["lastTransitionTime"] if held and held["status"] == status else stamp(self.engine.cluster.now())
        return {
            "type": "DisruptionAllowed", "status": status, "observedGeneration": generation_of(budget),
            "lastTransitionTime": since, "reason": reason, "message": "",
        }  # fmt: skip


def _selector(budget: Object) -> LabelSelector | None:
    """policy/v1: an empty selector means every pod of the namespace, an absent one means none."""
    selector = budget["spec"].get("selector")
    return LabelSelector() if selector == {} else selector_of(budget)
