"""What the kubelet writes into a pod's status, as pure functions of the pod and what becomes of it.

Conditions, reasons and messages: kubernetes pkg/kubelet/status/generate.go, pkg/kubelet/images/types.go.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from orkestra.devserver.controllers.outcome import containers_of
from orkestra.k8s.objects import Object, generation_of, name_of, namespace_of, uid_of

NODE_IP = "10.0.0.10"

_ORDER = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")


def running(pod: Object, now: str, pod_ip: str) -> Object:
    """All containers started and ready."""
    statuses = [
        _container(pod, each, {"running": {"startedAt": now}}, is_ready=True, restarts=restarts_of(pod, each))
        for each in containers_of(pod)
    ]
    return _status(pod, now, "Running", _conditions(pod, now), statuses, pod_ip)


def waiting(pod: Object, now: str, reason: str, messages: Mapping[str, str] | None = None) -> Object:
    """No container has started: ContainerCreating, ErrImagePull, ImagePullBackOff."""
    statuses = []
    for each in containers_of(pod):
        state: Object = {"reason": reason}
        message = (messages or {}).get(str(each.get("name")))
        if message:
            state["message"] = message
        statuses.append(_container(pod, each, {"waiting": state}, is_ready=False, restarts=0))
    has_sandbox = "False" if reason == "ContainerCreating" else "True"
    conditions = _conditions(pod, now, PodReadyToStartContainers=has_sandbox, **_not_ready(pod))
    return _status(pod, now, "Pending", conditions, statuses)


def crashing(pod: Object, now: str, pod_ip: str, restarts: int, back_off_seconds: int) -> Object:
    """Every container ended with exit code 1 and waits to be started again."""
    statuses = []
    for each in containers_of(pod):
        message = (
            f"back-off {_go_seconds(back_off_seconds)} restarting failed container={each.get('name')} "
            f"pod={name_of(pod)}_{namespace_of(pod)}({uid_of(pod)})"
        )
        state = {"waiting": {"reason": "CrashLoopBackOff", "message": message}}
        status = _container(pod, each, state, is_ready=False, restarts=restarts)
        status["lastState"] = {"terminated": _terminated(pod, each, now, 1)}
        statuses.append(status)
    return _status(pod, now, "Running", _conditions(pod, now, **_not_ready(pod)), statuses, pod_ip)


def ended(pod: Object, now: str, pod_ip: str, exit_code: int) -> Object:
    """Every container ended for good: phase Succeeded, or Failed where the exit code is not 0."""
    statuses = [
        _container(
            pod, each, {"terminated": _terminated(pod, each, now, exit_code)},
            is_ready=False, restarts=restarts_of(pod, each),
        )
        for each in containers_of(pod)
    ]  # fmt: skip
    if exit_code:
        conditions = _conditions(pod, now, Ready=("False", "PodFailed", ""), ContainersReady=("False", "PodFailed", ""))
        return _status(pod, now, "Failed", conditions, statuses, pod_ip)
    done = ("False", "PodCompleted", "")
    conditions = _conditions(pod, now, Initialized=("True", "PodCompleted", ""), Ready=done, ContainersReady=done)
    return _status(pod, now, "Succeeded", conditions, statuses, pod_ip)


def with_condition(pod: Object, kind: str, status: str, now: str, reason: str = "", message: str = "") -> list[Object]:
    """The pod's conditions with one set; its lastTransitionTime moves only with its status."""
    held = conditions_by_type(pod)
    held[kind] = _condition(held.get(kind), kind, status, now, reason, message)
    return list(held.values())


def conditions_by_type(obj: Mapping[str, Any]) -> dict[str, Object]:
    found = (obj.get("status") or {}).get("conditions") or ()
    return {str(each.get("type")): each for each in found if isinstance(each, dict)}


def is_ready(pod: Mapping[str, Any]) -> bool:
    for condition in (pod.get("status") or {}).get("conditions") or ():
        if condition.get("type") == "Ready":
            return bool(condition.get("status") == "True")
    return False


def phase_of(pod: Mapping[str, Any]) -> str:
    return str((pod.get("status") or {}).get("phase") or "")


def is_finished(pod: Mapping[str, Any]) -> bool:
    return phase_of(pod) in ("Succeeded", "Failed")


def restarts_of(pod: Mapping[str, Any], container: Mapping[str, Any] | None = None) -> int:
    """Restarts of one container, or of all together."""
    found = (pod.get("status") or {}).get("containerStatuses") or ()
    return sum(
        int(each.get("restartCount") or 0)
        for each in found
        if container is None or each.get("name") == container.get("name")
    )


