"""The kubelet of every node: starts pods, lets them fail where they are told to, and ends them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from orkestra.devserver.controllers import pod_status
from orkestra.devserver.controllers.engine import Controller, Engine
from orkestra.devserver.controllers.outcome import OUTCOME_ANNOTATION, Outcome, containers_of, delay_of, outcome_of
from orkestra.devserver.controllers.times import stamp
from orkestra.k8s.objects import (
    Object,
    ObjectKey,
    annotations_of,
    finalizers_of,
    is_terminating,
    key_of,
    name_of,
    uid_of,
)
from orkestra.k8s.owners import controller_of

KUBELET = "kubelet"
FIRST_BACK_OFF_SECONDS = 10
LAST_BACK_OFF_SECONDS = 300
ADDRESSES = 2**16 - 2**8 - 2

_OWNERS = {
    "ReplicaSet": "replicasets.apps",
    "StatefulSet": "statefulsets.apps",
    "DaemonSet": "daemonsets.apps",
    "Job": "jobs.batch",
}


class Kubelet(Controller):
    name: ClassVar[str] = "kubelet"

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._seen_at: dict[str, float] = {}
        self._addresses: dict[str, str] = {}  # address -> pod uid
        self._last_address = 0

    @property
    def watches(self) -> dict[str, Callable[[Object], Iterable[ObjectKey]]]:
        return {"pods": self._pod, **dict.fromkeys(_OWNERS.values(), self._told)}

    def _pod(self, pod: Object) -> Iterable[ObjectKey]:
        return (key_of(pod),)

    def _told(self, owner: Object) -> Iterable[ObjectKey]:
        """A workload's annotation reaches its pods; ready ones look again only where it tells them to fail."""
        pods = self.view.controlled("pods", uid_of(owner))
        reaches_all = OUTCOME_ANNOTATION in annotations_of(owner)
        return [key_of(pod) for pod in pods if reaches_all or not pod_status.is_ready(pod)]

    def sync(self, key: ObjectKey) -> None:
        pod = self.view.get("pods", key)
        if pod is None:
            return
        if is_terminating(pod):
            self._end(pod)
        elif not pod_status.is_finished(pod) and pod["spec"].get("nodeName"):
            self._run(key, pod)

    def gone(self, resource: str, obj: Object) -> None:
        if resource == "pods":
            self._forget(obj)

    def _forget(self, pod: Object) -> None:
        uid = uid_of(pod)
        self._seen_at.pop(uid, None)
        address = (pod.get("status") or {}).get("podIP")
        if address and self._addresses.get(address) == uid:
            del self._addresses[address]

    def _run(self, key: ObjectKey, pod: Object) -> None:
        owner = self._owner(pod)
        outcome, delay = outcome_of(pod, owner), delay_of(pod, owner)
        now = stamp(self.engine.cluster.now())
        age = self.engine.clock() - self._seen_at.setdefault(uid_of(pod), self.engine.clock())
        if outcome is Outcome.HANG:
            if pod_status.waiting_reason(pod) != "ContainerCreating":
                self._write(pod, pod_status.waiting(pod, now, "ContainerCreating"))
        elif age < delay:
            if delay > 1 and not pod_status.waiting_reason(pod) and not pod_status.is_ready(pod):
                self._write(pod, pod_status.waiting(pod, now, "ContainerCreating"))
            self.requeue(key, delay - age)
        elif outcome is Outcome.IMAGE_PULL:
            self._fail_to_pull(key, pod, now)
        elif outcome is Outcome.READY:
            self._succeed(key, pod, owner, now, age - 2 * delay)
        elif pod["spec"].get("restartPolicy") == "Never":
            self._write(pod, pod_status.ended(pod, now, self._address(pod), exit_code=1))
        else:
            self._crash(key, pod, now, age - delay)

    def _succeed(self, key: ObjectKey, pod: Object, owner: Object | None, now: str, ran_out: float) -> None:
        """Ready after one delay; the pod of a Job completes after a second one."""
        is_task = owner is not None and owner.get("kind") == "Job"
        if is_task and ran_out >= 0 and pod_status.is_ready(pod):
            self._write(pod, pod_status.ended(pod, now, self._address(pod), exit_code=0))
            return
        if not pod_status.is_ready(pod):
            self._write(pod, pod_status.running(pod, now, self._address(pod)))
        if is_task:
            self.requeue(key, max(-ran_out, 0.001))

    def _crash(self, key: ObjectKey, pod: Object, now: str, age: float) -> None:
        """Restart n follows n back-offs of 10 s, 20 s, 40 s … 300 s (kubernetes pkg/kubelet: MaxContainerBackOff)."""
        restarts, due, back_off = 1, 0.0, FIRST_BACK_OFF_SECONDS
        while (due := due + back_off) <= age:
            restarts, back_off = restarts + 1, min(back_off * 2, LAST_BACK_OFF_SECONDS)
        if pod_status.waiting_reason(pod) != "CrashLoopBackOff" or pod_status.restarts_of(pod) < restarts * len(
            containers_of(pod)
        ):
            self._write(pod, pod_status.crashing(pod, now, self._address(pod), restarts, back_off))
            message = f"Back-off restarting failed container in pod {name_of(pod)}"
            self.engine.events.tell(pod, KUBELET, "Warning", "BackOff", message)
        self.requeue(key, due - age)

    def _fail_to_pull(self, key: ObjectKey, pod: Object, now: str) -> None:
        reason = pod_status.waiting_reason(pod)
        images = {str(each.get("name")): str(each.get("image")) for each in containers_of(pod)}
        if reason not in ("ErrImagePull", "ImagePullBackOff"):
            messages = {name: f"{_cause(image)}" for name, image in images.items()}
            self._write(pod, pod_status.waiting(pod, now, "ErrImagePull", messages))
            for image in images.values():
                message = f'Failed to pull image "{image}": {_cause(image)}'
                self.engine.events.tell(pod, KUBELET, "Warning", "Failed", message)
            self.requeue(key, max(0.1, delay_of(pod, None)))
        elif reason == "ErrImagePull":
            messages = {
                name: f'Back-off pulling image "{image}": ErrImagePull: {_cause(image)}'
                for name, image in images.items()
            }
            self._write(pod, pod_status.waiting(pod, now, "ImagePullBackOff", messages))

    def _end(self, pod: Object) -> None:
        """The containers obey at once: the pod goes, or, held by a finalizer, is seen to have ended."""
        self._forget(pod)
        if finalizers_of(pod) and not pod_status.is_finished(pod):
            now = stamp(self.engine.cluster.now())
            pod = self._write(
                pod, pod_status.ended(pod, now, (pod.get("status") or {}).get("podIP") or "", exit_code=143)
            )
        if pod["metadata"].get("deletionGracePeriodSeconds") != 0:
            self.engine.delete("pods", pod, grace_seconds=0)

    def _owner(self, pod: Object) -> Object | None:
        ref = controller_of(pod)
        resource = _OWNERS.get(str(ref.get("kind"))) if ref else None
        if ref is None or resource is None:
            return None
        return self.view.get(resource, ObjectKey(pod["metadata"]["namespace"], str(ref.get("name"))))

    def _address(self, pod: Object) -> str:
        held = (pod.get("status") or {}).get("podIP")
        if held:
            return str(held)
        if not self._addresses:
            for each in self.view.all("pods"):
                taken = (each.get("status") or {}).get("podIP")
                if taken:
                    self._addresses[str(taken)] = uid_of(each)
        for _ in range(ADDRESSES):
            self._last_address = self._last_address % ADDRESSES + 1
            address = f"10.244.{self._last_address >> 8}.{self._last_address & 255}"
            if address not in self._addresses:
                self._addresses[address] = uid_of(pod)
                return address
        return "10.244.255.254"  # more pods than addresses: share the last one rather than stop the cluster

    def _write(self, pod: Object, status: Object) -> Object:
        return self.engine.write_status("pods", pod, status, KUBELET)


def _cause(image: str) -> str:
    return (
        f'rpc error: code = NotFound desc = failed to pull and unpack image "{image}": '
        f'failed to resolve reference "{image}": {image}: not found'
    )
