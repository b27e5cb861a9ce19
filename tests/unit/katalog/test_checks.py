"""Rules that look at more than one field."""

from __future__ import annotations

import pytest

from orkestra.katalog import Severity, load_text
from orkestra.katalog.checks.formats import problem_of
from orkestra.katalog.checks.names import format_of
from orkestra.katalog.model import ResourceEntry
from orkestra.katalog.position import Position
from tests.unit.katalog.katalogs import HEAD, box_codes, box_text, codes_of, findings_of

TYPES = "apiTypes: {group: shop.example.com, version: v1, kind: KIND, plural: KINDs}"


def entries(**written: str) -> str:
    """A Katalog with entries of these names; each text is what the entry says beside its apiTypes."""
    head = "apiVersion: orkestra.orkspace.io/v1\nkind: Katalog\nmetadata: {name: shop}\nspec:\n  crds:\n"
    for name, text in written.items():
        types = "" if "apiTypes" in text else TYPES.replace("KIND", name.title())
        head += f"    {name}:\n" + "".join(f"      {line}\n" for line in (types, *text.splitlines()) if line)
    return head


def test_a_dependency_cycle_is_told_with_its_path() -> None:
    text = entries(a="dependsOn: [c]", b="dependsOn: [a]", c="dependsOn: {b: healthy}", d="dependsOn: [a]")
    ((code, _, message),) = findings_of(text)
    assert (code, message) == ("ORK1202", "dependsOn: a cycle: a → c → b → a")


def test_an_entry_cannot_wait_for_itself() -> None:
    assert findings_of(entries(a="dependsOn: [a]"))[0][2] == "dependsOn: a cycle: a → a"


def test_a_long_chain_of_dependencies_is_fine() -> None:
    chain = {f"e{n}": f"dependsOn: [e{n + 1}]" for n in range(300)} | {"e300": ""}
    assert codes_of(entries(**chain)) == []


def test_dependencies_on_nothing_and_on_the_disabled() -> None:
    text = entries(database="enabled: false", website="dependsOn: [databse, database]")
    katalog, found = load_text(text)
    assert katalog is None
    assert [(d.code, d.hint) for d in found] == [("ORK1201", 'did you mean "database"?'), ("ORK1201", "")]


def test_a_built_in_kind_needs_a_selector() -> None:
    assert codes_of(entries(apps="apiTypes: {kind: Deployment}")) == ["ORK1205"]
    assert codes_of(entries(apps="apiTypes: {kind: Deployment}\nlabelSelector: {team: web}")) == []
    assert codes_of(entries(apps="apiTypes: {group: apps, version: v1, kind: Deployment, plural: deployments}")) == [
        "ORK1205"
    ]


def test_a_built_in_kind_needs_only_its_name() -> None:
    katalog, _ = load_text(entries(jobs="apiTypes: {kind: Job}\nlabelSelector: team=web"))
    assert katalog is not None
    (box,) = katalog.boxes
    assert (str(box.gvk), box.plural, box.namespaced) == ("batch/v1, Kind=Job", "jobs", True)


def test_any_other_kind_needs_group_version_and_plural() -> None:
    _, found = load_text(entries(apps="apiTypes: {kind: Deploymnt}"))
    assert [(d.code, d.hint) for d in found] == [("ORK1103", 'did you mean "Deployment"?')]
    assert codes_of(entries(a="apiTypes: {group: a.io, version: v1, kind: A}")) == ["ORK1103"]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("", "", ["ORK1204"]),
        ("labelSelector: {tier: a}", "labelSelector: {tier: b}", []),
        ("labelSelector: {tier: a}", "labelSelector: {team: b}", ["ORK1204"]),
        ("labelSelector: tier in (a)", "labelSelector: tier notin (a)", []),
        ("labelSelector: tier", "labelSelector: '!tier'", []),
        ("namespace: a", "namespace: b", []),
        ("namespace: a", "allowedNamespaces: [b, c]", []),
        ("namespace: a", "restrictedNamespaces: [a]", []),
        ("allowedNamespaces: [a, b]", "allowedNamespaces: [b]", ["ORK1204"]),
        ("enabled: false", "", []),
    ],
)
def test_two_entries_of_one_kind_must_be_parted(first: str, second: str, expected: list[str]) -> None:
    types = TYPES.replace("KIND", "Website")
    assert codes_of(entries(a=f"{types}\n{first}", b=f"{types}\n{second}")) == expected


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ("onReconcile: {services: [{port: 80}, {port: 81}]}", ["ORK1203"]),
        ("onReconcile: {services: [{name: a, port: 80}, {name: b, port: 81}]}", []),
        ("onReconcile: {services: [{name: a, port: 80}, {name: a, namespace: '{{ .spec.x }}', port: 81}]}", []),
        ("onReconcile: {services: [{name: a, port: 80}, {name: a, port: 81, when: [{field: spec.x}]}]}", []),
        ("onReconcile: {services: [{name: '{{ .metadata.name }}'}, {name: '{{  .metadata.name  }}'}]}", ["ORK1203"]),
        ("onCreate: {secrets: [{name: a}]}\nonReconcile: {secrets: [{name: a}]}", ["ORK1203"]),
        ("onCreate: {when: [{field: spec.x}], secrets: [{name: a}]}\nonReconcile: {secrets: [{name: a}]}", []),
        (
            "onReconcile: {custom: [&a {apiVersion: a.io/v1, kind: A, metadata: {name: x}}, {<<: *a, kind: B}]}",
            [],
        ),
        (
            "onReconcile: {custom: [&a {apiVersion: a.io/v1, kind: A, metadata: {name: x}}, {<<: *a, kind: A}]}",
            ["ORK1203"],
        ),
    ],
)
def test_two_unconditional_children_of_one_name(box: str, expected: list[str]) -> None:
    assert box_codes(box) == expected


