"""Every further kind of child: exact manifests."""

from __future__ import annotations

from typing import Any

import pytest

from orkestra.k8s.objects import Object
from orkestra.operator.resources import KINDS
from orkestra.operator.resources.fields import ChildContext, FieldError

META = {"labels": {}, "annotations": {}}


def build(
    kind: str,
    fields: dict[str, Any],
    *,
    name: str = "web",
    namespace: str = "a",
    workloads: dict[str, str] | None = None,
    scalable: dict[str, str] | None = None,
) -> Object:
    return KINDS[kind].build(fields, ChildContext(name, namespace, "shop", workloads or {}, scalable or {}, "a"))


def spec(kind: str, fields: dict[str, Any], **context: Any) -> Object:
    found: Object = build(kind, fields, **context)["spec"]
    return found


def test_a_daemon_set() -> None:
    found = build("daemonSets", {"image": "agent:1", "rollingUpdate": {"maxUnavailable": "10%"}})
    assert found == {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"labels": {"app": "web"}, "annotations": {}},
        "spec": {
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "web", "image": "agent:1"}]},
            },
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "10%"}},
        },
    }


def test_a_replica_set() -> None:
    found = build("replicaSets", {"image": "x", "replicas": "2"})
    assert (found["apiVersion"], found["kind"]) == ("apps/v1", "ReplicaSet")
    assert found["spec"] == {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "web", "image": "x"}]},
        },
    }


def test_a_pod_that_a_service_finds() -> None:
    found = build("pods", {"image": "x", "labels": {"team": "a"}, "env": [{"name": "A", "value": "1"}]})
    assert found["metadata"]["labels"] == {"app": "web", "team": "a"}
    assert found["spec"] == {"containers": [{"name": "web", "image": "x", "env": [{"name": "A", "value": "1"}]}]}


def test_a_cron_job_with_its_defaults() -> None:
    found = build("cronJobs", {"image": "x", "schedule": "*/5 * * * *", "command": ["backup"], "labels": {"l": "1"}})
    assert found["spec"] == {
        "schedule": "*/5 * * * *",
        "suspend": False,
        "concurrencyPolicy": "Allow",
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 1,
        "jobTemplate": {
            "metadata": {"labels": {"l": "1"}},
            "spec": {
                "template": {
                    "metadata": {"labels": {"l": "1"}},
                    "spec": {
                        "containers": [{"name": "web", "image": "x", "command": ["backup"]}],
                        "restartPolicy": "Never",
                    },
                }
            },
        },
    }


@pytest.mark.parametrize(("written", "sent"), [("allow", "Allow"), ("forbid", "Forbid"), ("Replace", "Replace")])
def test_concurrency_policies_in_any_case(written: str, sent: str) -> None:
    fields = {"image": "x", "schedule": "@daily", "concurrencyPolicy": written}
    assert spec("cronJobs", fields)["concurrencyPolicy"] == sent


def test_roles_keep_the_core_group_and_drop_what_is_not_written() -> None:
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}]
    assert build("roles", {"rules": rules}) == {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": META,
        "rules": rules,
    }
    paths = [{"nonResourceURLs": ["/healthz"], "verbs": ["get"]}]
    assert build("clusterRoles", {"rules": paths})["rules"] == paths


def test_a_role_binding_names_service_accounts_of_its_namespace() -> None:
    found = build("roleBindings", {"roleRef": {"name": "reader"}, "subjects": [{"name": "sa"}]})
    assert found["roleRef"] == {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"}
    assert found["subjects"] == [{"kind": "ServiceAccount", "name": "sa", "namespace": "a"}]


def test_a_cluster_role_binding_names_service_accounts_of_the_crs_namespace() -> None:
    subjects = [{"name": "sa"}, {"kind": "Group", "name": "admins"}]
    found = build("clusterRoleBindings", {"roleRef": {"name": "reader"}, "subjects": subjects}, namespace="")
    assert found["roleRef"]["kind"] == "ClusterRole"
    assert found["subjects"] == [
        {"kind": "ServiceAccount", "name": "sa", "namespace": "a"},
        {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "admins"},
    ]


def test_a_namespace() -> None:
    found = build("namespaces", {"labels": {"l": "1"}, "finalizers": ["example.com/hold"]}, namespace="")
    assert found["metadata"] == {"labels": {"l": "1"}, "annotations": {}, "finalizers": ["example.com/hold"]}


def test_a_claim_with_its_defaults() -> None:
    assert spec("persistentVolumeClaims", {"storage": "1024Mi"}) == {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
        "volumeMode": "Filesystem",
    }


@pytest.mark.parametrize(
    ("written", "sent"), [("fast", {"storageClassName": "fast"}), ("-", {"storageClassName": ""}), ("", {})]
)
def test_the_storage_class(written: str, sent: Object) -> None:
    found = spec("persistentVolumeClaims", {"storage": "1Gi", "storageClassName": written})
    assert {key: value for key, value in found.items() if key == "storageClassName"} == sent


def test_volumes_on_the_node_and_at_a_driver() -> None:
    local = spec("persistentVolumes", {"capacity": "1Gi", "hostPath": {"path": "/d"}, "accessModes": ["RWX"]})
    assert local == {
        "accessModes": ["ReadWriteMany"],
        "capacity": {"storage": "1Gi"},
        "persistentVolumeReclaimPolicy": "Retain",
        "hostPath": {"path": "/d"},
    }
    driven = spec("persistentVolumes", {"capacity": "1Gi", "csiDriver": "d", "csiVolumeHandle": "v"})
    assert driven["csi"] == {"driver": "d", "volumeHandle": "v"}


def test_an_autoscaler_takes_the_first_workload_that_can_be_scaled() -> None:
    fields = {"maxReplicas": "5", "minReplicas": "2", "targetCPUUtilizationPercentage": "70"}
    assert spec("hpa", fields, scalable={"db": "StatefulSet", "web": "Deployment"}) == {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "db"},
        "minReplicas": 2,
        "maxReplicas": 5,
        "metrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
            }
        ],
    }


