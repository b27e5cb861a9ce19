"""Mistakes that a cluster would show at night: each has its finding, and what is near it and right has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from orkestra.katalog import load_text
from tests.unit.katalog.katalogs import box_codes, box_text, findings_of
from tests.unit.katalog.test_expressions import judged

OWN = """\
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {name: shop}
spec:
  crds:
    blog:
      apiTypes: {group: a.b, version: v1, kind: Blog, plural: blogs}
      %s
      operatorBox:
        onReconcile:
          custom:
            - {apiVersion: a.b/%s, kind: %s, metadata: {name: "{{ .metadata.name }}-x"%s}%s}
"""


@pytest.mark.parametrize(
    ("entry", "version", "kind", "metadata", "more", "is_endless"),
    [
        ("enabled: true", "v1", "Blog", "", "", True),
        ("enabled: true", "v2", "Blog", "", "", True),
        ("enabled: false", "v1", "Blog", "", "", False),
        ("enabled: true", "v1", "Blogs", "", "", False),
        ("labelSelector: {role: main}", "v1", "Blog", "", "", False),
        ("labelSelector: {role: main}", "v1", "Blog", ", labels: {role: copy}", "", False),
        ("labelSelector: {role: main}", "v1", "Blog", ", labels: {role: '{{ .spec.x }}'}", "", False),
        ("labelSelector: {role: main}", "v1", "Blog", ", labels: {role: main}", "", True),
        ("labelSelector: {matchExpressions: [{key: a, operator: DoesNotExist}]}", "v1", "Blog", "", "", True),
        ("enabled: true", "v1", "Blog", "", ", when: [{field: spec.leaf, notEquals: 'true'}]", False),
        ("enabled: true", "v1", "Blog", "", ", forEach: {field: spec.copies}", False),
        ("namespace: here", "v1", "Blog", ", namespace: there", "", False),
        ("namespace: here", "v1", "Blog", ", namespace: here", "", True),
        ("restrictedNamespaces: [there]", "v1", "Blog", ", namespace: there", "", False),
        ("enabled: true", "v1", "Blog", ", namespace: '{{ .spec.place }}'", "", False),
        ("enabled: true", "v1", "Blog", ", namespace: '{{ .metadata.namespace }}'", "", True),
    ],
)
def test_an_entry_does_not_make_objects_of_its_own_without_end(
    entry: str, version: str, kind: str, metadata: str, more: str, is_endless: bool
) -> None:
    codes = [code for code, _, _ in findings_of(OWN % (entry, version, kind, metadata, more))]
    assert ("ORK1224" in codes) is is_endless


def test_a_built_in_kind_makes_none_of_its_own_either() -> None:
    text = OWN.replace("apiTypes: {group: a.b, version: v1, kind: Blog, plural: blogs}", "apiTypes: {kind: ConfigMap}")
    head = text.partition("          custom:")[0] % "labelSelector: {copy: 'yes'}"
    made = "          configMaps: [{{name: '{{{{ .metadata.name }}}}-x', labels: {{copy: '{}'}}}}]\n"
    assert "ORK1224" in {code for code, _, _ in findings_of(head + made.format("yes"))}
    assert "ORK1224" not in {code for code, _, _ in findings_of(head + made.format("no"))}


@pytest.mark.parametrize(
    ("name", "codes"),
    [("9{{ .metadata.name }}", ["ORK1501"]), ("a{{ .metadata.name }}", []), ("{{ .metadata.name }}9", [])],
)
def test_the_name_of_a_service_begins_with_a_letter(name: str, codes: list[str]) -> None:
    assert box_codes(f"onReconcile: {{services: [{{name: '{name}', port: 80}}]}}") == codes
    assert box_codes(f"onReconcile: {{configMaps: [{{name: '{name}'}}]}}") == []


@pytest.mark.parametrize(
    ("box", "place"),
    [
        ("status: {fields: [{path: a, value: '{{ .children.secret | toJson }}'}]}", "the status"),
        ("status: {fields: [{path: a, value: '{{ .children.secret }}'}]}", "the status"),
        ("status: {fields: [{path: a, value: '{{ index .children.secrets \"a\" | toJson }}'}]}", "the status"),
        ("status: {fields: [{path: a, value: '{{ .children.secret.data.k }}'}]}", "the status"),
        ("status: {fields: [{path: a, value: '{{ .children.secret.metadata.name }}'}]}", ""),
        ("status: {fields: [{path: a, value: '{{ resourceExists .children.secret }}'}]}", ""),
    ],
)
def test_a_secret_does_not_get_out(box: str, place: str) -> None:
    made = "onCreate: {secrets: [{name: a, data: {k: '{{ .spec.k }}'}}]}"
    told = [message for code, _, message in findings_of(box_text(f"{box}\n{made}")) if code == "ORK1702"]
    assert [message.endswith(f"in {place}") for message in told] == ([True] if place else [])


def test_a_secret_does_not_get_into_an_event_or_a_message() -> None:
    rule = "{field: spec.x, exists: true, message: 'no {{ .children.secret.data.k }}'}"
    notify = "{teams: [ops], message: '{{ .children.secret.data.k }}'}"
    made = "onCreate: {secrets: [{name: a, data: {k: '{{ .spec.k }}'}}]}"
    text = box_text(f"{made}\nwhen: [{{field: spec.a, exists: true, notify: {notify}}}]")
    text += f"      validation: {{rules: [{rule}]}}\nnotification: {{teams: {{ops: {{email: [a@b.c]}}}}}}\n"
    told = sorted(message.rpartition(" in ")[2] for code, _, message in findings_of(text) if code == "ORK1702")
    assert told == ["a message to a team", "an event"]


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("clusterRoleBindings: [{roleRef: {name: cluster-admin}, subjects: [{kind: ServiceAccount, name: a}]}]", 1),
        ("clusterRoleBindings: [{roleRef: {name: view}, subjects: [{kind: Group, name: 'system:authenticated'}]}]", 1),
        ("roleBindings: [{roleRef: {name: view}, subjects: [{kind: ServiceAccount, name: a}]}]", 0),
    ],
)
def test_bindings_that_give_too_much(entry: str, told: int) -> None:
    assert box_codes(f"onReconcile: {{{entry}}}").count("ORK1704") == told


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("{cel: 'true'}", ["cel: this always holds"]),
        ("{cel: '1 > 2'}", ["cel: this never holds"]),
        ("{cel: '1 > 2', negate: true}", ["cel: this always holds"]),
        ("{cel: 'object.spec.x > 2'}", []),
    ],
)
def test_an_expression_that_looks_at_nothing_is_the_same_for_all(condition: str, told: list[str]) -> None:
    assert [message for _, _, message in findings_of(box_text(f"when: [{condition}]"))] == told


def test_one_cause_has_one_message(tmp_path: Path) -> None:
    assert box_codes("when:\n- {field: spec.x, like: a}\n- {field: spec.x, notExists: true}") == ["ORK1101"]
    lists = "onReconcile: {configMaps: [{data: {a: '{{ .spec.ports.port }}'}}]}"
    assert [each.code for each in judged(tmp_path, lists)] == ["ORK1305"]
    twice = "when: [{field: spec.replicas, equals: three}, {field: spec.replicas, greaterThan: 5}]"
    assert [each.code for each in judged(tmp_path, twice)] == ["ORK1413"]


WORKLOAD = """\
onReconcile:
  custom:
    - apiVersion: apps/v1
      kind: %s
      metadata: {name: a}
      spec:
        selector: {matchLabels: {app: %s}}
        serviceName: a
        template: {metadata: {labels: {%s}}, spec: {containers: [{name: a, image: b}]}}
