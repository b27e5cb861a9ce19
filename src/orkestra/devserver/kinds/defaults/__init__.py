"""Defaults the API sets on built-in kinds, as users and GitOps tools see them in stored objects.

Rules: k8s.io/kubernetes pkg/apis/<group>/v1/defaults.go and pkg/registry/<group>/<kind>/strategy.go; what a real
1.37 server answers to a minimal manifest decides. Functions change the object they are given (a fresh copy).
"""

from __future__ import annotations

from collections.abc import Callable

from orkestra.devserver.kinds.defaults import batch, cluster, network, pods, storage, workloads
from orkestra.k8s.objects import Object

Default = Callable[[Object], None]

DEFAULTS: dict[tuple[str, str], Default] = {
    ("", "Pod"): pods.default_pod,
    ("", "PodTemplate"): lambda obj: pods.default_template(obj.setdefault("template", {})),
    ("", "ReplicationController"): workloads.default_replication_controller,
    ("", "Service"): network.default_service,
    ("", "Endpoints"): network.default_endpoints,
    ("", "Secret"): cluster.default_secret,
    ("", "Namespace"): cluster.default_namespace,
    ("", "LimitRange"): cluster.default_limit_range,
    ("", "Event"): cluster.default_event,
    ("", "PersistentVolume"): storage.default_volume,
    ("", "PersistentVolumeClaim"): storage.default_claim,
    ("apps", "Deployment"): workloads.default_deployment,
    ("apps", "ReplicaSet"): workloads.default_replica_set,
    ("apps", "StatefulSet"): workloads.default_stateful_set,
    ("apps", "DaemonSet"): workloads.default_daemon_set,
    ("batch", "Job"): batch.default_job,
    ("batch", "CronJob"): batch.default_cron_job,
    ("autoscaling", "HorizontalPodAutoscaler"): cluster.default_autoscaler,
    ("networking.k8s.io", "NetworkPolicy"): network.default_policy,
    ("discovery.k8s.io", "EndpointSlice"): network.default_endpoint_slice,
    ("storage.k8s.io", "StorageClass"): storage.default_class,
    ("storage.k8s.io", "CSIDriver"): storage.default_csi_driver,
    ("scheduling.k8s.io", "PriorityClass"): cluster.default_priority_class,
    ("rbac.authorization.k8s.io", "Role"): cluster.default_role,
    ("rbac.authorization.k8s.io", "ClusterRole"): cluster.default_role,
    ("rbac.authorization.k8s.io", "RoleBinding"): cluster.default_binding,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): cluster.default_binding,
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): cluster.default_webhooks,
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): cluster.default_webhooks,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): cluster.default_definition,
}
"""(group, kind) -> its defaults; kinds not listed have none beyond the zero values ``typed`` prints."""

__all__ = ["DEFAULTS", "Default"]
