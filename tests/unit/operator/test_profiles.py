"""Built-in profiles: what a name stands for, and what may stand beside it."""

from __future__ import annotations

from typing import Any

import pytest

from orkestra.k8s.objects import Object
from orkestra.katalog import load_text
from orkestra.katalog.profiles import PROFILES
from orkestra.operator.resources import KINDS
from orkestra.operator.resources.fields import ChildContext, FieldError


def build(kind: str, fields: dict[str, Any]) -> Object:
    found: Object = KINDS[kind].build(
        fields, ChildContext("web", "a", "shop", {"web": "web"}, {"web": "Deployment"}, "a")
    )
    return found["spec"]  # type: ignore[no-any-return]  # every kind here has one


def container(**fields: Any) -> Object:
    found: Object = build("deployments", {"image": "x", "port": 80, **fields})["template"]["spec"]["containers"][0]
    return found


def test_resources() -> None:
    assert container(resources={"profile": "large"})["resources"] == {
        "requests": {"cpu": "500m", "memory": "512Mi"},
        "limits": {"cpu": "2", "memory": "2Gi"},
    }


def test_probes_keep_their_question() -> None:
    probe = container(probes={"liveness": {"path": "/live", "profile": "fast"}})["livenessProbe"]
    assert probe == {
        "httpGet": {"path": "/live", "port": 80},
        "initialDelaySeconds": 5,
        "periodSeconds": 10,
        "failureThreshold": 2,
        "timeoutSeconds": 5,
    }


def test_security_of_container_and_pod() -> None:
    assert container(securityContext={"profile": "hardened"})["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    pod = build("pods", {"image": "x", "podSecurity": {"profile": "hardened"}})
    assert pod["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 65534,
        "runAsGroup": 65534,
        "fsGroup": 65534,
    }


def test_how_pods_are_replaced() -> None:
    fields = {"image": "x", "rollingUpdate": {"profile": "Blue-Green"}}
    assert build("deployments", fields)["strategy"]["rollingUpdate"] == {"maxSurge": "100%", "maxUnavailable": 0}
    assert "updateStrategy" not in build("statefulSets", fields), "it cannot surge, and 0 would be refused"
    fast = {"image": "x", "rollingUpdate": {"profile": "fast"}}
    assert build("statefulSets", fast)["updateStrategy"]["rollingUpdate"] == {"maxUnavailable": "25%"}


def test_an_autoscalers_profile_sets_the_target_unless_given() -> None:
    found = build("hpa", {"maxReplicas": 3, "behavior": {"profile": "web"}})
    assert found["metrics"][0]["resource"]["target"]["averageUtilization"] == 70
    assert found["behavior"] == {
        "scaleUp": {
            "stabilizationWindowSeconds": 0,
            "selectPolicy": "Max",
            "policies": [
                {"type": "Percent", "value": 100, "periodSeconds": 15},
                {"type": "Pods", "value": 4, "periodSeconds": 15},
            ],
        },
        "scaleDown": {
            "stabilizationWindowSeconds": 300,
            "selectPolicy": "Min",
            "policies": [{"type": "Percent", "value": 10, "periodSeconds": 60}],
        },
    }
    given = {"maxReplicas": 3, "targetCPUUtilizationPercentage": 55, "behavior": {"profile": "web"}}
    assert build("hpa", given)["metrics"][0]["resource"]["target"]["averageUtilization"] == 55


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("zero-downtime", {"minAvailable": "100%"}),
        ("rolling", {"maxUnavailable": 1}),
        ("Relaxed", {"maxUnavailable": "25%"}),
    ],
)
def test_budgets(name: str, limit: Object) -> None:
    assert build("pdb", {"behavior": {"profile": name}}) == {"selector": {"matchLabels": {"app": "web"}}, **limit}