"""


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
@pytest.mark.parametrize(
    ("selected", "labels", "told"),
    [
        ("web", "app: web", ""),
        ("web", "app: shop", 'matchLabels: app is "shop" in the pods of the template'),
        ("web", "tier: web", "matchLabels: the pods of the template have no label app"),
        ("web", "app: '{{ .metadata.name }}'", ""),
        ("'{{ .metadata.name }}'", "app: web", ""),
    ],
)
def test_a_workload_selects_its_own_pods(kind: str, selected: str, labels: str, told: str) -> None:
    found = load_text(box_text(WORKLOAD % (kind, selected, labels)))[1]
    assert [each.message for each in found if each.code == "ORK1522"] == ([told] if told else [])


def test_few_values_into_a_field_of_few_words(tmp_path: Path) -> None:
    found = judged(tmp_path, "onReconcile: {services: [{port: 80, type: '{{ .spec.tier }}'}]}")
    assert [(each.code, each.message) for each in found if each.code != "ORK1308"] == [
        ("ORK1307", "type: spec.tier may be web, batch by the CRD; expected ClusterIP, NodePort, LoadBalancer")
    ]


@pytest.mark.parametrize(
    ("box", "told"),
    [
        ("onReconcile: {configMaps: [{name: '{{ .metadata.resourceVersion }}'}]}", ["ORK1507"]),
        ("onReconcile: {configMaps: [{data: {a: '{{ .metadata.resourceVersion }}'}}]}", ["ORK1508"]),
        ("onCreate: {configMaps: [{data: {a: '{{ .metadata.resourceVersion }}'}}]}", []),
        ("onReconcile: {configMaps: [{data: {a: '{{ .metadata.generation }}'}}]}", []),
        ("onReconcile: {custom: [{apiVersion: a/v1, kind: X, metadata: {name: '{{ randomHex 3 }}'}}]}", ["ORK1507"]),
        ("status: {fields: [{path: a, value: '{{ randomHex 3 }}'}]}", ["ORK1508"]),
        ("status: {fields: [{path: a, value: '{{ .metadata.resourceVersion }}'}]}", ["ORK1508"]),
        ("status: {fields: [{path: a, value: '{{ timeAgo .metadata.creationTimestamp }}'}]}", []),
    ],
)
def test_what_every_write_changes_does_not_come_to_rest(box: str, told: list[str]) -> None:
    assert box_codes(box) == told


def test_the_labels_of_the_cr_are_not_those_of_an_engine() -> None:
    labels = "{team: a, argocd.argoproj.io/instance: x, app.kubernetes.io/instance: y}"
    found = [
        each for each in findings_of(box_text("prune: true") + f"      labels: {labels}\n") if each[0] != "ORK1901"
    ]
    assert [(code, message.split(":")[0]) for code, _, message in found] == [
        ("ORK1803", "argocd.argoproj.io/instance"),
        ("ORK1803", "app.kubernetes.io/instance"),
    ]


@pytest.mark.parametrize(
    ("field", "codes"), [("spec.image", ["ORK1307"]), ("spec.ports", []), ("spec.labels", []), ("spec.rest", [])]
)
def test_a_loop_goes_over_a_list_or_a_map(tmp_path: Path, field: str, codes: list[str]) -> None:
    loop = f"onReconcile: {{configMaps: [{{forEach: {{field: {field}}}, name: '{{{{ .index }}}}'}}]}}"
    assert [each.code for each in judged(tmp_path, loop)] == codes


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ('and (eq .spec.tier "a") (eq .spec.tier "b")', "never"),
        ('and .spec.on (eq .spec.tier "a") (and (eq "b" .spec.tier) .spec.off)', "never"),
        ('and (eq .spec.tier "a") (ne .spec.tier "a")', "never"),
        ('or (ne .spec.tier "a") (ne .spec.tier "b")', "always"),
        ('or (eq .spec.tier "a") (ne .spec.tier "a")', "always"),
        ('or (eq .spec.tier "a") (eq .spec.tier "b")', ""),
        ('and (ne .spec.tier "a") (ne .spec.tier "b")', ""),
        ('and (eq .spec.tier "a") (eq .spec.kind "b")', ""),
        ("and (eq .spec.size 1) (eq .spec.size 1)", ""),
        ('and (eq .spec.tier "a" "b") (eq .spec.tier "b" "c")', ""),
        ('and (eq .spec.tier "a") (eq .spec.tier .spec.other)', ""),
    ],
)
def test_a_branch_is_never_or_always_taken_by_its_words(condition: str, told: str) -> None:
    box = f"status: {{fields: [{{path: a, value: '{{{{ if {condition} }}}}x{{{{ end }}}}'}}]}}"
    found = [message for code, _, message in findings_of(box_text(box)) if code == "ORK1312"]
    assert [f"is {told} taken" in message for message in found] == ([True] if told else [])


def test_a_branch_that_was_asked_above_is_never_taken() -> None:
    value = "{{{{ if .spec.a }}}}x{{{{ else if {} }}}}y{{{{ else }}}}z{{{{ end }}}}"
    box = "status: {{fields: [{{path: a, value: '{}'}}]}}"
    told = findings_of(box_text(box.format(value.format(".spec.a"))))
    assert [(code, message) for code, _, message in told] == [
        ("ORK1312", "value: a branch above has the same condition: this one is never taken")
    ]
    assert findings_of(box_text(box.format(value.format(".spec.b")))) == []


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("{{ .spec.team | toUpper }}-web", ["ORK1501"]),
        ("{{ toUpper .spec.team }}", ["ORK1501"]),
        ("{{ .spec.team | toUpper | toLower }}", []),
        ("{{ toLower (toUpper .spec.team) }}", []),
    ],
)
def test_names_have_no_capitals(name: str, codes: list[str]) -> None:
    assert box_codes(f"onReconcile: {{configMaps: [{{name: '{name}'}}]}}") == codes
