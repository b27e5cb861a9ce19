"""Parts of an entry that say what cannot be so, and children that two places declare."""

from __future__ import annotations

import pytest

from orkestra.katalog import load_text
from tests.unit.katalog.katalogs import box_codes, box_text

_DATA = "volumes: [{name: data, emptyDir: {}}]"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (f"{_DATA}, volumeMounts: [{{name: data, mountPath: /a}}]", []),
        (f"{_DATA}, sidecars: [{{name: a, image: b, volumeMounts: [{{name: data, mountPath: /a}}]}}]", []),
        (f"{_DATA}, volumeMounts: [{{name: dta, mountPath: /a}}]", ["ORK1521"]),
        (f"{_DATA}, volumeMounts: [{{name: '{{{{ .spec.v }}}}', mountPath: /a}}]", []),
        ("volumes: [{name: '{{ .spec.v }}', emptyDir: {}}], volumeMounts: [{name: data, mountPath: /a}]", []),
        (f"{_DATA}, volumeMounts: [{{name: data, mountPath: /a}}, {{name: data, mountPath: /a}}]", ["ORK1203"]),
        (_DATA, ["ORK1523"]),
        ("env: [{name: A, value: b}, {name: A, value: c}]", ["ORK1203"]),
        ("sidecars: [{name: a, image: b}, {name: a, image: c}]", ["ORK1203"]),
        ("resources: {requests: {cpu: 2}, limits: {cpu: 1500m}}", ["ORK1522"]),
        ("resources: {requests: {cpu: 1}, limits: {cpu: 1000m}}", []),
        ("resources: {requests: {cpu: '{{ .spec.cpu }}'}, limits: {cpu: 1}}", []),
        ("probes: {liveness: {path: /}}", ["ORK1521"]),
        ("probes: {liveness: {path: /, port: 80}}", []),
        ("port: 80, probes: {liveness: {path: /}}", []),
        ("rollingUpdate: {maxSurge: 0, maxUnavailable: 0%}", ["ORK1522"]),
        ("rollingUpdate: {maxSurge: 0, maxUnavailable: 1}", []),
    ],
)
def test_parts_of_a_pod(fields: str, expected: list[str]) -> None:
    assert sorted(box_codes(f"onReconcile: {{deployments: [{{image: nginx, {fields}}}]}}")) == expected


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ("onReconcile: {deployments: [{image: a}], hpa: [{minReplicas: 5, maxReplicas: 3}]}", ["ORK1522"]),
        ("onReconcile: {services: [{port: 80, headless: true, type: LoadBalancer}]}", ["ORK1522"]),
        ("onReconcile: {services: [{port: 80, headless: true}]}", []),
        ("onReconcile: {limitRanges: [{name: a, limits: [{type: Pod, min: {cpu: 2}, max: {cpu: 1}}]}]}", ["ORK1522"]),
        ("onReconcile: {services: [{port: 80}, {name: '{{ $.metadata.name }}-svc', port: 80}]}", ["ORK1203"]),
        (
            "onCreate: {services: [{port: 80}]}\nonReconcile: {services: [{name: '{{.metadata.name}}-svc', port: 80}]}",
            ["ORK1203"],
        ),
        (
            "onReconcile:\n  services: [{name: web, port: 80}]\n"
            "  custom: [{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{port: 80}]}}]",
            ["ORK1203"],
        ),
        ("onReconcile: {namespaces: [{name: shop}]}", ["ORK1524"]),
        ("onReconcile: {namespaces: [{name: '{{ .metadata.name }}'}]}", []),
        ("onReconcile: {services: [{name: web, port: 80}]}", []),
    ],
)
def test_entries(box: str, expected: list[str]) -> None:
    assert sorted(box_codes(box)) == expected


def test_two_boxes_that_write_one_object() -> None:
    text = box_text("onReconcile: {configMaps: [{name: shared, namespace: shop, data: {a: b}}]}")
    other = text.partition("    website:\n")[2].replace("Website", "Blog").replace("websites", "blogs")
    found = [each for each in load_text(f"{text}    blog:\n{other}")[1] if each.code == "ORK1203"]
    assert [each.message for each in found] == ["configMaps: ConfigMap shared is declared twice"]
    assert found[0].related[0].message == "website.onReconcile.configMaps[0] is here"


@pytest.mark.parametrize(
    ("reach", "expected"),
    [
        ("namespace: a, restrictedNamespaces: [a]", ["ORK1220"]),
        ("namespace: a, allowedNamespaces: [b]", ["ORK1220"]),
        ("namespace: a, allowedNamespaces: [a]", []),
        ("namespaced: false, namespace: a", ["ORK1220"]),
        (
            "labelSelector: {matchLabels: {a: b}, matchExpressions: [{key: a, operator: NotIn, values: [b]}]}",
            ["ORK1220"],
        ),
        ("labelSelector: {a: b}", []),
    ],
)
def test_entries_that_no_object_reaches(reach: str, expected: list[str]) -> None:
    text = f"""\
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {{name: shop}}
spec:
  crds:
    site: {{apiTypes: {{group: a.io, version: v1, kind: Site, plural: sites}}, {reach}}}
"""
    assert [each.code for each in load_text(text)[1]] == expected
