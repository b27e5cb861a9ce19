"""Children passed on as written are held against the schema of their kind; templates are left to the run."""

from __future__ import annotations

from pathlib import Path

import pytest

from orkestra.katalog import load_text
from orkestra.katalog.checks.manifests import judge
from orkestra.katalog.crdfile import crds_in
from orkestra.katalog.diagnostics import Findings, SourceText
from orkestra.katalog.source import parse
from tests.unit.katalog.katalogs import box_text, crd_text, load_folder

CRD = crd_text(
    "queues.mq.io",
    "Queue",
    """
    spec: {type: object, required: [size], properties: {size: {type: integer}, mode: {type: string, default: a}}}
    """,
    required="[spec]",
)


def told(text: str, **options: object) -> list[tuple[str, str]]:
    """(what it points at, message) of every child that would be refused."""
    found = load_text(text, **options)[1]  # type: ignore[arg-type]  # options of load_text
    assert {each.code for each in found} <= {"ORK1506"}
    return [(each.quote[each.span.column - 1 : each.span.end_column - 1], each.message) for each in found]


def custom(api_version: str, kind: str, rest: str) -> str:
    return box_text(
        f"onReconcile:\n  custom:\n  - {{apiVersion: {api_version}, kind: {kind}, metadata: {{name: a}}, {rest}}}"
    )


POLICY = "networking.k8s.io/v1", "NetworkPolicy"


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("podSelector: {}, policyTypes: [Ingress]", []),
        ("podSelectr: {}", [("podSelectr", 'unknown key "podSelectr" in spec')]),
        ("podSelector: x", [("x", 'spec.podSelector: expected a map, found text "x"')]),
        ("policyTypes: [In]", [("In", 'spec.policyTypes[0]: "In" is not one of Egress, Ingress')]),
        ("policyTypes: Ingress", [("Ingress", 'spec.policyTypes: expected a list, found text "Ingress"')]),
        ("ingress: [{ports: [{port: 80}, {port: http}]}]", []),
        (
            "ingress: [{ports: [{port: {}}]}]",
            [("{", "spec.ingress[0].ports[0].port: expected text or a number, found a map")],
        ),
        (
            "podSelector: {matchLabels: {a: 1}}",
            [("1", "spec.podSelector.matchLabels.a: expected text, found the number 1")],
        ),
        ("policyTypes: ['{{ .spec.type }}']", []),
        ("'{{ .spec.key }}': {}", []),
        ("podSelector: null", []),
    ],
)
def test_a_custom_child_of_a_builtin_kind(spec: str, expected: list[tuple[str, str]]) -> None:
    assert told(custom(*POLICY, f"spec: {{{spec}}}")) == expected


def test_what_is_required_is_missed() -> None:
    found = told(custom("apps/v1", "Deployment", "spec: {template: {spec: {containers: [{image: nginx}]}}}"))
    assert [message for _, message in found] == [
        "spec: selector is required",
        "spec.template.spec.containers[0]: name is required",
    ]


def test_unknown_kinds_and_templated_kinds_are_left_alone() -> None:
    assert told(custom("example.com/v1", "Other", "spec: {a: b}")) == []
    assert told(custom("'{{ .spec.v }}'", "NetworkPolicy", "spec: {a: b}")) == []


def test_a_child_whose_crd_is_at_hand() -> None:
    crds = crds_in([("queue.yaml", CRD.encode())], Findings())
    text = custom("mq.io/v1", "Queue", "spec: {size: big, mod: x}")
    assert told(text) == []
    assert [message for _, message in told(text, crds=crds)] == [
        'spec.size: expected a whole number, found text "big"',
        'unknown key "mod" in spec',
    ]
    assert told(custom("mq.io/v1", "Queue", "spec: {size: 3}"), crds=crds) == []
    assert [message for _, message in told(custom("mq.io/v1", "Queue", "hasStatus: true"), crds=crds)] == [
        "Queue: spec is required"
    ]


def test_a_child_of_a_kind_the_katalog_operates(tmp_path: Path) -> None:
    katalog = """\
        apiVersion: orkestra.orkspace.io/v1
        kind: Katalog
        metadata: {name: shop}
        spec:
          crds:
            queue: {crdFile: queue.yaml}
            website:
              apiTypes: {group: shop.io, version: v1, kind: Website, plural: websites}
              operatorBox:
                onReconcile:
                  custom: [{apiVersion: mq.io/v1, kind: Queue, metadata: {name: a}, spec: {size: "1"}}]
        """
    _, found = load_folder(tmp_path, queue=CRD, katalog=katalog)
    assert [each.message for each in found] == ['spec.size: expected a whole number, found text "1"']


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("securityContext: {capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}", []),
        (
            "securityContext: {capabilities: {drp: [ALL]}}",
            [("drp", 'unknown key "drp" in securityContext.capabilities')],
        ),
        ("podSecurity: {sysctls: [{nme: a}]}", [("nme", 'unknown key "nme" in podSecurity.sysctls[0]')]),
    ],
)
def test_parts_of_pods_in_the_words_of_kubernetes(field: str, expected: list[tuple[str, str]]) -> None:
    text = box_text(f"onReconcile:\n  deployments:\n  - {{image: nginx, {field}}}")
    assert [each for each in told(text) if "required" not in each[1]] == expected


@pytest.mark.parametrize(
    "schema",
    [
        7,
        {"$ref": "#/components/schemas/none"},
        {"allOf": 5},
        {"type": ["string"]},
        {"type": "nonsense"},
        {"properties": 5, "required": "a", "additionalProperties": 7},
        {"type": "object", "properties": {"a": {"enum": {"b": 1}}}, "required": [1, None]},
        {"items": []},
        {},
    ],
)
def test_no_schema_of_a_crd_breaks_the_check(schema: object) -> None:
    node = parse(SourceText("a.yaml", "{a: {b: [1, x]}}"), Findings())
    assert node is not None
    list(judge(node, schema, "spec", is_builtin=False))
