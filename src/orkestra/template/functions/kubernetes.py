"""Questions about any Kubernetes object: its metadata, conditions, generations and what its containers ask for."""

from __future__ import annotations

from typing import Any, Final

from orkestra.k8s.quantity import Quantity, QuantityError, parse_quantity
from orkestra.template.errors import FunctionError
from orkestra.template.functions.arguments import text
from orkestra.template.functions.function import Domain
from orkestra.template.functions.objectfields import (
    Fields,
    condition_of,
    count_at,
    field_of,
    map_at,
    maps_at,
    name_of,
    object_of,
    owner_of,
    path_of,
    text_at,
    walk,
)
from orkestra.template.functions.podspecs import pod_spec_of

KUBERNETES: Final = Domain("kubernetes", [])
function = KUBERNETES.function


@function(
    "get(o, key, …)",
    "The value at the keys, one inside the other; an index for lists. Nothing where one is missing.",
    '{{ get .children.deployment "spec" "replicas" }}',
    "3",
)
def get(o: Any, key: Any, *keys: Any) -> Any:
    if o is not None and not isinstance(o, (list, tuple)):
        object_of(o)
    return walk(o, [step if isinstance(step, (str, int)) else text(step) for step in (key, *keys)])


@function("meta(o) map", "Its metadata.", "{{ (meta .children.deployment).name }}", "web")
def meta(o: Any) -> Fields:
    return map_at(object_of(o), "metadata")


@function("name(o) string", "metadata.name.", "{{ name .children.deployment }}", "web")
def name(o: Any) -> str:
    return name_of(object_of(o))


@function("namespace(o) string", "metadata.namespace.", "{{ namespace .children.deployment }}", "shop")
def namespace(o: Any) -> str:
    return text_at(object_of(o), "metadata", "namespace")


@function("spec(o) map", "Its spec.", "{{ (spec .children.deployment).replicas }}", "3")
def spec(o: Any) -> Fields:
    return map_at(object_of(o), "spec")


@function("status(o) map", "Its status.", "{{ (status .children.deployment).readyReplicas }}", "3")
def status(o: Any) -> Fields:
    return map_at(object_of(o), "status")


@function("phase(o) string", "status.phase.", "{{ phase .children.pvc }}", "Bound")
def phase(o: Any) -> str:
    return text_at(object_of(o), "status", "phase")


@function("resourceName(o) string", "The same as name.", "{{ resourceName .children.service }}", "web")
def resource_name(o: Any) -> str:
    return name_of(object_of(o))


@function(
    "resourceNamespace(o) string", "The same as namespace.", "{{ resourceNamespace .children.deployment }}", "shop"
)
def resource_namespace(o: Any) -> str:
    return text_at(object_of(o), "metadata", "namespace")


@function("resourceUID(o) string", "metadata.uid.", "{{ resourceUID .children.deployment }}", "5c0ffee0")
def resource_uid(o: Any) -> str:
    return text_at(object_of(o), "metadata", "uid")


@function(
    "resourceVersion(o) string",
    "metadata.resourceVersion.",
    "{{ resourceVersion .children.deployment }}",
    "42",
)
def resource_version(o: Any) -> str:
    return text_at(object_of(o), "metadata", "resourceVersion")


@function(
    "creationTimestamp(o) string",
    "metadata.creationTimestamp.",
    "{{ creationTimestamp .children.deployment }}",
    "2025-12-31T21:00:00Z",
)
def creation_timestamp(o: Any) -> str:
    return text_at(object_of(o), "metadata", "creationTimestamp")


@function(
    "ownerKind(o) string",
    "Kind of the controller, or of the first owner where none controls.",
    "{{ ownerKind .children.deployment }}",
    "Website",
)
def owner_kind(o: Any) -> str:
    return text_at(owner_of(object_of(o)), "kind")


@function("ownerName(o) string", "Name of that owner.", "{{ ownerName .children.deployment }}", "web-site")
def owner_name(o: Any) -> str:
    return text_at(owner_of(object_of(o)), "name")


