"""Where resources live: from the short names scenarios use to paths and kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_KINDS = {
    "v1": "ConfigMap Secret Service Pod ServiceAccount PersistentVolumeClaim ReplicationController ResourceQuota "
    "LimitRange Event Endpoints PodTemplate",
    "apps/v1": "Deployment ReplicaSet StatefulSet DaemonSet ControllerRevision",
    "batch/v1": "Job CronJob",
    "networking.k8s.io/v1": "Ingress NetworkPolicy",
    "policy/v1": "PodDisruptionBudget",
    "rbac.authorization.k8s.io/v1": "Role RoleBinding",
    "autoscaling/v2": "HorizontalPodAutoscaler",
    "coordination.k8s.io/v1": "Lease",
    "discovery.k8s.io/v1": "EndpointSlice",
}
_CLUSTER_KINDS = {
    "v1": "Namespace Node PersistentVolume",
    "rbac.authorization.k8s.io/v1": "ClusterRole ClusterRoleBinding",
    "storage.k8s.io/v1": "StorageClass",
    "apiextensions.k8s.io/v1": "CustomResourceDefinition",
    "scheduling.k8s.io/v1": "PriorityClass",
    "networking.k8s.io/v1": "IngressClass",
    "admissionregistration.k8s.io/v1": "ValidatingWebhookConfiguration MutatingWebhookConfiguration",
}
_IRREGULAR = {"Ingress": "ingresses", "NetworkPolicy": "networkpolicies", "Endpoints": "endpoints"}
_CLASS_PLURALS = {
    "StorageClass": "storageclasses",
    "PriorityClass": "priorityclasses",
    "IngressClass": "ingressclasses",
}


@dataclass(frozen=True, slots=True)
class Place:
    api_version: str
    kind: str
    is_namespaced: bool = True

    def path(self, namespace: str, plural: str) -> str:
        root = f"/api/{self.api_version}" if "/" not in self.api_version else f"/apis/{self.api_version}"
        return f"{root}/namespaces/{namespace}/{plural}" if self.is_namespaced else f"{root}/{plural}"


def plural(kind: str) -> str:
    return _IRREGULAR.get(kind) or _CLASS_PLURALS.get(kind) or kind.lower() + "s"


BUILTIN = {
    plural(kind): Place(api_version, kind, is_namespaced)
    for table, is_namespaced in ((_KINDS, True), (_CLUSTER_KINDS, False))
    for api_version, kinds in table.items()
    for kind in kinds.split()
}


def custom_places(definitions: list[dict[str, Any]]) -> dict[str, Place]:
    """Places of custom resources, each at its first version; others as ``plural.version``."""
    places: dict[str, Place] = {}
    for definition in definitions:
        spec = definition["spec"]
        names = spec["names"]
        for index, version in enumerate(spec["versions"]):
            place = Place(f"{spec['group']}/{version['name']}", names["kind"], spec["scope"] == "Namespaced")
            places[f"{names['plural']}.{version['name']}"] = place
            if index == 0:
                places[names["plural"]] = place
    return places


def path_of(short: str, namespace: str, places: dict[str, Place]) -> tuple[str, Place | None]:
    """``configmaps/a/status`` -> its path and place; what starts with ``/`` is a path already."""
    if short.startswith("/"):
        return short, None
    first, slash, rest = short.partition("/")
    place = places[first]
    return place.path(namespace, first.partition(".")[0]) + slash + rest, place
