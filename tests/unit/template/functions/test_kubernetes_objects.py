"""Questions about objects of every kind: metadata, conditions, paths, labels, replicas, containers."""

from __future__ import annotations

from typing import Any

import pytest

from orkestra.template import TemplateError
from tests.unit.template.functions.examples import value_of

DEPLOYMENT: dict[str, Any] = {
    "kind": "Deployment",
    "metadata": {
        "name": "web",
        "generation": 4,
        "labels": {"app": "web", "app.kubernetes.io/name": "web", "shard": "x", "size": 3},
        "annotations": {"count": " 12 ", "float": "1.5"},
        "ownerReferences": [{"kind": "Website", "name": "a"}, {"kind": "Release", "name": "b", "controller": True}],
    },
    "spec": {
        "replicas": 0,
        "ports": [{"name": "http", "port": 80}],
        "enabled": False,
        "template": {
            "spec": {
                "containers": [
                    {"name": "web", "resources": {"requests": {"cpu": "250m"}, "limits": {"cpu": 1, "memory": "64Mi"}}},
                    {"name": "proxy", "resources": {"requests": {"cpu": 0.5, "memory": "1Gi"}}},
                    {"name": "bare"},
                ]
            }
        },
    },
    "status": {
        "observedGeneration": 3,
        "phase": "Running",
        "zero": 0,
        "conditions": [{"type": "Ready", "status": "False", "reason": "Waiting", "message": "2 to go"}, "junk", None],
    },
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('get .o "spec" "ports" 0 "port"', 80),
        ('get .o "spec" "ports" "0" "name"', "http"),
        ('get .o "spec" "ports" 1', None),
        ('get .o "spec" "ports" -1', None),
        ('get .o "spec" "none" "deeper"', None),
        ('get .o "metadata" "name" "deeper"', None),
        ('get .o.spec.ports 0 "port"', 80),
        ("ownerKind .o", "Release"),
        ("ownerName .o", "b"),
        ("ownerName .bare", ""),
        ('hasCondition .o "Ready"', False),
        ('hasCondition .o "Ready" "False"', True),
        ('hasCondition .o "Other" ""', False),
        ('conditionReason .o "Ready"', "Waiting"),
        ('conditionMessage .o "Ready"', "2 to go"),
        ('conditionMessage .o "Other"', ""),
        ("resourceExists .bare", True),
        ("isSynced .o", False),
        ("isSynced .bare", True),
        ("isTerminating .going", True),
        ("generation .o", 4),
        ("observedGeneration .o", 3),
        ("phase .o", "Running"),
        ("resourceCPU .o", "750m"),
        ("resourceMemory .o", "1088Mi"),
        ("resourceCPU .bare", ""),
        ('getLabel .o "size"', "3"),
        ('getLabelInt .o "size"', 3),
        ('getLabelInt .o "none"', 0),
        ('getAnnotationInt .o "count"', 12),
        ('hasLabel .o "app"', True),
        ('hasAnnotation .o "none"', False),
        ('getStatus .o "conditions[0].reason"', "Waiting"),
        ('getStatus .o "none.at.all"', None),
        ('hasStatus .o "zero"', True),
        ('hasStatus .o "none"', False),
        ("hasStatus .o", True),
        ("hasStatus .bare", False),
        ('labelMatches .o "app" "web" "size" 3', True),
        ('labelMatches .o "app" "web" "shard" "y"', False),
        ('labelMatches .o "none" ""', False),
        ('getOr .o "spec.ports[0].port" 1', 80),
        ('getOr .o "spec.ports.0.port" 1', 80),
        ('getOr .o "spec.replicas" 5', 0),
        ('getOr .o "spec.enabled" true', False),
        ('getOr .o `metadata.labels["app.kubernetes.io/name"]` "x"', "web"),
        ('getOr .o "spec.ports[7].port" "x"', "x"),
        ('getOr .o "" "x" | len', 4),
        ('getStringOr .o "spec.replicas" "x"', "0"),
        ('getStringOr .o "spec.ports" "x"', "x"),
        ('getStringOr .none "spec" "x"', "x"),
        ('getIntOr .o "metadata.annotations.count" 1', 12),
        ('getIntOr .o "metadata.annotations.float" 1', 1),
        ('getIntOr .o "spec.ports" "7"', 7),
        ('getBoolOr .o "spec.enabled" true', False),
        ('getBoolOr .o "status.phase" true', True),
        ('getBoolOr .none "a" "false"', False),
    ],
)
def test_objects(text: str, expected: Any) -> None:
    going = {"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}
    found = value_of(text, o=DEPLOYMENT, bare={"kind": "ConfigMap"}, going=going, none=None)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('getLabelInt .o "shard"', 'error calling getLabelInt: expected a number; got "x"'),
        ('getAnnotationInt .o "float"', 'error calling getAnnotationInt: expected a whole number; got "1.5"'),
        ('labelMatches .o "app" "web" "size"', "error calling labelMatches: every key needs a value"),
        ('getOr .o "spec.ports[0" 1', "error calling getOr: the path does not end its bracket: spec.ports[0"),
        ("hasCondition .o .o", "error calling hasCondition: expected text; got a map"),
        ('getIntOr .o "none" "x"', 'error calling getIntOr: expected a number; got "x"'),
        ("resourceCPU .odd", "error calling resourceCPU: 'lots' is no quantity"),
        ("get .o .o", "error calling get: expected text; got a map"),
    ],
)
def test_refusals(text: str, message: str) -> None:
    odd = {"spec": {"containers": [{"resources": {"requests": {"cpu": "lots"}}}]}}
    with pytest.raises(TemplateError) as caught:
        value_of(text, o=DEPLOYMENT, odd=odd)
    assert caught.value.message.startswith(message)