@function(
    "hasCondition(o, type string, status string) bool",
    'Whether the condition of this type has this status, which is "True" when it is not given.',
    '{{ hasCondition .children.deployment "Available" }}',
    "true",
)
def has_condition(o: Any, type: Any, status: Any = "True") -> bool:
    return text_at(condition_of(object_of(o), text(type)), "status") == text(status) != ""


@function(
    "conditionReason(o, type string) string",
    "The reason of the condition of this type.",
    '{{ conditionReason .children.deployment "Available" }}',
    "MinimumReplicasAvailable",
)
def condition_reason(o: Any, type: Any) -> str:
    return text_at(condition_of(object_of(o), text(type)), "reason")


@function(
    "conditionMessage(o, type string) string",
    "The message of the condition of this type.",
    '{{ conditionMessage .children.deployment "Available" }}',
    "Deployment has minimum availability.",
)
def condition_message(o: Any, type: Any) -> str:
    return text_at(condition_of(object_of(o), text(type)), "message")


@function(
    "resourceExists(o) bool", "Whether there is such an object.", "{{ resourceExists .children.secret }}", "false"
)
def resource_exists(o: Any) -> bool:
    return bool(object_of(o))


@function(
    "isTerminating(o) bool",
    "Whether it is being deleted: it has a deletionTimestamp.",
    "{{ isTerminating .children.deployment }}",
    "false",
)
def is_terminating(o: Any) -> bool:
    return bool(text_at(object_of(o), "metadata", "deletionTimestamp"))


@function("generation(o) int", "metadata.generation.", "{{ generation .children.deployment }}", "2")
def generation(o: Any) -> int:
    return count_at(object_of(o), "metadata", "generation")


@function(
    "observedGeneration(o) int", "status.observedGeneration.", "{{ observedGeneration .children.deployment }}", "2"
)
def observed_generation(o: Any) -> int:
    return count_at(object_of(o), "status", "observedGeneration")


@function(
    "isSynced(o) bool",
    "Whether its controller has seen its latest spec: the observed generation is not behind.",
    "{{ isSynced .children.deployment }}",
    "true",
)
def is_synced(o: Any) -> bool:
    found = object_of(o)
    return bool(found) and observed_generation(found) >= generation(found)


@function(
    "resourceCPU(o) string",
    "CPU its containers ask for together: of each the request, or the limit where there is none.",
    "{{ resourceCPU .children.deployment }}",
    "300m",
)
def resource_cpu(o: Any) -> str:
    return _asked_for(o, "cpu")


@function(
    "resourceMemory(o) string",
    "Memory its containers ask for together, likewise.",
    "{{ resourceMemory .children.deployment }}",
    "192Mi",
)
def resource_memory(o: Any) -> str:
    return _asked_for(o, "memory")


def _asked_for(o: Any, resource: str) -> str:
    total = Quantity(0, 0)
    is_given = False
    for container in maps_at(pod_spec_of(object_of(o)), "containers"):
        for kind in ("requests", "limits"):  # Kubernetes takes the limit for a request that is not given
            written = field_of(container, "resources", kind, resource)
            if written is not None:
                try:
                    total = total + parse_quantity(written)
                except QuantityError as problem:
                    raise FunctionError(str(problem)) from None
                is_given = True
                break
    return str(total) if is_given else ""


@function(
    "getStatus(o, path string)",
    "The value at a dotted path below status.",
    '{{ getStatus .children.deployment "conditions[0].type" }}',
    "Available",
)
def get_status(o: Any, path: Any) -> Any:
    return walk(status(o), list(path_of(text(path))))


@function(
    "hasStatus(o, path string) bool",
    "Whether there is a value at a dotted path below status.",
    '{{ hasStatus .children.deployment "readyReplicas" }}',
    "true",
)
def has_status(o: Any, path: Any = "") -> bool:
    return get_status(o, path) not in (None, {})
