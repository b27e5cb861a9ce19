"""CRDs derived from definitions: the types, what is required, and what Kubernetes' own rules say of them."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from orkestra.cli.generating.crd import command
from orkestra.generate.crd import crds_of
from orkestra.generate.evidence import Evidence, schema_of
from orkestra.generate.sample import sample_of
from orkestra.k8s.objects import get_path
from orkestra.k8s.schema.crd import default_crd, validate_crd
from orkestra.k8s.schema.structural import compile_schema
from orkestra.katalog import load_text
from orkestra.katalog.crdfile import crds_in
from orkestra.katalog.diagnostics import Findings
from tests.unit.generate.katalogs import SHOP

OPEN = {"x-kubernetes-preserve-unknown-fields": True}


def crd_of(text: str) -> dict[str, Any]:
    katalog, findings = load_text(text)
    assert katalog is not None, findings
    return crds_of(katalog.boxes)[0]


def schema_in(crd: dict[str, Any]) -> Any:
    return get_path(crd, ("spec", "versions"))[0]["schema"]["openAPIV3Schema"]


def kind_of(schema: dict[str, Any]) -> Any:
    return schema.get("type", "open")


SPEC = schema_in(crd_of(SHOP))["properties"]["spec"]["properties"]
STATUS = schema_in(crd_of(SHOP))["properties"]["status"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("image", "string"),
        ("tag", "string"),
        ("replicas", "integer"),
        ("port", "integer"),
        ("protocol", "string"),
        ("mode", "string"),
        ("urls", "array"),
        ("settings", "open"),
        ("weight", "number"),
        ("db", "object"),
        ("regions", "array"),
        ("sites", "array"),
        ("timeout", "integer"),
    ],
)
def test_types_follow_from_where_values_go(name: str, kind: str) -> None:
    assert kind_of(SPEC[name]) == kind


def test_lists_and_maps_have_what_is_read_of_them() -> None:
    assert SPEC["urls"]["items"]["properties"] == {"host": {"type": "string"}, "port": {"type": "integer"}}
    assert SPEC["regions"]["items"] == {"type": "string"}
    assert {name: kind_of(each) for name, each in SPEC["sites"]["items"]["properties"].items()} == {
        "name": "string",
        "on": "boolean",
    }
    assert {name: kind_of(each) for name, each in SPEC["db"]["properties"].items()} == {
        "enabled": "boolean",
        "image": "string",
        "size": "integer",
    }


def test_what_a_child_cannot_do_without_is_required() -> None:
    root = schema_in(crd_of(SHOP))
    assert root["required"] == ["spec"]
    assert root["properties"]["spec"]["required"] == ["image"], "tag has a default, db.image a condition"


def test_defaults_and_bounds_and_words_are_taken_over() -> None:
    assert (SPEC["port"]["default"], SPEC["tag"]["default"], SPEC["mode"]["default"]) == (80, "latest", "plain")
    assert SPEC["replicas"]["minimum"] == 0
    assert SPEC["replicas"]["description"] == "How many pods."
    assert SPEC["protocol"]["enum"] == ["TCP", "UDP", "SCTP"]


def test_status_has_the_contract_and_the_fields() -> None:
    assert STATUS["default"] == {"observedGeneration": -1}
    assert STATUS["properties"]["observedGeneration"]["default"] == -1
    assert STATUS["properties"]["conditions"]["x-kubernetes-list-map-keys"] == ["type"]
    assert kind_of(STATUS["properties"]["readyReplicas"]) == "integer"
    assert kind_of(STATUS["properties"]["url"]) == "string"
    assert STATUS["properties"]["db"]["properties"] == {"up": {"type": "boolean"}}
    assert STATUS["properties"]["mixed"] == OPEN, "auto may take a text for a number"
    version = crd_of(SHOP)["spec"]["versions"][0]
    assert version["subresources"] == {"status": {}}
    columns = {column["name"]: column["jsonPath"] for column in version["additionalPrinterColumns"]}
    assert list(columns)[:2] == ["Ready", "Reason"] and list(columns)[-1] == "Age"
    assert columns["ReadyReplicas"] == ".status.readyReplicas"


def test_a_box_without_conditions_has_no_column_of_them() -> None:
    text = SHOP.replace("        status:\n", "        status:\n          conditions: false\n")
    assert "Ready" not in [c["name"] for c in crd_of(text)["spec"]["versions"][0]["additionalPrinterColumns"]]


def test_kubernetes_own_rules_have_nothing_to_say() -> None:
    crd = copy.deepcopy(crd_of(SHOP))
    default_crd(crd)
    assert validate_crd(crd) == []


def test_an_object_gets_its_defaults_and_is_accepted() -> None:
    structural = compile_schema(schema_in(crd_of(SHOP)))
    made = sample_of(crd_of(SHOP))
    structural.default(made)
    assert structural.validate(made) == []
    assert made["status"] == {"observedGeneration": -1}
    assert (made["spec"]["port"], made["spec"]["tag"]) == (80, "latest")


def test_the_definition_itself_finds_nothing_wrong_with_its_crd() -> None:
    data = yaml.safe_dump(crd_of(SHOP)).encode()
    found = load_text(SHOP, crds=crds_in([("crd.yaml", data)], Findings()))[1]
    assert {each.code for each in found} <= {"ORK1308", "ORK1310"}, found


@pytest.mark.parametrize(
    ("sorts", "changes", "expected"),
    [
        ((), {}, OPEN),
        (("text",), {}, {"type": "string"}),
        (("truth",), {}, {"type": "boolean"}),
        (("text", "truth"), {}, {"type": "string"}),
        (("integer", "text"), {}, {"type": "integer"}),
        (("integer", "number"), {}, {"type": "integer"}),
        (("int-or-string",), {}, {"x-kubernetes-int-or-string": True}),
        (("int-or-string", "integer"), {}, {"type": "integer"}),
        (("integer", "boolean"), {}, OPEN),
        (("open",), {}, OPEN),
        (("object",), {}, {"type": "object", **OPEN}),
    ],
)
def test_evidence_is_weighed(sorts: tuple[str, ...], changes: dict[str, Any], expected: dict[str, Any]) -> None:
    found = Evidence()
    for sort in sorts:
        found.add(sort)
    assert schema_of(found) == expected


RULES = """\
      validation:
        rules:
          - {field: spec.owner, exists: true, message: an owner}
          - {field: spec.tier, in: "free,paid", message: a tier}
          - {field: spec.code, regex: "^[a-z]+$", message: letters}
          - {field: spec.count, between: "2,9", message: a few}
          - {field: spec.size, greaterThan: 0, message: some}
          - {field: spec.soft, exists: true, action: warn, message: better}
          - {field: spec.late, exists: true, message: then, when: [{field: spec.tier, equals: paid}]}
          - {field: spec.color, exists: true, message: a color}
      mutation:
        rules:
          - {field: spec.color, default: blue}
          - {field: spec.limit, default: "5", valueType: int}
