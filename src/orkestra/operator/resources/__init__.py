"""Katalog resource entries -> Kubernetes manifests, one module a kind.

Pure: rendered fields in, a complete manifest out (ownership metadata is added by ``metadata.py``). A value that does
not fit raises ``FieldError``, which names the field, what was expected and what came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from orkestra.k8s.gvk import GVK
from orkestra.k8s.objects import Object
from orkestra.operator.resources import (
    access,
    autoscalers,
    budgets,
    claims,
    config_maps,
    cron_jobs,
    custom,
    daemon_sets,
    deployments,
    ingresses,
    jobs,
    namespaces,
    network_policies,
    quotas,
    replica_sets,
    secrets,
    service_accounts,
    services,
    single_pods,
    stateful_sets,
)
from orkestra.operator.resources.fields import ChildContext

Build = Callable[[Mapping[str, Any], ChildContext], Object]


@dataclass(frozen=True, slots=True)
class Kind:
    """One Katalog key. ``suffix`` makes the default name; ``order`` sorts children into creation order.

    ``is_ready_by_existing``: nobody needs to read its body to know. ``is_replaced``: Kubernetes lets it change so
    little that one that differs is deleted and made anew.
    """

    key: str
    gvk: GVK | None
    suffix: str
    build: Build
    order: int
    is_create_only: bool = False
    is_workload: bool = False
    is_scalable: bool = False
    is_ready_by_existing: bool = False
    is_replaced: bool = False


def _apps(kind: str) -> GVK:
    return GVK("apps", "v1", kind)


def _core(kind: str) -> GVK:
    return GVK("", "v1", kind)


def _rbac(kind: str) -> GVK:
    return GVK("rbac.authorization.k8s.io", "v1", kind)


KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("namespaces", _core("Namespace"), "-ns", namespaces.build, 0, is_create_only=True),
        Kind("resourceQuotas", _core("ResourceQuota"), "", quotas.quota, 5, is_ready_by_existing=True),
        Kind("limitRanges", _core("LimitRange"), "", quotas.limit_range, 5, is_ready_by_existing=True),
        Kind(
            "networkPolicies",
            GVK("networking.k8s.io", "v1", "NetworkPolicy"),
            "",
            network_policies.build,
            5,
            is_ready_by_existing=True,
        ),
        Kind("serviceAccounts", _core("ServiceAccount"), "-sa", service_accounts.build, 10, is_ready_by_existing=True),
        Kind("clusterRoles", _rbac("ClusterRole"), "-cluster-role", access.cluster_role, 12, is_ready_by_existing=True),
        Kind("roles", _rbac("Role"), "-role", access.role, 12, is_ready_by_existing=True),
        Kind(
            "clusterRoleBindings",
            _rbac("ClusterRoleBinding"),
            "-crb",
            access.cluster_role_binding,
            14,
            is_ready_by_existing=True,
        ),
        Kind("roleBindings", _rbac("RoleBinding"), "-rolebinding", access.role_binding, 14, is_ready_by_existing=True),
        Kind("configMaps", _core("ConfigMap"), "-config", config_maps.build, 20, is_ready_by_existing=True),
        Kind("secrets", _core("Secret"), "-secret", secrets.build, 20, is_ready_by_existing=True),
        Kind("persistentVolumes", _core("PersistentVolume"), "", claims.volume, 24),
        Kind("persistentVolumeClaims", _core("PersistentVolumeClaim"), "", claims.claim, 26),
        Kind("services", _core("Service"), "-svc", services.build, 30),
        Kind(
            "deployments",
            _apps("Deployment"),
            "-deployment",
            deployments.build,
            40,
            is_workload=True,
            is_scalable=True,
        ),
        Kind("statefulSets", _apps("StatefulSet"), "", stateful_sets.build, 40, is_workload=True, is_scalable=True),
        Kind(
            "replicaSets",
            _apps("ReplicaSet"),
            "-replicaset",
            replica_sets.build,
            40,
            is_workload=True,
            is_scalable=True,
        ),
        Kind("daemonSets", _apps("DaemonSet"), "-daemonset", daemon_sets.build, 40, is_workload=True),
        Kind("pods", _core("Pod"), "-pod", single_pods.build, 40, is_workload=True, is_replaced=True),
        Kind("jobs", GVK("batch", "v1", "Job"), "-job", jobs.build, 40, is_create_only=True),
        Kind("cronJobs", GVK("batch", "v1", "CronJob"), "-cronjob", cron_jobs.build, 40),
        Kind("ingresses", GVK("networking.k8s.io", "v1", "Ingress"), "-ingress", ingresses.build, 50),
        Kind("hpa", GVK("autoscaling", "v2", "HorizontalPodAutoscaler"), "-hpa", autoscalers.build, 50),
        Kind("pdb", GVK("policy", "v1", "PodDisruptionBudget"), "-pdb", budgets.build, 50),
        Kind("custom", None, "", custom.build, 60),
    )
}