def workload(kind: str, spec: dict[str, Any], status: dict[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"generation": 1}, "spec": spec, "status": {"observedGeneration": 1, **status}}


FULL = {"replicas": 2, "readyReplicas": 2, "availableReplicas": 2, "updatedReplicas": 2}
DAEMONS = {"desiredNumberScheduled": 3, "numberReady": 3, "numberAvailable": 3, "updatedNumberScheduled": 3}


@pytest.mark.parametrize(
    ("name", "o", "ready", "complete", "desired"),
    [
        ("rolled out", workload("Deployment", {"replicas": 2}, FULL), True, True, 2),
        ("not seen yet", {**workload("Deployment", {}, FULL), "metadata": {"generation": 2}}, False, False, 1),
        ("an old pod left", workload("Deployment", {"replicas": 2}, {**FULL, "replicas": 3}), True, False, 2),
        ("none available", workload("Deployment", {"replicas": 2}, {**FULL, "availableReplicas": 0}), True, False, 2),
        ("scaled to nothing", workload("Deployment", {"replicas": 0}, {}), True, True, 0),
        ("one by default", workload("StatefulSet", {}, {"readyReplicas": 1}), True, False, 1),
        (
            "between revisions",
            workload("StatefulSet", {"replicas": 2}, {**FULL, "currentRevision": "a", "updateRevision": "b"}),
            True,
            False,
            2,
        ),
        ("daemons", workload("DaemonSet", {}, DAEMONS), True, True, 3),
        (
            "a daemon starts",
            workload("DaemonSet", {}, {**DAEMONS, "numberReady": 2, "numberAvailable": 2}),
            False,
            False,
            3,
        ),
        ("no daemon wanted", workload("DaemonSet", {}, {}), True, True, 0),
    ],
)
def test_replicas(name: str, o: dict[str, Any], ready: bool, complete: bool, desired: int) -> None:
    assert value_of("allReplicasReady .o", o=o) is ready
    assert value_of("replicasReady .o", o=o) is ready
    assert value_of("rolloutComplete .o", o=o) is complete
    assert value_of("desiredReplicas .o", o=o) == desired


@pytest.mark.parametrize(("text", "count"), [("readyReplicas", 3), ("availableReplicas", 3), ("updatedReplicas", 3)])
def test_daemons_count_as_replicas(text: str, count: int) -> None:
    assert value_of(f"{text} .o", o=workload("DaemonSet", {}, DAEMONS)) == count


CONTAINERS = [
    {"name": "web", "image": "web:1", "ports": [{"name": "http", "containerPort": 8080}, {"containerPort": 9090}]},
    {"name": "proxy", "image": "proxy:2", "env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]},
]


@pytest.mark.parametrize(
    "o",
    [
        {"spec": {"containers": CONTAINERS}},
        {"spec": {"template": {"spec": {"containers": CONTAINERS}}}},
        {"spec": {"jobTemplate": {"spec": {"template": {"spec": {"containers": CONTAINERS}}}}}},
        {"containers": CONTAINERS},
    ],
    ids=["pod", "workload", "cronjob", "pod spec"],
)
def test_containers_wherever_they_are(o: dict[str, Any]) -> None:
    assert value_of("containerCount .o", o=o) == 2
    assert value_of("containerImage .o", o=o) == "web:1"
    assert value_of('containerImage .o "1"', o=o) == "proxy:2"
    assert value_of('containerImage .o "proxy"', o=o) == "proxy:2"
    assert value_of("containerImage .o 2", o=o) == ""
    assert value_of('containerEnv .o "proxy" "A"', o=o) == "2"
    assert value_of('containerEnv .o 0 "A"', o=o) == ""
    assert value_of("containerPorts .o", o=o) == [8080, 9090]
    assert value_of('containerPort .o 0 "9090"', o=o) is True
    assert value_of("containerPort .o 1 9090", o=o) is False
    assert value_of('containerPortByName .o 0 "http"', o=o) == 8080
    assert value_of('containerPortByName .o 0 "none"', o=o) == 0


def test_a_container_has_no_negative_index() -> None:
    with pytest.raises(TemplateError, match="error calling containerImage: the index of a container is not negative"):
        value_of("containerImage .o -1", o={"containers": CONTAINERS})
    with pytest.raises(TemplateError, match="error calling containerPort: expected a number"):
        value_of('containerPort .o 0 "http"', o={"containers": CONTAINERS})


@pytest.mark.parametrize(
    ("image", "registry", "repository", "tag"),
    [
        ("nginx", "docker.io", "nginx", "latest"),
        ("acme/web:1.27", "docker.io", "acme/web", "1.27"),
        ("localhost/web", "localhost", "web", "latest"),
        ("registry.example.com:5000/a/b/c:v1", "registry.example.com:5000", "a/b/c", "v1"),
        ("registry.example.com/web@sha256:abc", "registry.example.com", "web", ""),
        ("web:1@sha256:abc", "docker.io", "web", "1"),
        ("", "", "", ""),
    ],
)
def test_the_parts_of_an_image(image: str, registry: str, repository: str, tag: str) -> None:
    names = ("imageRegistry", "imageRepository", "imageTag")
    assert tuple(value_of(f"{name} .image", image=image) for name in names) == (registry, repository, tag)