def test_the_second_child_names_the_first() -> None:
    _, found = load_text(box_text("onReconcile:\n  services:\n  - name: a\n  - name: a\n"))
    assert [(str(d.span), str(d.related[0].span)) for d in found] == [("12:13", "11:13")]


def test_a_status_path_inside_another() -> None:
    fields = "{path: status.web, value: a}, {path: web.url, value: b}, {path: website, value: c}"
    assert box_codes(f"status: {{fields: [{fields}]}}") == ["ORK1209"]


@pytest.mark.parametrize(
    ("kind", "name", "is_right"),
    [
        ("deployments", "web-1.blue", True),
        ("deployments", "Web", False),
        ("deployments", "web_1", False),
        ("deployments", "", False),
        ("deployments", "a" * 254, False),
        ("services", "web.blue", False),
        ("services", "1web", False),
        ("services", "a" * 64, False),
        ("namespaces", "kube-system", True),
        ("namespaces", "kube.system", False),
        ("statefulSets", "db.main", False),
        ("jobs", "a" * 64, False),
        ("cronJobs", "a" * 52, True),
        ("cronJobs", "a" * 53, False),
        ("custom", "system:node", True),
        ("custom", "a/b", False),
    ],
)
def test_names_kubernetes_takes_and_refuses(kind: str, name: str, is_right: bool) -> None:
    entry = ResourceEntry(kind, "website.onReconcile", Position("katalog.yaml", 1, 1))
    assert (not problem_of(name, format_of(entry, "name"))) is is_right


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("{name: My_Web, port: 80}", ["ORK1501"]),
        ("{name: '{{ .metadata.name }}', namespace: Shop, port: 80}", ["ORK1501"]),
        ("{name: '{{ .metadata.name }}_web', port: 80}", ["ORK1501"]),
        ("{name: '{{ .metadata.name }}-web', port: 80}", []),
    ],
)
def test_names_fixed_by_the_file_are_checked(entry: str, expected: list[str]) -> None:
    assert box_codes(f"onReconcile: {{services: [{entry}]}}") == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("{forEach: {field: spec.x}, name: 'a-{{ .item }}'}", []),
        ("{forEach: {field: spec.x, as: region}, name: 'a-{{ .region }}'}", []),
        ("{forEach: {field: spec.x, as: region}, name: 'a-{{ .index }}'}", []),
        ("{forEach: {field: '{{ .spec.x }}'}, name: '{{ $.metadata.name }}-{{ .value }}'}", []),
        ("{forEach: {field: spec.x, as: status}, name: 'a-{{ .item }}'}", ["ORK1206"]),
        ("{forEach: {field: spec.x, as: index}, name: 'a-{{ .item }}'}", ["ORK1206"]),
        ("{forEach: {field: spec.x, as: my-item}, name: 'a-{{ .item }}'}", ["ORK1206"]),
        ("{forEach: {field: spec.x}, name: a}", ["ORK1503"]),
        ("{forEach: {field: spec.x}}", ["ORK1503"]),
        ("{forEach: {field: spec.x, forEach: {}}, name: 'a-{{ .item }}'}", ["ORK1101"]),
        ("{forEach: {as: x}, name: a}", ["ORK1103"]),
        ("{name: 'a-{{ .item }}'}", ["ORK1207"]),
        ("{name: a, when: [{field: item.x, exists: true}]}", ["ORK1207"]),
        ("{forEach: {field: '{{ .item.x }}'}, name: 'a-{{ .item }}'}", ["ORK1207"]),
        ("{forEach: {field: spec.x}, name: 'a-{{ .item }}', when: [{field: item.on, equals: 1}]}", []),
    ],
)
def test_loops(entry: str, expected: list[str]) -> None:
    assert box_codes(f"onReconcile: {{serviceAccounts: [{entry}]}}") == expected


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ("{{ .Spec.x }}", "ORK1303"),
        ("{{ .spce.x }}", "ORK1304"),
        ("{{ .inputs.x }}", "ORK1208"),
        ("{{ .external.api.body }}", "ORK1208"),
        ("{{ .cross.db.found }}", "ORK1208"),
        ("{{ range .spec.list }}{{ .Name }}{{ end }}", ""),
        ("{{ $x := .spec }}{{ $x.Any }}", ""),
        ("{{ .children.serviceAccounts }}", ""),
        ("{{ .children.deployments }}", "ORK1223"),
        ("{{ .children.serviceAcount }}", "ORK1223"),
        ("{{ .spec.x", "ORK1301"),
        ("{{ nosuch .spec.x }}", "ORK1301"),
    ],
)
def test_template_roots(template: str, code: str) -> None:
    assert box_codes(f"onReconcile: {{serviceAccounts: [{{labels: {{a: '{template}'}}}}]}}") == ([code] if code else [])