"""


def test_rules_and_mutations_become_what_a_schema_can_say() -> None:
    text = SHOP.replace("      operatorBox:\n", f"{RULES}      operatorBox:\n", 1)
    spec = schema_in(crd_of(text))["properties"]["spec"]
    fields = spec["properties"]
    assert spec["required"] == ["image", "owner"], "soft warns, late has a condition, color is filled in"
    assert fields["tier"]["enum"] == ["free", "paid"]
    assert fields["code"]["pattern"] == "^[a-z]+$"
    assert (fields["count"]["minimum"], fields["count"]["maximum"]) == (2, 9)
    assert fields["size"]["minimum"] == 1
    assert (fields["color"]["default"], fields["limit"]["default"]) == ("blue", 5)
    crd = crd_of(text)
    default_crd(crd)
    assert validate_crd(crd) == []
    sample_of(crd, is_full=True)


def test_notes_read_fields_for_those_that_call_them() -> None:
    note = "notes: {functions: [{name: heavy, expression: '{{ gt .spec.mass 3 }}'}]}\nspec:\n"
    text = SHOP.replace("spec:\n", note, 1).replace("heavy{{ end }}", "{{ heavy }}{{ end }}")
    assert kind_of(schema_in(crd_of(text))["properties"]["spec"]["properties"]["mass"]) == "integer"


def test_a_default_that_does_not_fit_or_differs_is_none() -> None:
    found = Evidence()
    found.add("integer", "text")
    assert "default" not in schema_of(found)
    both = Evidence()
    both.add("integer", 1)
    both.add("integer", 2)
    assert "default" not in schema_of(both)


def test_entries_of_one_kind_share_its_crd_and_versions_stand_side_by_side() -> None:
    one = SHOP.split("  crds:\n")[1]
    two = one.replace("    website:", "    second:").replace("version: v1, kind", "version: v2, kind")
    first, second = (
        text.replace("      description", f"      namespace: {name}\n      description")
        for text, name in ((SHOP, "a"), (two, "b"))
    )
    katalog, findings = load_text(first + second)
    assert katalog is not None, findings
    (crd,) = crds_of(katalog.boxes)
    assert [(v["name"], v["storage"]) for v in crd["spec"]["versions"]] == [("v1", True), ("v2", False)]
    default_crd(crd)
    assert validate_crd(crd) == []


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("katalog.yaml").write_text(SHOP)
    return tmp_path


def test_the_command_is_byte_stable_and_checks(folder: Path) -> None:
    def run(*arguments: str) -> Any:
        return CliRunner().invoke(command, arguments, standalone_mode=False)

    assert run("-o", "crd.yaml").return_value == 0
    assert run().stdout == Path("crd.yaml").read_text() == run("website").stdout
    assert yaml.safe_load(run().stdout) == yaml.safe_load(run("--format", "json").stdout)
    assert run("-o", "crd.yaml", "--check").return_value == 0
    Path("crd.yaml").write_text("")
    assert run("-o", "crd.yaml", "--check").return_value == 1
    assert getattr(run("websit").exception, "exit_code", None) == 2
    assert "website" in str(run("websit").exception)
