"""Values held against the CRD's types, and children against what they would do. Only what is certain is reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from orkestra.katalog import Diagnostic, load_text
from orkestra.katalog.checks.schematypes import OPEN, FieldType, type_at
from tests.unit.katalog.katalogs import box_text, crd_text, load_folder

CRD = crd_text(
    "sites.shop.io",
    "Site",
    """
    spec:
      type: object
      required: [image, ports, size]
      properties:
        image: {type: string}
        host: {type: string}
        size: {type: string}
        region: {type: string, default: eu}
        replicas: {type: integer, default: 1}
        share: {type: number}
        public: {type: boolean, default: false}
        tier: {type: string, enum: [web, batch]}
        level: {type: integer, enum: [1, 2]}
        few: {type: integer, default: 3, minimum: 1, maximum: 10}
        either: {x-kubernetes-int-or-string: true}
        labels: {type: object, additionalProperties: {type: string}}
        ports: {type: array, items: {type: object, properties: {port: {type: integer}}}}
        open: {type: object, x-kubernetes-preserve-unknown-fields: true}
    status:
      type: object
      properties:
        phase: {type: string, enum: [Ready, Waiting]}
        count: {type: integer}
        ratio: {type: number}
        ok: {type: boolean}
        note: {type: string}
    """,
    required="[spec]",
)


def typed(box: str, folder: Path) -> list[Diagnostic]:
    """Findings of an entry whose CRD has the schema above."""
    lines = "".join(f"        {line}\n" for line in box.strip().splitlines())
    katalog = (
        "apiVersion: orkestra.orkspace.io/v1\nkind: Katalog\nmetadata: {name: shop}\nspec:\n  crds:\n"
        f"    site:\n      crdFile: crd.yaml\n      operatorBox:\n{lines}"
    )
    return load_folder(folder, crd=CRD, katalog=katalog)[1]


def told(found: list[Diagnostic]) -> list[str]:
    return [f"{each.code} {each.quote[each.span.column - 1 : each.span.end_column - 1]}" for each in found]


def untyped(box: str) -> list[str]:
    return told(load_text(box_text(box))[1])


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("replicas: '{{ .spec.replicas }}'", []),
        ("replicas: '{{ .spec.replicas | add 1 }}'", []),
        ("replicas: '{{ .spec.size | toInt }}'", []),
        ("replicas: '{{ .spec.replicas | default 3 }}'", []),
        ("replicas: '{{ if .spec.public }}3{{ else }}1{{ end }}'", []),
        ("replicas: ' {{ .spec.replicas }} '", []),
        ("replicas: '{{ .spec.size | toUpper }}'", ["ORK1306 {{ .spec.size | toUpper }}"]),
        ("replicas: '{{ .spec.replicas }}x'", ["ORK1307 {{ .spec.replicas }}x"]),
        ("replicas: '{{ not .spec.public }}'", ["ORK1307 {{ not .spec.public }}"]),
        ("replicas: '{{ len .spec.ports }}'", []),
        ("replicas: '{{ .spec.size }}'", ["ORK1306 {{ .spec.size }}"]),
        ("replicas: '{{ .spec.share }}'", ["ORK1306 {{ .spec.share }}"]),
        ("replicas: '{{ .spec.public }}'", ["ORK1307 {{ .spec.public }}"]),
        ("replicas: '{{ $.spec.labels }}'", ["ORK1307 {{ $.spec.labels }}"]),
        ("replicas: '{{- .spec.ports -}}'", ["ORK1307 {{- .spec.ports -}}"]),
        ("replicas: '{{ .spec.either }}'", []),
        ("replicas: '{{ .spec.open.x }}'", []),
        ("replicas: '{{ .spec.size | toInt }}'", []),
        ("replicas: '{{ .spec.size }}0'", []),
        ("image: '{{ .spec.ports }}'", ["ORK1306 {{ .spec.ports }}"]),
        ("securityContext: {privileged: '{{ .spec.replicas }}'}", ["ORK1307 {{ .spec.replicas }}"]),
        ("securityContext: {privileged: '{{ .spec.size }}'}", ["ORK1306 {{ .spec.size }}"]),
        ("securityContext: {privileged: '{{ .spec.public }}'}", []),
        ("forEach: {field: spec.ports, as: spec2}, name: 'x-{{ .index }}', replicas: '{{ .spec2.port }}'", []),
    ],
)
def test_templates_into_typed_fields(field: str, expected: list[str], tmp_path: Path) -> None:
    image = "" if field.startswith("image") else "image: nginx, "
    assert told(typed(f"onReconcile:\n  deployments:\n  - {{{image}{field}}}", tmp_path)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("{{ .spec.host }}", ["ORK1308 .spec.host"]),
        ("http://{{ .spec.host }}/", ["ORK1308 .spec.host"]),
        ("{{ .spec.labels.x }}", ["ORK1308 .spec.labels.x"]),
        ("{{ .spec.image }}{{ .spec.region }}", []),
        ('{{ .spec.host | default "x" }}', []),
        ("{{ if .spec.host }}{{ .spec.host }}{{ end }}", []),
        ("{{ .spec.open.x }}", []),
        ("{{ .status.phase }}", []),
        ("{{ .metadata.uid }}", []),
    ],
)
def test_optional_fields_without_a_default(value: str, expected: list[str], tmp_path: Path) -> None:
    assert told(typed(f"onReconcile:\n  configMaps:\n  - data: {{a: '{value}'}}", tmp_path)) == expected


def test_an_optional_field_is_told_once_and_not_where_a_condition_looks_at_it(tmp_path: Path) -> None:
    twice = "onReconcile:\n  configMaps:\n  - data: {a: '{{ .spec.host }}', b: '{{ .spec.host }}'}"
    assert told(typed(twice, tmp_path)) == ["ORK1308 .spec.host"]
    entry = "onReconcile:\n  configMaps:\n  - {when: [{field: spec.host, exists: true}], data: {a: '{{ .spec.host }}'}}"
    assert told(typed(entry, tmp_path)) == []
    assert told(typed(f"when: [{{field: spec.host, exists: true}}]\n{twice}", tmp_path)) == []


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("path: phase, value: Ready", []),
        ("path: phase, value: Redy", ["ORK1307 phase"]),
        ("path: phase, value: '{{ .spec.image }}'", []),
        ("path: phase, value: '{{ .spec.replicas }}'", ["ORK1307 phase"]),
        ("path: count, value: '{{ .spec.replicas }}'", []),
        ("path: count, value: '{{ .spec.size }}'", ["ORK1307 count"]),
        ("path: count, value: '{{ .spec.size }}', type: int", []),
        ("path: count, value: '{{ .spec.replicas }}', type: string", ["ORK1307 count"]),
        ("path: count, value: many", ["ORK1307 count"]),
        ("path: count, value: '12'", []),
        ("path: ratio, value: '{{ .spec.replicas }}'", []),
        ("path: ok, value: '{{ .spec.public }}'", []),
        ("path: ok, value: x, type: bool", []),
        ("path: status.note, value: '{{ .spec.image }}-{{ .spec.replicas }}'", []),
    ],
)
def test_status_fields(field: str, expected: list[str], tmp_path: Path) -> None:
    assert told(typed(f"status:\n  fields:\n  - {{{field}}}", tmp_path)) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("field: spec.replicas, greaterThan: 1", []),
        ("field: spec.size, greaterThan: 1", []),
        ("field: spec.public, greaterThan: 1", ["ORK1412 spec.public"]),
        ("field: spec.labels, between: '1,2'", ["ORK1412 spec.labels"]),
        ("field: spec.ports, regex: x", ["ORK1412 spec.ports"]),
        ("field: spec.public, prefix: t", ["ORK1412 spec.public"]),
        ("field: spec.replicas, prefix: '1'", []),
        ("field: spec.tier, equals: web", []),
        ("field: spec.tier, equals: Web", []),
        ("field: spec.tier, equals: wbe", ["ORK1413 spec.tier"]),
        ("field: spec.tier, notEquals: wbe", ["ORK1413 spec.tier"]),
        ("field: spec.tier, equals: ''", []),
        ("field: spec.tier, in: 'a, web'", []),
        ("field: spec.tier, in: [a, b]", ["ORK1413 spec.tier"]),
        ("field: spec.level, equals: 3", ["ORK1413 spec.level"]),
        ("field: spec.level, equals: 2", []),
        ("field: spec.replicas, equals: many", ["ORK1413 spec.replicas"]),
        ("field: spec.replicas, equals: 3.0", []),
        ("field: spec.replicas, equals: '{{ .spec.size }}'", []),
        ("field: spec.public, equals: yes please", ["ORK1413 spec.public"]),
        ("field: spec.public, equals: true", []),
        ("field: spec.public, equals: True", []),
        ("field: spec.either, equals: many", []),
        ("field: spec.open.x, greaterThan: 1", []),
        ("field: spec.public, exists: true", ["ORK1414 spec.public"]),
        ("field: spec.ports, notExists: true", ["ORK1414 spec.ports"]),
        ("field: spec.image, exists: true", []),
        ("field: spec.labels, exists: true", []),
    ],
)
def test_conditions_that_do_not_fit_the_field(condition: str, expected: list[str], tmp_path: Path) -> None:
    assert told(typed(f"when: [{{{condition}}}]", tmp_path)) == expected


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ("equals: webb", "never"),
        ("notEquals: webb", "always"),
        ("equals: webb, negate: true", "always"),
        ("notIn: [webb], negate: true", "never"),
    ],
)
def test_the_verdict_is_told(condition: str, verdict: str, tmp_path: Path) -> None:
    found = typed(f"when: [{{field: spec.tier, {condition}}}]", tmp_path)
    assert f"this {verdict} holds" in found[0].message
    assert found[0].hint == ("" if "[" in condition else 'did you mean "web"?')


@pytest.mark.parametrize(
    ("first", "second", "is_told"),
    [
        ("equals: a", "equals: b", True),
        ("equals: a", "equals: a", False),
        ("equals: a", "notEquals: a", True),
        ("notEquals: a", "equals: a", True),
        ("equals: a", "notEquals: b", False),
        ("equals: a", "{equals: a, negate: true}", True),
        ("exists: true", "notExists: true", True),
        ("exists: false", "exists: true", True),
        ("equals: a", "exists: false", True),
        ("lessThan: 3", "greaterThan: 5", True),
        ("greaterThan: 3", "lessThan: 5", False),
        ("lessThan: 3", "greaterThanOrEqual: 3", True),
        ("lessThanOrEqual: 3", "greaterThanOrEqual: 3", False),
        ("greaterThan: 7", "{greaterThan: 7, negate: true}", True),
        ("equals: '{{ .spec.a }}'", "equals: b", False),
        ("equals: '1.0', valueType: float", "equals: '1'", False),
        ("regex: a", "regex: b", False),
    ],
)
def test_conditions_that_exclude_each_other(first: str, second: str, is_told: bool) -> None:
    tests = [
        f"{{field: spec.x, {test.strip('{}')}}}" if "{{" not in test else f"{{field: spec.x, {test}}}"
        for test in (first, second)
    ]
    assert untyped(f"when:\n- {tests[0]}\n- {tests[1]}") == (["ORK1414 spec.x"] if is_told else [])


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ("onReconcile: {services: [{port: 80, name: 'a-{{ randomHex 4 }}'}]}", ["ORK1507 randomHex"]),
        ("onCreate: {services: [{port: 80, name: 'a-{{ randomHex 4 }}'}]}", ["ORK1507 randomHex"]),
        ("onReconcile: {services: [{port: 80, namespace: 'a-{{ randomHex 4 }}'}]}", ["ORK1507 randomHex"]),
        ("onReconcile: {configMaps: [{data: {a: '{{ randomHex 4 }}'}}]}", ["ORK1508 randomHex"]),
        ("onReconcile: {configMaps: [{data: {a: '{{ timeAgo .metadata.creationTimestamp }}'}}]}", ["ORK1508 timeAgo"]),
        ("onCreate: {configMaps: [{data: {a: '{{ randomHex 4 }}'}}]}", []),
        ("onCreate: {configMaps: [{reconcile: true, data: {a: '{{ randomHex 4 }}'}}]}", ["ORK1508 randomHex"]),
        ("onCreate: {secrets: [{once: true, data: {a: '{{ randomHex 4 }}'}}]}", []),
        ("onReconcile: {services: [{port: 80, name: 'a-{{ .metadata.name }}'}]}", []),
    ],
)
def test_what_changes_with_every_render(box: str, expected: list[str]) -> None:
    assert [each for each in untyped(box) if "ORK19" not in each] == expected


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ("status: {fields: [{path: a, value: '{{ .children.secret.data.x }}'}]}", ["ORK1702 .children.secret.data.x"]),
        (
            "onReconcile: {configMaps: [{data: {a: '{{ .children.secrets.data }}'}}]}",
            ["ORK1702 .children.secrets.data"],
        ),
        (
            "onReconcile: {deployments: [{image: x, args: ['--p={{ .children.secret.data.x }}']}]}",
            ["ORK1702 .children.secret.data.x"],
        ),
        ("onReconcile: {secrets: [{data: {a: '{{ .children.secret.data.x }}'}}]}", []),
        ("status: {fields: [{path: a, value: '{{ .children.secret.metadata.name }}'}]}", []),
        ("status: {fields: [{path: a, value: '{{ .children.configMap.data.x }}'}]}", []),
    ],
)
def test_values_of_secrets_in_the_open(box: str, expected: list[str]) -> None:
    assert [each for each in untyped(box) if "ORK1223" not in each] == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("securityContext: {privileged: true}", ["ORK1703 privileged"]),
        ('securityContext: {"\\x70rivileged": true}', ['ORK1703 "\\x70rivileged"']),
        ("securityContext: {privileged: false}", []),
        ("securityContext: {privileged: '{{ .spec.x }}'}", []),
        ("volumes: [{name: a, hostPath: /var/run}], volumeMounts: [{name: a, mountPath: /a}]", ["ORK1703 hostPath"]),
        ("volumes: [{name: a, emptyDir: {}}], volumeMounts: [{name: a, mountPath: /a}]", []),
        ("securityContext: {capabilities: {add: [SYS_ADMIN, NET_BIND_SERVICE], drop: [ALL]}}", ["ORK1703 SYS_ADMIN"]),
        ("sidecars: [{name: a, image: b, securityContext: {privileged: true}}]", ["ORK1703 privileged"]),
        ("labels: {privileged: 'true'}", []),
    ],
)
def test_pods_that_could_leave_their_container(field: str, expected: list[str]) -> None:
    assert untyped(f"onReconcile:\n  deployments:\n  - {{image: nginx, {field}}}") == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("apiGroups: [''], resources: [pods], verbs: [get]", []),
        ("apiGroups: [''], resources: [pods], verbs: ['*']", ["ORK1704 '*'"]),
        ("apiGroups: ['*'], resources: ['*'], verbs: [get]", ["ORK1704 '*'"]),
        ("apiGroups: [shop.io], resources: ['*'], verbs: [get]", []),
    ],
)
def test_roles_that_may_do_everything(rule: str, expected: list[str]) -> None:
    for kind in ("roles", "clusterRoles"):
        assert untyped(f"onReconcile:\n  {kind}:\n  - rules: [{{{rule}}}]") == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("labels: {argocd.argoproj.io/instance: a}", ["ORK1801 argocd.argoproj.io/instance"]),
        ("labels: {app.kubernetes.io/instance: a}", []),
        (
            "labels: {app.kubernetes.io/instance: '{{ index .metadata.labels \"x\" }}'}",
            ["ORK1801 app.kubernetes.io/instance"],
        ),
        ("annotations: {kustomize.toolkit.fluxcd.io/name: a}", ["ORK1801 kustomize.toolkit.fluxcd.io/name"]),
        ("annotations: {all: '{{ toJson .metadata.labels }}'}", ["ORK1801 .metadata.labels"]),
        ("labels: {team: '{{ .metadata.labels.team }}'}", []),
    ],
)
def test_marks_of_other_tools(field: str, expected: list[str]) -> None:
    assert untyped(f"onReconcile:\n  deployments:\n  - {{image: nginx, {field}}}") == expected
    if "labels" not in field.partition("{")[2]:
        custom = f"onReconcile:\n  custom:\n  - {{apiVersion: v1, kind: Pod, metadata: {{name: a, {field}}}}}"
        assert untyped(custom) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a", FieldType("string", True)),
        ("b", FieldType("integer")),
        ("list.*", FieldType("boolean")),
        ("list.0.x", OPEN),
        ("map.any", FieldType("string", allowed=("x",))),
        ("absent", OPEN),
        ("odd", OPEN),
    ],
)
def test_the_type_at_a_path(path: str, expected: FieldType) -> None:
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {
            "a": {"type": "string"},
            "b": {"type": "integer"},
            "list": {"type": "array", "items": {"type": "boolean"}},
            "map": {"type": "object", "additionalProperties": {"type": "string", "enum": ["x"]}},
            "odd": 7,
        },
    }
    assert type_at(tuple(path.split(".")), schema) == expected