def test_quotas_and_hard_beside_them() -> None:
    assert build("resourceQuotas", {"profile": "small"})["hard"] == {
        "pods": "10",
        "limits.cpu": "2",
        "limits.memory": "4Gi",
        "requests.cpu": "1",
        "requests.memory": "2Gi",
    }
    assert build("resourceQuotas", {"profile": "small", "hard": {"pods": 3}})["hard"] == {"pods": "3"}


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("deny-all", {"ingress": [], "egress": [], "policyTypes": ["Ingress", "Egress"]}),
        ("deny-all-ingress", {"ingress": [], "policyTypes": ["Ingress"]}),
        ("deny-all-egress", {"egress": [], "policyTypes": ["Egress"]}),
        ("allow-same-namespace", {"ingress": [{"from": [{"podSelector": {}}]}], "policyTypes": ["Ingress"]}),
        (
            "allow-dns-egress",
            {
                "egress": [{"ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]}],
                "policyTypes": ["Egress"],
            },
        ),
    ],
)
def test_network_policies_whose_profile_wins(name: str, rest: Object) -> None:
    fields = {"profile": name, "podSelector": {"matchLabels": {"a": "b"}}, "ingress": [{}], "policyTypes": ["Egress"]}
    assert build("networkPolicies", fields) == {"podSelector": {"matchLabels": {"a": "b"}}, **rest}


PLACES = {
    "resources": ("deployments", lambda name: {"image": "x", "resources": {"profile": name}}),
    "probes": ("deployments", lambda name: {"image": "x", "port": 80, "probes": {"startup": {"profile": name}}}),
    "containerSecurity": ("deployments", lambda name: {"image": "x", "securityContext": {"profile": name}}),
    "podSecurity": ("deployments", lambda name: {"image": "x", "podSecurity": {"profile": name}}),
    "rollingUpdate": ("deployments", lambda name: {"image": "x", "rollingUpdate": {"profile": name}}),
    "hpa": ("hpa", lambda name: {"maxReplicas": 3, "behavior": {"profile": name}}),
    "pdb": ("pdb", lambda name: {"behavior": {"profile": name}}),
    "resourceQuotas": ("resourceQuotas", lambda name: {"profile": name}),
    "networkPolicies": ("networkPolicies", lambda name: {"profile": name}),
}


def test_every_class_has_its_place() -> None:
    assert set(PLACES) | {"reconciler", "autoscale"} == set(PROFILES), "those two are of boxes, and make no children"


@pytest.mark.parametrize("kind", PLACES)
def test_every_profile_of_a_class_means_something_else(kind: str) -> None:
    key, fields = PLACES[kind]
    built = [build(key, fields(name)) for name in PROFILES[kind]]
    assert all(one != other for n, one in enumerate(built) for other in built[:n])


@pytest.mark.parametrize("kind", PLACES)
def test_a_template_that_names_no_profile_is_told_which_there_are(kind: str) -> None:
    key, fields = PLACES[kind]
    with pytest.raises(FieldError, match=next(iter(PROFILES[kind]))):
        build(key, fields("unheard-of"))


def load(box: str) -> tuple[Any, list[str]]:
    katalog, findings = load_text(
        "apiVersion: orkestra.orkspace.io/v1\nkind: Katalog\nmetadata: {name: t}\nspec:\n  crds:\n    site:\n"
        "      apiTypes: {group: demo.io, version: v1, kind: Site, plural: sites}\n"
        f"      operatorBox: {{{box}}}\n"
    )
    return katalog, [finding.code for finding in findings]


@pytest.mark.parametrize(
    ("box", "codes"),
    [
        ("onReconcile: {deployments: [{image: x, resources: {profile: smal}}]}", ["ORK1105"]),
        ("onReconcile: {deployments: [{image: x, resources: {profile: small, limits: {cpu: 1}}}]}", ["ORK1106"]),
        ("onReconcile: {pods: [{image: x, podSecurity: {profile: baseline, fsGroup: 1}}]}", ["ORK1106"]),
        ("onReconcile: {deployments: [{image: x, rollingUpdate: {profile: SAFE}}]}", []),
        ("onReconcile: {resourceQuotas: [{profile: small, hard: {pods: 1}}]}", ["ORK1502"]),
        ("onReconcile: {networkPolicies: [{profile: deny-all, egress: []}]}", ["ORK1502"]),
        ("reconciler: {profile: conservative, workers: 5}", ["ORK1106"]),
    ],
)
def test_what_may_stand_beside_a_profile(box: str, codes: list[str]) -> None:
    assert load(box)[1] == codes


def test_a_reconcilers_profile() -> None:
    box = load("reconciler: {profile: high-throughput}")[0].boxes[0]
    assert (box.workers, box.resync_seconds, box.queue.max_depth) == (10, 300.0, 1000)