def test_declared_calls_and_aliases_are_known() -> None:
    box = """
    cross: [{labelSelector: {tier: data}, as: db}]
    onReconcile:
      external: [{name: api, url: "https://api.example.com"}]
      serviceAccounts:
      - labels: {a: "{{ .external.api.body }}", b: "{{ .cross.db.found }}", c: "{{ .external.apo.x }}"}
    """
    assert sorted(box_codes(box)) == ["ORK1208", "ORK1901", "ORK1901"]


def test_a_finding_in_a_block_scalar_stands_on_its_line() -> None:
    box = "onReconcile:\n  configMaps:\n  - data:\n      a: |\n        one\n        two {{ .Spec.x }}\n"
    ((code, place, _),) = findings_of(box_text(box))
    assert (code, place) == ("ORK1303", "14:24")


@pytest.mark.parametrize(
    ("box", "key"),
    [
        ("onCreate: {jobs: [{image: a, reconcile: true}]}", "reconcile"),
        ("onReconcile: {statefulSets: [{image: a, rollingUpdate: {maxSurge: 1}}]}", "maxSurge"),
        ("onCreate: {secrets: [{rotateAfter: 1d}]}", "rotateAfter"),
        ("onReconcile: {secrets: [{once: true}]}", "once"),
        ("onCreate: {secrets: [{tls: {commonName: a}, data: {a: b}}]}", "data"),
    ],
)
def test_fields_without_effect_are_warnings(box: str, key: str) -> None:
    katalog, found = load_text(box_text(box))
    assert katalog is not None
    warnings = [d for d in found if d.severity is Severity.WARNING]
    assert [(d.code, d.message.partition(":")[0]) for d in warnings] == [("ORK1502", key)]


@pytest.mark.parametrize(
    ("box", "is_found"),
    [
        ("onCreate: {secrets: [{data: {password: hunter2}}]}", True),
        ("onCreate: {secrets: [{data: {apiKey: abc}}]}", True),
        ("onCreate: {secrets: [{data: {db-password: abc}}]}", True),
        ("onCreate: {secrets: [{data: {username: admin}}]}", False),
        ("onCreate: {secrets: [{data: {password: '{{ .spec.password }}'}}]}", False),
        ("onCreate: {secrets: [{data: {password: $DB_PASSWORD}}]}", False),
        ("onCreate: {secrets: [{data: {password: '${DB_PASSWORD}'}}]}", False),
        ("onCreate: {secrets: [{data: {password: ''}}]}", False),
        ("onCreate: {secrets: [{data: {note: ghp_0123456789abcdefghij0123456789abcdefgh}}]}", True),
        ("onCreate: {configMaps: [{data: {password: hunter2}}]}", True),
        ("onCreate: {configMaps: [{data: {url: 'postgres://admin:hunter2@db/x'}}]}", True),
        ("onCreate: {configMaps: [{data: {url: 'https://example.com/a:b@c'}}]}", False),
        ("onCreate: {deployments: [{image: a, env: [{name: DB_PASSWORD, value: hunter2}]}]}", True),
        ("onCreate: {deployments: [{image: a, env: [{name: PASSWORD_FILE, value: /run/secret}]}]}", False),
        (
            "onCreate: {deployments: [{image: a, env: [{name: TOKEN, valueFrom: {secretKeyRef: {name: a, key: b}}}]}]}",
            False,
        ),
    ],
)
def test_literal_credentials(box: str, is_found: bool) -> None:
    assert box_codes(box) == (["ORK1701"] if is_found else [])


@pytest.mark.parametrize("name", ["a/b", "-a", "a b", "x" * 64])
def test_entry_names_are_bounded(name: str) -> None:
    assert "ORK1110" in codes_of(HEAD.replace("website:", f'"{name}":'))


@pytest.mark.parametrize(
    "value",
    [
        "labelSelector: {a: [b]}",
        "labelSelector: 'a in b'",
        "labelSelector: {matchExpressions: [{key: a, operator: Like}]}",
        "labelSelector: {matchLabels: [a]}",
        "labelSelector: [a]",
        "fieldSelector: 'a'",
        "fieldSelector: {a: [b]}",
    ],
)
def test_selectors_that_do_not_parse(value: str) -> None:
    assert set(codes_of(HEAD + f"      {value}\n")) <= {"ORK1111", "ORK1102"}
    assert codes_of(HEAD + f"      {value}\n")
