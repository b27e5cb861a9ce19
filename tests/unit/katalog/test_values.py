from __future__ import annotations

from typing import Any

import pytest

from orkestra.katalog import RenderError
from orkestra.katalog.model import OperatorBox, ResourceEntry
from orkestra.template import Environment
from tests.unit.katalog.katalogs import load_box

SITE: dict[str, Any] = {
    "metadata": {"name": "blog", "namespace": "web"},
    "spec": {"image": "nginx", "replicas": 3, "ratio": 1.5, "port": "8080", "on": True, "word": "many", "none": None},
}


def entry_of(box: OperatorBox) -> ResourceEntry:
    return box.on_reconcile.entries[0]


def field_of(fields: str, name: str) -> Any:
    box = load_box(f"onReconcile:\n  deployments:\n  - image: nginx\n    {fields}")
    return entry_of(box).fields[name].render(SITE, Environment())


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ("replicas: 3", "replicas", 3),
        ('replicas: "3"', "replicas", 3),
        ('replicas: "{{ .spec.replicas }}"', "replicas", 3),
        ('replicas: "{{ .spec.missing }}"', "replicas", None),
        ('replicas: "{{ .spec.port }}"', "replicas", 8080),
        ("rollingUpdate: {maxSurge: 50%}", "rollingUpdate", {"maxSurge": "50%"}),
        ("port: 80", "port", 80),
        ('port: "{{ .spec.port }}"', "port", "8080"),
        ("serviceAccountName: no", "serviceAccountName", "no"),
        ("serviceAccountName: 1.10", "serviceAccountName", "1.10"),
        ('serviceAccountName: "{{ .spec.replicas }}"', "serviceAccountName", "3"),
        ('serviceAccountName: "{{ .spec.missing }}"', "serviceAccountName", ""),
        ('workingDirectory: "{ not a template }"', "workingDirectory", "{ not a template }"),
        ('args: [--port, 8080, "{{ .spec.image }}"]', "args", ["--port", "8080", "nginx"]),
        ('labels: {"{{ .metadata.name }}": "{{ .spec.on }}", fixed: on}', "labels", {"blog": "true", "fixed": "on"}),
        ('securityContext: {runAsNonRoot: "{{ .spec.on }}"}', "securityContext", {"runAsNonRoot": True}),
        (
            "rollingUpdate: {maxSurge: 25%, maxUnavailable: 0}",
            "rollingUpdate",
            {"maxSurge": "25%", "maxUnavailable": 0},
        ),
    ],
)
def test_a_field_renders_to_the_type_it_holds(fields: str, name: str, value: object) -> None:
    assert field_of(fields, name) == value


def test_free_form_trees_keep_types_and_follow_kubectls_rules() -> None:
    box = load_box(
        """
        onReconcile:
          custom:
          - apiVersion: shop.io/v1
            kind: Thing
            metadata: {name: x}
            spec: {a: yes, b: 017, c: 22:30, d: "{{ .spec.replicas }}", e: "n-{{ .spec.replicas }}", f: [~]}
        """
    )
    spec = entry_of(box).fields["spec"].render(SITE, Environment())
    assert spec == {"a": True, "b": 15, "c": "22:30", "d": 3, "e": "n-3", "f": [None]}


def test_a_tree_without_templates_is_one_constant() -> None:
    box = load_box("onReconcile:\n  deployments:\n  - {image: nginx, env: [{name: A, value: b}]}")
    fields = entry_of(box).fields
    assert fields["env"].is_constant
    assert fields["env"].render({}, Environment()) is fields["env"].render(SITE, Environment())


def test_a_value_knows_what_it_reads() -> None:
    box = load_box(
        'onReconcile:\n  deployments:\n  - {image: "{{ .spec.image }}:{{ .status.tag }}", labels: {a: "{{ .kind }}"}}'
    )
    fields = entry_of(box).fields
    assert fields["image"].paths == {("spec", "image"), ("status", "tag")}
    assert fields["labels"].paths == {("kind",)}


def test_a_template_that_fails_names_entry_field_expression_and_place() -> None:
    box = load_box(
        """
        onReconcile:
          configMaps:
          - data:
              app.conf: |
                listen 80
                size {{ index .spec.word 99 }}
        """
    )
    with pytest.raises(RenderError) as caught:
        entry_of(box).fields["data"].render(SITE, Environment())
    error = caught.value
    assert error.entry_id == "website.onReconcile.configMaps[0]"
    assert error.field == "data.app.conf"
    assert "index .spec.word 99" in error.expression
    assert (error.line, error.column) == (14, 25)
    assert str(error).startswith("katalog.yaml:14:25: website.onReconcile.configMaps[0]: data.app.conf: ")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ('replicas: "{{ .spec.word }}"', "expected a number, got 'many'"),
        ('replicas: "{{ .spec.ratio }}"', "expected a whole number, got 1.5"),
        ('replicas: "{{ .spec }}"', "expected a number"),
        ('securityContext: {privileged: "{{ .spec.word }}"}', "expected true or false"),
    ],
)
def test_a_result_of_the_wrong_type_is_an_error_with_its_place(fields: str, message: str) -> None:
    with pytest.raises(RenderError, match=message):
        field_of(fields, fields.partition(":")[0])