def test_how_fast_an_autoscaler_may_go() -> None:
    policies = [{"type": "Percent", "value": "10", "periodSeconds": 60}]
    down = {"stabilizationWindowSeconds": "300", "selectPolicy": "Min", "tolerance": "0.05", "policies": policies}
    fields = {"scaleTargetRef": {"name": "web"}, "maxReplicas": 5, "behavior": {"scaleDown": down}}
    assert spec("hpa", fields)["behavior"] == {
        "scaleDown": {
            "stabilizationWindowSeconds": 300,
            "selectPolicy": "Min",
            "tolerance": "50m",
            "policies": [{"type": "Percent", "value": 10, "periodSeconds": 60}],
        }
    }


def test_a_budget_guards_the_crs_own_pods() -> None:
    found = spec("pdb", {"minAvailable": "50%"}, name="guard", workloads={"web": "web"})
    assert found == {"selector": {"matchLabels": {"app": "web"}}, "minAvailable": "50%"}
    everything = spec("pdb", {"selector": {}, "maxUnavailable": "1"})
    assert everything == {"selector": {}, "maxUnavailable": 1}


def test_a_network_policy_denies_by_an_empty_list_and_leaves_an_absent_direction_alone() -> None:
    assert spec("networkPolicies", {"ingress": []}) == {"podSelector": {}, "ingress": [], "policyTypes": ["Ingress"]}
    assert spec("networkPolicies", {"egress": []}) == {"podSelector": {}, "egress": [], "policyTypes": ["Egress"]}
    assert spec("networkPolicies", {})["policyTypes"] == ["Ingress"]


def test_a_network_policy_with_rules() -> None:
    fields = {
        "podSelector": {"matchLabels": {"app": "web"}},
        "ingress": [
            {
                "from": [
                    {"podSelector": {"matchLabels": {"app": "front"}}, "namespaceSelector": {}},
                    {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}},
                ],
                "ports": [{"port": "80"}, {"port": "dns", "protocol": "udp"}, {"port": 8000, "endPort": "8010"}],
            }
        ],
        "egress": [{}],
    }
    assert spec("networkPolicies", fields) == {
        "podSelector": {"matchLabels": {"app": "web"}},
        "ingress": [
            {
                "from": [
                    {"podSelector": {"matchLabels": {"app": "front"}}, "namespaceSelector": {}},
                    {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}},
                ],
                "ports": [
                    {"protocol": "TCP", "port": 80},
                    {"protocol": "UDP", "port": "dns"},
                    {"protocol": "TCP", "port": 8000, "endPort": 8010},
                ],
            }
        ],
        "egress": [{}],
        "policyTypes": ["Ingress", "Egress"],
    }


def test_quotas_and_limits_in_canonical_quantities() -> None:
    assert spec("resourceQuotas", {"hard": {"pods": 10, "requests.cpu": "1000m"}}) == {
        "hard": {"pods": "10", "requests.cpu": "1"}
    }
    limits = [{"type": "Container", "max": {"memory": "1024Mi"}, "default": {"cpu": "500m"}}]
    assert spec("limitRanges", {"limits": limits}) == {
        "limits": [{"type": "Container", "max": {"memory": "1Gi"}, "default": {"cpu": "500m"}}]
    }


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        ("cronJobs", {"image": "x", "schedule": ""}, "schedule: expected a value, got ''"),
        ("cronJobs", {"image": "x", "schedule": "@daily", "concurrencyPolicy": "never"}, "concurrencyPolicy: expected"),
        ("roleBindings", {"roleRef": {"name": "r"}, "subjects": []}, "subjects: expected at least one, got []"),
        ("roleBindings", {"roleRef": {"name": "r"}, "subjects": [{}]}, "subjects[0].name: expected a value"),
        (
            "roleBindings",
            {"roleRef": {"name": "r", "kind": "X"}, "subjects": [{"name": "s"}]},
            "roleRef.kind: expected",
        ),
        ("persistentVolumeClaims", {"storage": "much"}, "storage: expected a quantity"),
        ("persistentVolumes", {"capacity": "1Gi"}, "csiDriver: expected a driver"),
        ("persistentVolumes", {"capacity": "1Gi", "csiDriver": "d"}, "csiVolumeHandle: expected a value"),
        ("hpa", {"maxReplicas": 3}, "scaleTargetRef: expected a workload to scale"),
        ("hpa", {"scaleTargetRef": {"name": "w"}, "maxReplicas": ""}, "maxReplicas: expected a whole number"),
        ("pdb", {"minAvailable": 1}, "selector: expected labels of pods"),
        ("networkPolicies", {"ingress": [{"from": [{}]}]}, "ingress[0].peer: expected podSelector"),
        ("limitRanges", {"limits": [{"type": "Pod", "max": {"cpu": "x"}}]}, "limits[0].max.cpu: expected a quantity"),
    ],
)
def test_what_does_not_fit_is_named(kind: str, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(FieldError) as error:
        build(kind, fields)
    assert str(error.value).startswith(message)
