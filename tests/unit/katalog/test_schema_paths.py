"""Paths are held against the CRD's schema; only what is certainly wrong is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from orkestra.katalog import load_text
from orkestra.katalog.checks.schematypes import gap_in
from orkestra.katalog.paths import parse_path
from tests.unit.katalog.katalogs import crd_text, load_folder

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
    assert gap_in(tuple(path.split(".")) if "*" in path else parse_path(path), SCHEMA) is None


@pytest.mark.parametrize(
    ("path", "step"),
    [
        ("spec.imag", 1),
        ("spec.ports[0].prot", 3),
        ("spec.ports.port", 2),
        ("spec.image.tag", 2),
        ("status.phas", 1),
        ("data", 0),
    ],
)
def test_paths_that_cannot_exist(path: str, step: int) -> None:
    found = gap_in(parse_path(path), SCHEMA)
    assert found is not None
    assert found[0] == step


CRD = crd_text(
    "sites.shop.io",
    "Site",
    """
    spec: {type: object, properties: {image: {type: string}, regions: {type: array, items: {type: string}}}}
    status: {type: object, properties: {phase: {type: string}}}
    """,
)


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
        ("13:30", ""),
        ("16:30", 'did you mean "regions"?'),
        ("20:20", 'did you mean "phase"?'),
    ]


def paths_told(box: str, folder: Path) -> list[tuple[str, str]]:
    """(message, hint) of every path that cannot exist in an entry whose CRD is the one above."""
    lines = "".join(f"        {line}\n" for line in box.strip().splitlines())
    katalog = (
        "apiVersion: orkestra.orkspace.io/v1\nkind: Katalog\nmetadata: {name: shop}\nspec:\n  crds:\n"
        f"    site:\n      crdFile: crd.yaml\n      operatorBox:\n{lines}"
    )
    return [(d.message, d.hint) for d in load_folder(folder, katalog=katalog, crd=CRD)[1] if d.code == "ORK1305"]


@pytest.mark.parametrize(
    ("template", "hint"),
    [
        ("{{ .spec.imaeg | toLower }}", 'did you mean "image"?'),
        ("{{ with .spec }}{{ .imaeg }}{{ end }}", 'did you mean "image"?'),
        ("{{ range .spec.regoins }}{{ . }}{{ end }}", 'did you mean "regions"?'),
        ("{{ $s := .spec }}{{ $s.imaeg }}", 'did you mean "image"?'),
        ('{{ index .spec "imaeg" }}', 'did you mean "image"?'),
        ('{{ getOr .spec "imaeg" "x" }}', 'did you mean "image"?'),
        ('{{ get . "spec" "imaeg" }}', 'did you mean "image"?'),
        ("{{ (spec .).imaeg }}", 'did you mean "image"?'),
        ("{{ .metadata.nmae }}", 'did you mean "name"?'),
        ("{{ .spec.image.tag }}", ""),
        ("{{ .spec.regions.first }}", "go over it with range, or take an item with index"),
        ("{{ .children.deployment.status.redyReplicas }}", 'did you mean "readyReplicas"?'),
        ('{{ (index .children.deployments "web").spec.replcias }}', 'did you mean "replicas"?'),
    ],
)
def test_a_path_is_followed_through_templates(template: str, hint: str, tmp_path: Path) -> None:
    found = paths_told(f"status: {{fields: [{{path: phase, value: '{template}'}}]}}", tmp_path)
    assert [each for _, each in found] == [hint]


def test_items_of_a_loop_have_the_schema_of_what_it_goes_over(tmp_path: Path) -> None:
    entry = "{forEach: {field: spec.regions, as: region}, name: 'a-{{ .region.zone }}-{{ .item }}', port: 80}"
    assert paths_told(f"onReconcile: {{services: [{entry}]}}", tmp_path) == [
        ("region.zone: region is text, there is no zone in it", "")
    ]


def test_ready_when_looks_at_the_child(tmp_path: Path) -> None:
    entry = "{port: 80, readyWhen: [{field: status.loadBalancr.ingress}, {field: status.loadBalancer.ingress}]}"
    assert paths_told(f"onReconcile: {{services: [{entry}]}}", tmp_path) == [
        ("status.loadBalancr.ingress: Service has no loadBalancr in status", 'did you mean "loadBalancer"?')
    ]


def test_a_built_in_kind_has_its_own_schema() -> None:
    text = """\
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {name: shop}
spec:
  crds:
    apps:
      apiTypes: {kind: Deployment}
      labelSelector: {team: web}
      operatorBox:
        when: [{field: spec.replcias, greaterThan: 1}]
"""
    assert [(d.code, d.hint) for d in load_text(text)[1]] == [("ORK1305", 'did you mean "replicas"?')]
