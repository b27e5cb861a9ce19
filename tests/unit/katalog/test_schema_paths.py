"""Paths are held against the CRD's schema; only what is certainly wrong is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from orkestra.katalog.checks.schemas import missing_step
from orkestra.katalog.paths import parse_path
from tests.unit.katalog.katalogs import load_folder

SCHEMA = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "properties": {
                "image": {"type": "string"},
                "ports": {"type": "array", "items": {"type": "object", "properties": {"port": {"type": "integer"}}}},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                "open": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                "either": {"type": "object", "properties": {"a": {}}, "oneOf": [{"required": ["a"]}]},
                "any": {"type": "object"},
            },
        },
        "status": {"type": "object", "properties": {"phase": {"type": "string"}}},
    },
}


@pytest.mark.parametrize(
    "path",
    [
        "spec.image",
        "spec.ports[0].port",
        "spec.ports.*.port",
        "spec.labels.x",
        "spec.open.a.b",
        "spec.either.b",
        "spec.any.x",
    ],
)
def test_paths_that_may_exist(path: str) -> None:
    assert missing_step(tuple(path.split(".")) if "*" in path else parse_path(path), SCHEMA) is None


@pytest.mark.parametrize(
    ("path", "step"),
    [("spec.imag", 1), ("spec.ports[0].prot", 3), ("status.phas", 1), ("data", 0)],
)
def test_paths_that_cannot_exist(path: str, step: int) -> None:
    found = missing_step(parse_path(path), SCHEMA)
    assert found is not None
    assert found[0] == step


CRD = """\
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: sites.shop.io}
    spec:
      group: shop.io
      names: {kind: Site, plural: sites}
      scope: Namespaced
      versions:
      - name: v1
        served: true
        storage: true
        schema:
          openAPIV3Schema:
            type: object
            properties:
              spec: {type: object, properties: {image: {type: string}, regions: {type: array, items: {type: string}}}}
              status: {type: object, properties: {phase: {type: string}}}
    """


def test_templates_conditions_loops_and_status_fields_are_held_against_it(tmp_path: Path) -> None:
    katalog = """\
    apiVersion: orkestra.orkspace.io/v1
    kind: Katalog
    metadata: {name: shop}
    spec:
      crds:
        site:
          crdFile: crd.yaml
          operatorBox:
            when: [{field: spec.imag, exists: true}]
            onReconcile:
              deployments:
              - image: "{{ .spec.image }}:{{ .spec.tag }}"
                labels: {ok: "{{ .metadata.anything }}"}
              serviceAccounts:
              - name: "a-{{ .spec }}"
                forEach: {field: spec.region, as: spec2}
            status:
              fields:
              - {path: phase, value: x}
              - {path: phse, value: x}
    """
    _, found = load_folder(tmp_path, katalog=katalog, crd=CRD)
    wrong = [(str(d.span), d.hint) for d in found if d.code == "ORK1305"]
    assert wrong == [
        ("9:24", 'did you mean "image"?'),
        ("12:42", "known: image, regions"),
        ("16:30", 'did you mean "regions"?'),
        ("20:20", 'did you mean "phase"?'),
    ]
