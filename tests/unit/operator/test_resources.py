"""Entry fields -> manifests: what a platform engineer would write by hand."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest

from orkestra.k8s.objects import Object
from orkestra.operator.resources import KINDS
from orkestra.operator.resources.fields import ChildContext, FieldError


def build(kind: str, fields: dict[str, Any], *, name: str = "web", workloads: dict[str, str] | None = None) -> Object:
    return KINDS[kind].build(fields, ChildContext(name, "a", "shop", workloads or {}))


def container(manifest: Object) -> Object:
    found: Object = manifest["spec"]["template"]["spec"]["containers"][0]
    return found


def test_a_small_deployment() -> None:
    found = build("deployments", {"image": "nginx:1", "replicas": "3", "port": "8080"}, workloads={"web": "web"})
    assert found == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"labels": {"app": "web"}, "annotations": {}},
        "spec": {
            "replicas": 3,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {
                    "containers": [
                        {"name": "web", "image": "nginx:1", "ports": [{"containerPort": 8080, "protocol": "TCP"}]}
                    ]
                },
            },
        },
    }


def test_replicas_default_to_one_and_zero_is_kept() -> None:
    assert build("deployments", {"image": "x"})["spec"]["replicas"] == 1
    assert build("deployments", {"image": "x", "replicas": "0"})["spec"]["replicas"] == 0
    assert build("deployments", {"image": "x", "replicas": ""})["spec"]["replicas"] == 1


def test_labels_reach_object_and_pods_and_never_bend_the_selector() -> None:
    found = build("deployments", {"image": "x", "labels": {"team": "a", "app": "other"}})
    assert found["metadata"]["labels"] == {"app": "web", "team": "a"}
    assert found["spec"]["template"]["metadata"]["labels"] == {"app": "web", "team": "a"}
    assert found["spec"]["selector"] == {"matchLabels": {"app": "web"}}


def test_a_whole_container() -> None:
    fields = {
        "image": "x",
        "port": "80",
        "command": ["sh"],
        "args": ["-c", "sleep 1"],
        "workingDirectory": "/srv",
        "env": [{"name": "A", "value": 1}, {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
        "envFrom": {
            "secretRef": [{"name": "s", "prefix": "P_"}, {"name": "t", "keys": ["k"], "prefix": "X_", "suffix": "_Y"}],
            "configMapRef": [{"name": "c", "optional": True}],
        },
        "resources": {"requests": {"cpu": "1000m", "memory": "1024Mi"}, "limits": {"cpu": "2"}},
        "probes": {"liveness": {"path": "/live", "periodSeconds": "5"}, "readiness": {"type": "tcp", "port": "81"}},
        "securityContext": {"runAsNonRoot": True},
        "volumes": [{"name": "v", "emptyDir": {}}],
        "volumeMounts": [{"name": "v", "mountPath": "/v"}],
    }
    found = container(build("deployments", fields))
    assert found["command"] == ["sh"]
    assert found["workingDir"] == "/srv"
    assert found["env"] == [
        {"name": "A", "value": "1"},
        {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": "X_k_Y", "valueFrom": {"secretKeyRef": {"name": "t", "key": "k"}}},
    ]
    assert found["envFrom"] == [
        {"prefix": "P_", "secretRef": {"name": "s"}},
        {"configMapRef": {"name": "c", "optional": True}},
    ]
    assert found["resources"] == {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "2"}}
    assert found["livenessProbe"] == {"httpGet": {"path": "/live", "port": 80}, "periodSeconds": 5}
    assert found["readinessProbe"] == {"tcpSocket": {"port": 81}}
    assert found["volumeMounts"] == [{"name": "v", "mountPath": "/v"}]


def test_sidecars_and_init_containers() -> None:
    fields = {
        "image": "x",
        "initContainers": [{"name": "wait", "image": "busybox", "command": ["true"]}],
        "sidecars": [{"name": "proxy", "image": "envoy", "ports": [{"containerPort": "9901", "name": "admin"}]}],
    }
    spec = build("deployments", fields)["spec"]["template"]["spec"]
    assert [c["name"] for c in spec["initContainers"]] == ["wait"]
    assert spec["containers"][1] == {
        "name": "proxy",
        "image": "envoy",
        "ports": [{"name": "admin", "containerPort": 9901, "protocol": "TCP"}],
    }


def test_a_stateful_set_with_claims() -> None:
    claims = [{"name": "data", "storageClass": "fast", "storageSize": "10Gi", "mountPath": "/data"}]
    found = build("statefulSets", {"image": "db", "volumeClaimTemplates": claims})
    assert container(found)["image"] == "db:latest"
    assert container(found)["volumeMounts"] == [{"name": "data", "mountPath": "/data"}]
    assert found["spec"]["serviceName"] == "web"
    assert found["spec"]["volumeClaimTemplates"][0]["spec"] == {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "10Gi"}},
        "storageClassName": "fast",
    }


@pytest.mark.parametrize("image", ["db:1", "db@sha256:" + "0" * 64, "host:5000/db:1"])
def test_a_tag_is_added_only_to_an_image_without_one(image: str) -> None:
    assert container(build("statefulSets", {"image": image, "tag": "9"}))["image"] == image


def test_a_registry_port_is_not_a_tag() -> None:
    assert container(build("statefulSets", {"image": "host:5000/db", "tag": "9"}))["image"] == "host:5000/db:9"


def test_a_service_selects_the_workload_of_its_name_or_the_first() -> None:
    assert build("services", {"port": "80"}, workloads={"web": "web"})["spec"]["selector"] == {"app": "web"}
    both = {"api": "api", "worker": "worker"}
    assert build("services", {"port": "80"}, workloads=both)["spec"]["selector"] == {"app": "api"}
    assert build("services", {"selector": {"x": "y"}}, workloads=both)["spec"]["selector"] == {"x": "y"}


def test_a_headless_service_with_a_named_target() -> None:
    found = build("services", {"port": "5432", "targetPort": "pg", "headless": "true", "protocol": "tcp"})
    assert found["spec"]["clusterIP"] == "None"
    assert found["spec"]["ports"] == [{"port": 5432, "protocol": "TCP", "targetPort": "pg"}]


def test_secret_data_is_encoded_and_numbers_are_text() -> None:
    found = build("secrets", {"data": {"user": "ada", "port": 5432, "none": None}})
    assert {k: b64decode(v).decode() for k, v in found["data"].items()} == {"user": "ada", "port": "5432"}
    assert build("configMaps", {"data": {"on": True, "n": 1.5}})["data"] == {"on": "true", "n": "1.5"}


def test_an_ingress_with_tls() -> None:
    fields = {"host": "a.example.com", "serviceName": "web", "servicePort": "80", "className": "nginx", "tls": {}}
    assert build("ingresses", fields)["spec"] == {
        "ingressClassName": "nginx",
        "rules": [
            {
                "host": "a.example.com",
                "http": {
                    "paths": [
                        {
                            "path": "/",
                            "pathType": "Prefix",
                            "backend": {"service": {"name": "web", "port": {"number": 80}}},
                        }
                    ]
                },
            }
        ],
    }
    secured = build("ingresses", fields | {"tls": {"create": True}})["spec"]["tls"]
    assert secured == [{"hosts": ["a.example.com"], "secretName": "web-tls"}]


def test_a_job() -> None:
    found = build("jobs", {"image": "x", "command": ["do"], "backoffLimit": "1"})
    assert found["spec"]["backoffLimit"] == 1
    assert found["spec"]["template"]["spec"]["restartPolicy"] == "Never"


def test_a_custom_object_keeps_everything_it_was_given() -> None:
    fields = {"apiVersion": "x.io/v1", "kind": "Thing", "metadata": {"labels": {"a": "b"}}, "spec": {"size": 3}}
    assert build("custom", fields) == {
        "apiVersion": "x.io/v1",
        "kind": "Thing",
        "metadata": {"labels": {"a": "b"}, "annotations": {}},
        "spec": {"size": 3},
    }


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        ("deployments", {"image": "x", "replicas": "two"}, "replicas: expected a whole number, got 'two'"),
        ("deployments", {"image": ""}, "image: expected a value, got ''"),
        ("deployments", {"image": "x", "port": "0"}, "port: expected a port between 1 and 65535, got '0'"),
        ("deployments", {"image": "x", "port": True}, "port: expected a whole number, got True"),
        (
            "deployments",
            {"image": "x", "resources": {"requests": {"cpu": "plenty"}}},
            "resources.requests.cpu: expected a quantity such as 250m, 2 or 512Mi, got 'plenty'",
        ),
        ("deployments", {"image": "x", "env": {"A": "1"}}, "env: expected a list, got {'A': '1'}"),
        ("deployments", {"image": "x", "probes": {"liveness": {"path": "/"}}}, "probes.liveness.port: expected a port"),
        ("services", {"port": "http"}, "port: expected a whole number, got 'http'"),
        ("configMaps", {"data": "x"}, "data: expected a map, got 'x'"),
        ("configMaps", {"data": {"a": [1]}}, "a: expected text, got [1]"),
        ("deployments", {"image": "x", "sidecars": [{"name": "p"}]}, "sidecars[0].image: expected a value"),
    ],
)
def test_a_value_that_does_not_fit_says_where_and_what(kind: str, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(FieldError) as caught:
        build(kind, fields)
    assert message in str(caught.value)


def test_a_name_too_long_for_a_label_still_selects_its_pods() -> None:
    name = "a" * 100
    deployment, service = build("deployments", {"image": "x"}, name=name), build("services", {}, name=name)
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert labels == deployment["spec"]["selector"]["matchLabels"] == service["spec"]["selector"]
    assert len(labels["app"]) <= 63
