"""The pods of an object (``_pods``): names, places, readiness, and what went wrong with their containers."""

from __future__ import annotations

from typing import Any, Final

from orkestra.template.functions.arguments import integer, text
from orkestra.template.functions.function import Domain
from orkestra.template.functions.objectfields import Fields, is_true, name_of, text_at
from orkestra.template.functions.podlists import container_statuses, pods_of, reasons_of, restarts_of, state_of

PODS: Final = Domain("pods", [])
function = PODS.function

_MANY_RESTARTS: Final = 2
_NO_POD: Final[Fields] = {}
# What a container's waiting or terminated state gives as its reason, by the name the function has for it.
_REASONS: Final = {
    "CrashLoop": "CrashLoopBackOff",
    "ImagePullBackOff": "ImagePullBackOff",
    "ErrImagePull": "ErrImagePull",
    "Error": "Error",
    "OOMKilled": "OOMKilled",
    "RunContainerError": "RunContainerError",
    "CreateContainerError": "CreateContainerError",
    "InvalidImageName": "InvalidImageName",
    "PreStartHookError": "PreStartHookError",
    "PostStartHookError": "PostStartHookError",
}


@function("podNames(o) list", "The names of its pods.", "{{ podNames .children.statefulSet }}", "[db-0 db-1]")
def pod_names(o: Any) -> list[str]:
    return [name_of(pod) for pod in pods_of(o)]


@function(
    "podIPs(o) list",
    "Their addresses; pods without one are left out.",
    "{{ podIPs .children.statefulSet }}",
    "[10.244.0.8]",
)
def pod_ips(o: Any) -> list[str]:
    return [ip for pod in pods_of(o) if (ip := text_at(pod, "status", "podIP"))]


@function("podPhases(o) list", "The phase of each.", "{{ podPhases .children.statefulSet }}", "[Running Pending]")
def pod_phases(o: Any) -> list[str]:
    return [text_at(pod, "status", "phase") for pod in pods_of(o)]


@function("podNodes(o) list", "The nodes they run on, each once.", "{{ podNodes .children.statefulSet }}", "[node-a]")
def pod_nodes(o: Any) -> list[str]:
    return [node for node in dict.fromkeys(text_at(pod, "spec", "nodeName") for pod in pods_of(o)) if node]


@function("podCount(o) int", "How many there are.", "{{ podCount .children.statefulSet }}", "2")
def pod_count(o: Any) -> int:
    return len(pods_of(o))


@function("readyPodCount(o) int", "How many are ready.", "{{ readyPodCount .children.statefulSet }}", "1")
def ready_pod_count(o: Any) -> int:
    return sum(is_true(pod, "Ready") for pod in pods_of(o))


@function(
    "podMaxRestarts(o) int",
    "The restarts of the container that restarted most.",
    "{{ podMaxRestarts .children.statefulSet }}",
    "4",
)
def pod_max_restarts(o: Any) -> int:
    return max(map(restarts_of, pods_of(o)), default=0)


@function(
    "hasCrashingPod(o) bool",
    "Whether a container restarted more than twice.",
    "{{ hasCrashingPod .children.statefulSet }}",
    "true",
)
def has_crashing_pod(o: Any) -> bool:
    return pod_max_restarts(o) > _MANY_RESTARTS


@function(
    "podByOrdinal(o, ordinal int) map",
    "The pod whose name ends in this ordinal, as those of StatefulSets do.",
    "{{ name (podByOrdinal .children.statefulSet 1) }}",
    "db-1",
)
def pod_by_ordinal(o: Any, ordinal: Any) -> Fields:
    wanted = str(integer(ordinal))
    return next((pod for pod in pods_of(o) if name_of(pod).rpartition("-")[2] == wanted), _NO_POD)


def _declare(name: str, reason: str) -> None:
    @function(
        f"pod{name}Detected(o) bool",
        f"Whether a container waits or ended with reason {reason}, now or the last time.",
        f"{{{{ pod{name}Detected .children.statefulSet }}}}",
        "true" if reason in ("CrashLoopBackOff", "OOMKilled") else "false",
    )
    def is_detected(o: Any) -> bool:
        return any(reason in reasons_of(pod) for pod in pods_of(o))


for _name, _reason in _REASONS.items():
    _declare(_name, _reason)


@function(
    "podContainerReasons(o) list",
    "All such reasons, sorted, each once.",
    "{{ podContainerReasons .children.statefulSet }}",
    "[CrashLoopBackOff OOMKilled]",
)
def pod_container_reasons(o: Any) -> list[str]:
    return sorted({reason for pod in pods_of(o) for reason in reasons_of(pod)})


@function(
    "podContainerState(o, ordinal int, name string) string",
    "running, waiting or terminated: the state of a container, by its name, of the pod of this ordinal.",
    '{{ podContainerState .children.statefulSet 1 "db" }}',
    "waiting",
)
def pod_container_state(o: Any, ordinal: Any, name: Any) -> str:
    wanted = text(name)
    statuses = container_statuses(pod_by_ordinal(o, ordinal))
    return next((state_of(container) for container in statuses if container.get("name") == wanted), "")
