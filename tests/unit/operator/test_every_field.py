"""Nothing that may be written in an entry is swallowed: each field the loader takes changes what is sent."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from orkestra.k8s.builtin import builtin_resource
from orkestra.k8s.gvk import GVK, ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey
from orkestra.katalog import load_text, render
from orkestra.katalog.schema.blocks import State
from orkestra.katalog.schema.entries import CONTROL_FIELDS
from orkestra.katalog.schema.kinds import BY_KEY, entry_block
from orkestra.operator.desired import Renderer
from orkestra.operator.plan import Desired
from orkestra.operator.resources import KINDS
from orkestra.template import Environment

THING = ResourceInfo("x.io", "v1", "Thing", "things", namespaced=True, subresources=frozenset({"status"}))
OWNER = ResourceInfo("demo.io", "v1", "Site", "sites", namespaced=True)
CR: Object = {
    "apiVersion": "demo.io/v1",
    "kind": "Site",
    "metadata": {"name": "shop", "namespace": "a", "uid": "u1"},
    "spec": {},
}

CONTAINER = {
    "command": ["a"],
    "args": ["b"],
    "env": [{"name": "A", "value": "1"}],
    "envFrom": {"secretRef": [{"name": "s"}]},
    "resources": {"requests": {"cpu": "1"}},
    "securityContext": {"runAsNonRoot": True},
    "volumeMounts": [{"name": '{{ "v" }}', "mountPath": "/v"}],
}
POD = {
    **CONTAINER,
    "nodeSelector": {"disk": "ssd"},
    "serviceAccountName": "sa",
    "imagePullSecrets": ["pull"],
    "podSecurity": {"fsGroup": 1},
    "volumes": [{"name": "v", "emptyDir": {}}],
    "initContainers": [{"name": "i", "image": "x"}],
    "sidecars": [{"name": "s", "image": "x"}],
}
WORKLOAD = {
    **POD,
    "image": "other:1",
    "replicas": 4,
    "port": 8080,
    "protocol": "UDP",
    "probes": {"liveness": {"type": "tcp", "port": 80}},
    "rollingUpdate": {"maxUnavailable": 1},
    "workingDirectory": "/w",
}
RULES = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
OTHER_RULES = [{"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["list"]}]
BINDING: dict[str, Any] = {"roleRef": "reader", "subjects": [{"name": "sa"}]}
OTHER_BINDING = {
    "roleRef": {"name": "writer", "kind": "ClusterRole"},
    "subjects": [{"kind": "User", "name": "ada"}],
}
COMMON = {"name": "named", "namespace": "b", "labels": {"l": "1"}, "annotations": {"n": "1"}}
CLUSTER = {key: value for key, value in COMMON.items() if key != "namespace"}

BASE: dict[str, dict[str, Any]] = {
    "deployments": {"image": "base:1", "port": 80},
    "statefulSets": {"image": "base", "port": 80},
    "jobs": {"image": "base:1"},
    "services": {"port": 80},
    "configMaps": {},
    "secrets": {},
    "serviceAccounts": {},
    "ingresses": {},
    "custom": {"apiVersion": "x.io/v1", "kind": "Thing", "metadata": {"name": "thing"}},
    "daemonSets": {"image": "base:1", "port": 80},
    "replicaSets": {"image": "base:1", "port": 80},
    "pods": {"image": "base:1", "port": 80},
    "cronJobs": {"image": "base:1", "schedule": "@daily"},
    "roles": {"rules": RULES},
    "roleBindings": BINDING,
    "clusterRoles": {"rules": RULES},
    "clusterRoleBindings": BINDING,
    "namespaces": {},
    "persistentVolumeClaims": {"name": "data", "storage": "1Gi"},
    "persistentVolumes": {"name": "data", "capacity": "1Gi", "hostPath": "/d"},
    "hpa": {"scaleTargetRef": "web", "maxReplicas": 3},
    "pdb": {"selector": {"app": "web"}, "minAvailable": 1},
    "networkPolicies": {},
    "resourceQuotas": {},
    "limitRanges": {},
}
SAMPLES: dict[str, dict[str, Any]] = {
    "deployments": {**COMMON, **WORKLOAD},
    "statefulSets": {
        **COMMON,
        **{key: value for key, value in WORKLOAD.items() if key != "workingDirectory"},
        "tag": "9",
        "serviceName": "governing",
        "volumeClaimTemplates": [{"name": "d", "storageSize": "1Gi"}],
    },
    "jobs": {**COMMON, **POD, "image": "other:1", "backoffLimit": 1, "workingDirectory": "/w"},
    "services": {
        **COMMON,
        "type": "NodePort",
        "headless": True,
        "protocol": "UDP",
        "port": 81,
        "targetPort": "http",
        "selector": {"app": "x"},
    },
    "configMaps": {**COMMON, "data": {"k": "v"}},
    "secrets": {**COMMON, "data": {"k": "v"}, "type": "example.com/x", "tls": {"dnsNames": ["h.example.com"]}},
    "serviceAccounts": COMMON,
    "ingresses": {
        **COMMON,
        "host": "h.example.com",
        "serviceName": "other",
        "servicePort": 8080,
        "path": "/x",
        "pathType": "Exact",
        "className": "c",
        "tls": {"create": True, "secretName": "t"},
    },
    "custom": {
        "apiVersion": "x.io/v1beta1",
        "kind": "Other",
        "metadata": {"name": "thing", "labels": {"l": "1"}},
        "spec": {"size": 3},
        "status": {"phase": "Up"},
    },
    "daemonSets": {**COMMON, **{key: value for key, value in WORKLOAD.items() if key != "replicas"}},
    "replicaSets": {**COMMON, **{key: value for key, value in WORKLOAD.items() if key != "rollingUpdate"}},
    "pods": {
        **COMMON,
        **{
            key: value
            for key, value in WORKLOAD.items()
            if key not in ("replicas", "rollingUpdate", "workingDirectory")
        },
    },
    "cronJobs": {
        **COMMON,
        **POD,
        "image": "other:1",
        "workingDirectory": "/w",
        "schedule": "*/5 * * * *",
        "suspend": True,
        "successfulJobsHistoryLimit": 0,
        "failedJobsHistoryLimit": 0,
        "concurrencyPolicy": "forbid",
        "startingDeadlineSeconds": 10,
    },
    "roles": {**COMMON, "rules": OTHER_RULES},
    "roleBindings": {**COMMON, **OTHER_BINDING},
    "clusterRoles": {**CLUSTER, "rules": [{"nonResourceURLs": ["/healthz"], "verbs": ["get"]}]},
    "clusterRoleBindings": {**CLUSTER, **OTHER_BINDING},
    "namespaces": {**CLUSTER, "finalizers": ["example.com/hold"]},
    "persistentVolumeClaims": {
        **COMMON,
        "storage": "2Gi",
        "storageClassName": "fast",
        "accessModes": ["RWX"],
        "volumeMode": "Block",
        "volumeName": "pv-1",
    },
    "persistentVolumes": {
        **CLUSTER,
        "capacity": "2Gi",
        "storageClassName": "-",
        "accessModes": ["ReadWriteMany"],
        "reclaimPolicy": "Delete",
        "hostPath": {"path": "/e", "type": "Directory"},
    },
    "hpa": {
        **COMMON,
        "scaleTargetRef": {"kind": "StatefulSet", "name": "db"},
        "minReplicas": 2,
        "maxReplicas": 9,
        "targetCPUUtilizationPercentage": 50,
        "behavior": {"scaleUp": {"selectPolicy": "Min"}},
    },
    "pdb": {**COMMON, "selector": {"matchExpressions": [{"key": "app", "operator": "Exists"}]}, "minAvailable": "50%"},
    "networkPolicies": {
        **COMMON,
        "podSelector": {"app": "web"},
        "ingress": [{"from": [{"podSelector": {}}]}],
        "egress": [],
        "policyTypes": ["Egress"],
        "profile": "deny-all",
    },
    "resourceQuotas": {**COMMON, "hard": {"pods": "3"}, "profile": "small"},
    "limitRanges": {**COMMON, "limits": [{"type": "Container", "max": {"cpu": "1"}}]},
}
for copied in ("configMaps", "secrets", "networkPolicies", "resourceQuotas", "limitRanges"):
    SAMPLES[copied] = {**SAMPLES[copied], "toNamespaces": ["c"]}
ELSEWHERE = {
    ("configMaps", "fromConfigMap"): "copies: see below",
    ("secrets", "fromSecret"): "copies: see below",
    ("networkPolicies", "fromNetworkPolicy"): "copies: see below",
    ("resourceQuotas", "fromResourceQuota"): "copies: see below",
    ("limitRanges", "fromLimitRange"): "copies: see below",
    **{
        (kind, "fromNamespace"): "copies: see below"
        for kind in ("configMaps", "secrets", "networkPolicies", "resourceQuotas", "limitRanges")
    },
    ("limitRanges", "profile"): "none is built in; see tests of profiles",
    ("replicaSets", "rollingUpdate"): "a warning says that it has no effect",
    ("persistentVolumes", "csiDriver"): "in place of hostPath; see below",
    ("persistentVolumes", "csiVolumeHandle"): "in place of hostPath; see below",
    ("pdb", "maxUnavailable"): "in place of minAvailable; see below",
    ("pdb", "behavior"): "a preset; see below",
    ("secrets", "rotateAfter"): "the life of the child, not its content (tests/e2e)",
    ("secrets", "once"): "the life of the child, not its content (tests/e2e)",
    ("custom", "hasStatus"): "whether status is sent; see below",
}


def source_at(gvk: GVK, key: ObjectKey) -> Object:
    """Content that tells where it was copied from."""
    return {"type": str(key), "data": {"from": str(key)}, "spec": {"from": str(key)}}


def render_one(kind: str, entry: dict[str, Any]) -> Desired:
    document = {
        "apiVersion": "orkestra.orkspace.io/v1",
        "kind": "Katalog",
        "metadata": {"name": "t"},
        "spec": {
            "crds": {
                "site": {
                    "apiTypes": {"group": "demo.io", "version": "v1", "kind": "Site", "plural": "sites"},
                    "operatorBox": {"onReconcile": {kind: [entry]}},
                }
            }
        },
    }
    katalog, findings = load_text(yaml.safe_dump(document))
    assert katalog is not None, render(findings)

    def resolve(gvk: GVK) -> ResourceInfo:
        return builtin_resource(gvk) or ResourceInfo(
            gvk.group, gvk.version, gvk.kind, "x", True, subresources=THING.subresources
        )

    environment = Environment(now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    (child,) = Renderer(katalog.boxes[0], OWNER, resolve, environment, source_at).render(CR, CR).children
    return child


def sent(kind: str, entry: dict[str, Any]) -> str:
    child = render_one(kind, entry)
    return json.dumps([child.manifest, child.status], sort_keys=True)


@pytest.mark.parametrize(("kind", "field"), [(kind, field) for kind, row in SAMPLES.items() for field in row])
def test_a_field_reaches_the_api_server(kind: str, field: str) -> None:
    assert sent(kind, BASE[kind] | {field: SAMPLES[kind][field]}) != sent(kind, BASE[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_the_table_is_among_the_samples(kind: str) -> None:
    control = {row.name for row in CONTROL_FIELDS}
    supported = {
        name
        for name, row in entry_block(BY_KEY[kind]).fields.items()
        if row.state is State.SUPPORTED and name not in control
    }
    assert supported == SAMPLES[kind].keys() | {field for k, field in ELSEWHERE if k == kind}


def test_the_kinds_that_can_be_written_are_those_that_can_be_built() -> None:
    assert {kind.key for kind in BY_KEY.values() if kind.state is State.SUPPORTED} == set(KINDS)
    for key, kind in KINDS.items():
        if kind.gvk is not None:
            assert kind.gvk == GVK.parse(BY_KEY[key].api_version, BY_KEY[key].kind)


COPIES = {
    "configMaps": "fromConfigMap",
    "secrets": "fromSecret",
    "networkPolicies": "fromNetworkPolicy",
    "resourceQuotas": "fromResourceQuota",
    "limitRanges": "fromLimitRange",
}


@pytest.mark.parametrize(("kind", "field"), COPIES.items())
def test_a_copy_has_its_sources_content_and_nothing_else_of_it(kind: str, field: str) -> None:
    near = render_one(kind, {field: "base"}).manifest
    far = render_one(kind, {field: "base", "fromNamespace": "elsewhere"}).manifest
    part = "data" if kind in ("configMaps", "secrets") else "spec"
    assert (near[part], far[part]) == ({"from": "a/base"}, {"from": "elsewhere/base"})
    assert set(near["metadata"]["labels"]) == {"managed-by", "orkestra-owner"}


def test_fields_in_place_of_others_reach_the_api_server() -> None:
    volume = {"name": "data", "capacity": "1Gi", "csiDriver": "d.example.com", "csiVolumeHandle": "v-1"}
    assert render_one("persistentVolumes", volume).manifest["spec"]["csi"] == {
        "driver": "d.example.com",
        "volumeHandle": "v-1",
    }
    budget = render_one("pdb", {"selector": {"app": "web"}, "maxUnavailable": "1"})
    assert budget.manifest["spec"] == {"selector": {"matchLabels": {"app": "web"}}, "maxUnavailable": 1}


@pytest.mark.parametrize(("has_status", "expected"), [(None, True), (True, True), (False, False)])
def test_a_custom_childs_status_is_sent_unless_told_otherwise(has_status: bool | None, expected: bool) -> None:
    entry = BASE["custom"] | {"status": {"phase": "Up"}}
    if has_status is not None:
        entry |= {"hasStatus": has_status}
    child = render_one("custom", entry)
    assert (child.status == {"phase": "Up"}) is expected
    assert "status" not in child.manifest
