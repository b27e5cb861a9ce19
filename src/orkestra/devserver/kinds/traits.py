"""How built-in kinds differ in their life cycle, as data (pkg/registry/<group>/<kind>/strategy.go)."""

from __future__ import annotations

from collections.abc import Mapping

from orkestra.devserver.kinds.rules.names import NameCheck, dns_label, dns_subdomain, path_segment

GroupKind = tuple[str, str]

_APPS = "apps"
_RBAC = "rbac.authorization.k8s.io"
_ADMISSION = "admissionregistration.k8s.io"
_FLOW = "flowcontrol.apiserver.k8s.io"

HAS_GENERATION: frozenset[GroupKind] = frozenset(
    {
        ("", "Pod"),
        ("", "PodTemplate"),
        ("", "ReplicationController"),
        *((_APPS, kind) for kind in ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet")),
        ("batch", "Job"),
        ("batch", "CronJob"),
        ("autoscaling", "HorizontalPodAutoscaler"),
        ("networking.k8s.io", "Ingress"),
        ("networking.k8s.io", "IngressClass"),
        ("networking.k8s.io", "NetworkPolicy"),
        ("networking.k8s.io", "ServiceCIDR"),
        ("networking.k8s.io", "IPAddress"),
        ("discovery.k8s.io", "EndpointSlice"),
        ("policy", "PodDisruptionBudget"),
        ("scheduling.k8s.io", "PriorityClass"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        *(
            (_ADMISSION, kind)
            for kind in (
                "ValidatingWebhookConfiguration",
                "MutatingWebhookConfiguration",
                "ValidatingAdmissionPolicy",
                "ValidatingAdmissionPolicyBinding",
                "MutatingAdmissionPolicy",
                "MutatingAdmissionPolicyBinding",
            )
        ),
        (_FLOW, "FlowSchema"),
        (_FLOW, "PriorityLevelConfiguration"),
    }
)
"""Kinds whose metadata.generation counts changes of everything but metadata and status."""

KEEPS_STATUS_ON_CREATE: frozenset[GroupKind] = frozenset({("", "Node")})

CREATES_ON_UPDATE: frozenset[GroupKind] = frozenset(
    {
        ("", "Endpoints"),
        ("", "Event"),
        ("events.k8s.io", "Event"),
        ("", "LimitRange"),
        ("coordination.k8s.io", "Lease"),
        *((_RBAC, kind) for kind in ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")),
    }
)
"""A PUT to a missing name creates."""

NEEDS_VERSION_ON_UPDATE: frozenset[GroupKind] = frozenset(
    {
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("coordination.k8s.io", "Lease"),
        ("policy", "PodDisruptionBudget"),
        (_ADMISSION, "ValidatingWebhookConfiguration"),
        (_ADMISSION, "MutatingWebhookConfiguration"),
        ("apiregistration.k8s.io", "APIService"),
    }
)
"""A PUT without a resourceVersion is refused."""

ANSWERS_DELETED_OBJECT: frozenset[GroupKind] = frozenset(
    {
        ("", kind)
        for kind in (
            "Pod",
            "Service",
            "ServiceAccount",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "PodTemplate",
            "ResourceQuota",
        )
    }
)
"""DELETE answers the object instead of a Status."""

ORPHANS_BY_DEFAULT: frozenset[GroupKind] = frozenset({("batch", "Job"), ("", "ReplicationController")})
"""A DELETE that names no propagation policy leaves the dependents."""

NAME_CHECKS: Mapping[GroupKind, NameCheck] = {
    ("", "Namespace"): dns_label,
    ("", "Service"): dns_label,
    ("apps", "StatefulSet"): dns_label,
    **{(_RBAC, kind): path_segment for kind in ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")},
}


def name_check(kind: GroupKind) -> NameCheck:
    return NAME_CHECKS.get(kind, dns_subdomain)


_EVENT_FIELDS = tuple(
    f"involvedObject.{field}"
    for field in ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")
)

SELECTABLE_FIELDS: Mapping[GroupKind, tuple[str, ...]] = {
    ("", "Pod"): (
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.nominatedNodeName",
    ),
    ("", "Event"): (*_EVENT_FIELDS, "reason", "reportingComponent", "source", "type"),
    ("events.k8s.io", "Event"): (*_EVENT_FIELDS, "reason", "reportingComponent", "source", "type"),
    ("", "Secret"): ("type",),
    ("", "Node"): ("spec.unschedulable",),
    ("", "Namespace"): ("status.phase",),
    ("", "Service"): ("spec.clusterIP", "spec.type"),
    ("", "ReplicationController"): ("status.replicas",),
    ("apps", "ReplicaSet"): ("status.replicas",),
    ("batch", "Job"): ("status.successful",),
    ("certificates.k8s.io", "CertificateSigningRequest"): ("spec.signerName",),
}
"""Field selectors beside metadata.name and metadata.namespace."""

DEPRECATIONS: Mapping[GroupKind, str] = {
    ("", "Endpoints"): "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
    ("", "ComponentStatus"): "v1 ComponentStatus is deprecated in v1.19+",
}

IMMORTAL_NAMESPACES = ("default", "kube-system", "kube-public")