def waiting_reason(pod: Mapping[str, Any]) -> str:
    """Why the first waiting container waits; empty where none does."""
    for each in (pod.get("status") or {}).get("containerStatuses") or ():
        reason = ((each.get("state") or {}).get("waiting") or {}).get("reason")
        if reason:
            return str(reason)
    return ""


def qos_class(pod: Mapping[str, Any]) -> str:
    """BestEffort, Burstable or Guaranteed (kubernetes pkg/apis/core/v1/helper/qos/qos.go)."""
    is_guaranteed, has_any = True, False
    for container in containers_of(pod):
        resources = container.get("resources") or {}
        limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
        for resource in ("cpu", "memory"):
            has_any = has_any or resource in limits or resource in requests
            if resource not in limits or requests.get(resource, limits[resource]) != limits[resource]:
                is_guaranteed = False
    return "BestEffort" if not has_any else "Guaranteed" if is_guaranteed else "Burstable"


def _status(
    pod: Object, now: str, phase: str, conditions: list[Object], containers: list[Object], pod_ip: str = ""
) -> Object:
    held = pod.get("status") or {}
    status: Object = {"observedGeneration": generation_of(pod) or 1, "phase": phase, "conditions": conditions}
    status |= {"hostIP": NODE_IP, "hostIPs": [{"ip": NODE_IP}]}
    if pod_ip:
        status |= {"podIP": pod_ip, "podIPs": [{"ip": pod_ip}]}
    status["startTime"] = held.get("startTime") or now
    initial = (pod.get("spec") or {}).get("initContainers")
    if isinstance(initial, list) and initial:
        status["initContainerStatuses"] = [_initial(pod, each, phase, status["startTime"]) for each in initial]
    status["containerStatuses"] = containers
    status["qosClass"] = held.get("qosClass") or qos_class(pod)
    return status


def _initial(pod: Object, container: Mapping[str, Any], phase: str, started: str) -> Object:
    if phase == "Pending":
        return _container(pod, container, {"waiting": {"reason": "PodInitializing"}}, is_ready=False, restarts=0)
    state = {"terminated": _terminated(pod, container, started, 0)}
    return _container(pod, container, state, is_ready=True, restarts=0)


def _container(pod: Object, container: Mapping[str, Any], state: Object, *, is_ready: bool, restarts: int) -> Object:
    has_started = "waiting" not in state
    image = str(container.get("image") or "")
    return {
        "name": container.get("name"),
        "state": state,
        "lastState": {},
        "ready": is_ready,
        "restartCount": restarts,
        "image": image,
        "imageID": f"{image.partition('@')[0]}@sha256:{_digest(image)}" if has_started else "",
        **({"containerID": _container_id(pod, container, restarts)} if has_started else {}),
        "started": has_started and "running" in state,
    }


def _terminated(pod: Object, container: Mapping[str, Any], now: str, exit_code: int) -> Object:
    return {
        "exitCode": exit_code,
        "reason": "Error" if exit_code else "Completed",
        "startedAt": (pod.get("status") or {}).get("startTime") or now,
        "finishedAt": now,
        "containerID": _container_id(pod, container, restarts_of(pod, container)),
    }


def _conditions(pod: Object, now: str, **told: str | tuple[str, str, str]) -> list[Object]:
    held = conditions_by_type(pod)
    out = []
    for kind in _ORDER:
        status, reason, message = _triple(told.get(kind, "True"))
        condition = _condition(held.get(kind), kind, status, now, reason, message)
        if kind != "PodScheduled":
            condition["observedGeneration"] = generation_of(pod) or 1
        out.append(condition)
    extra: Iterable[Object] = (each for kind, each in held.items() if kind not in _ORDER)
    return [*out, *extra]


def _triple(told: str | Sequence[str]) -> tuple[str, str, str]:
    return (told, "", "") if isinstance(told, str) else (told[0], told[1], told[2])


def _condition(held: Object | None, kind: str, status: str, now: str, reason: str, message: str) -> Object:
    moved = held is None or held.get("status") != status or not held.get("lastTransitionTime")
    out: Object = {"type": kind, "status": status, "lastProbeTime": None}
    out["lastTransitionTime"] = now if moved or held is None else held["lastTransitionTime"]
    if reason:
        out["reason"] = reason
    if message:
        out["message"] = message
    return out


def _not_ready(pod: Object) -> dict[str, str | tuple[str, str, str]]:
    names = " ".join(str(each.get("name")) for each in containers_of(pod))
    told = ("False", "ContainersNotReady", f"containers with unready status: [{names}]")
    return {"Ready": told, "ContainersReady": told}


def _go_seconds(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _container_id(pod: Object, container: Mapping[str, Any], restarts: int) -> str:
    return "containerd://" + _digest(f"{uid_of(pod)}/{container.get('name')}/{restarts}")
