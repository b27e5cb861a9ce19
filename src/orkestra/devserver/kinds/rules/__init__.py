"""Validation of built-in kinds: what every cluster refuses, in the API server's words.

Rules: k8s.io/kubernetes pkg/apis/<group>/validation and k8s.io/apimachinery pkg/api/validation; the answers of a real
1.37 server decide. A rule takes the new object and the old one (None on create) and returns causes; it changes
nothing and runs after defaulting, on documents ``typed`` has checked for JSON types.
"""

from __future__ import annotations

from collections.abc import Callable

from orkestra.devserver.kinds.rules import access, batch, network, pods, settings, storage, workloads
from orkestra.k8s.errors import Cause
from orkestra.k8s.objects import Object
from orkestra.k8s.schema.crd import validate_crd

Rule = Callable[[Object, Object | None], list[Cause]]

RULES: dict[tuple[str, str], Rule] = {
    ("", "Pod"): pods.check_pod,
    ("", "ConfigMap"): settings.check_config_map,
    ("", "Secret"): settings.check_secret,
    ("", "Service"): network.check_service,
    ("", "PersistentVolumeClaim"): storage.check_claim,
    ("", "PersistentVolume"): storage.check_volume,
    ("", "ReplicationController"): workloads.check_replication_controller,
    ("apps", "Deployment"): workloads.check_deployment,
    ("apps", "ReplicaSet"): workloads.check_replica_set,
    ("apps", "StatefulSet"): workloads.check_stateful_set,
    ("apps", "DaemonSet"): workloads.check_daemon_set,
    ("batch", "Job"): batch.check_job,
    ("batch", "CronJob"): batch.check_cron_job,
    ("networking.k8s.io", "Ingress"): network.check_ingress,
    ("networking.k8s.io", "NetworkPolicy"): network.check_policy,
    ("", "LimitRange"): settings.check_limit_range,
    ("", "Event"): settings.check_event,
    ("autoscaling", "HorizontalPodAutoscaler"): workloads.check_autoscaler,
    ("policy", "PodDisruptionBudget"): workloads.check_disruption_budget,
    ("rbac.authorization.k8s.io", "Role"): access.check_role,
    ("rbac.authorization.k8s.io", "ClusterRole"): access.check_role,
    ("rbac.authorization.k8s.io", "RoleBinding"): access.check_binding,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): access.check_binding,
    ("storage.k8s.io", "StorageClass"): storage.check_class,
    ("scheduling.k8s.io", "PriorityClass"): settings.check_priority_class,
    ("coordination.k8s.io", "Lease"): settings.check_lease,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): validate_crd,
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): settings.check_webhooks,
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): settings.check_webhooks,
}

__all__ = ["RULES", "Rule"]
