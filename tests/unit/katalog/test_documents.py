"""Files of every kind end up in a model, every field with its default."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from orkestra.katalog import Katalog, load_document, load_text
from orkestra.katalog.parts.motifs import Motif
from orkestra.katalog.parts.suites import E2E, Cluster, Header, Simulate
from orkestra.katalog.places import DiskPlace
from orkestra.katalog.schema.blocks import Block, State
from orkestra.katalog.schema.containers import Raw
from orkestra.katalog.schema.outline import FILES, inner_blocks
from orkestra.katalog.schema.records import Record, camel
from orkestra.katalog.values import Value
from orkestra.template import Environment
from tests.unit.katalog.katalogs import codes_of
from tests.unit.katalog.tables import nested, rows_of

HEAD = {"apiVersion": "orkestra.orkspace.io/v1", "metadata": {"name": "shop"}}


def document(tmp_path: Path, kind: str, **parts: Any) -> Any:
    """The model of a file of a kind."""
    for name in ("k.yaml", "cr.yaml", "crd.yaml", "other.yaml"):
        (tmp_path / name).touch()
    file = tmp_path / "file.yaml"
    file.write_text(json.dumps({**HEAD, "kind": kind, **parts}))
    found, findings = load_document(DiskPlace(file, tmp_path), file.read_bytes())
    assert not [each for each in findings if each.is_error], findings
    assert found is not None
    return found


def plain(value: Any) -> Any:
    """A part of a model as plain data, without places."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value) if each.name != "position"}
    if isinstance(value, Value):
        return str(value)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if hasattr(value, "items"):
        return {key: plain(item) for key, item in value.items()}
    return value


# Simulate: section 15.1 of the language


def test_a_simulation_has_its_defaults(tmp_path: Path) -> None:
    expect = {"ops": [{"verb": "create", "resource": "services"}]}
    found = document(tmp_path, "Simulate", spec={"katalog": "k.yaml", "cr": "cr.yaml", "expect": expect})
    assert isinstance(found, Simulate)
    assert found.metadata == Header("shop", "", ())
    assert plain(found.spec) == {
        "katalog": "k.yaml",
        "cr": "cr.yaml",
        "crd": "",
        "crd_files": [],
        "cycles": 10,
        "skip_external": False,
        "target": "",
        "expect": {
            "steady": None,
            "steady_at": None,
            "no_errors": None,
            "ops": [{"cycle": None, "verb": "create", "resource": "services", "name": None, "count": None}],
            "absent": [],
            "crds": {},
        },
        "imports": [],
    }
    assert document(tmp_path, "Simulate", spec={"katalog": "k.yaml", "cr": "cr.yaml"}).spec.expect is None


def test_a_simulation_has_every_field(tmp_path: Path) -> None:
    outcome = {
        "steady": True,
        "steadyAt": 3,
        "noErrors": True,
        "ops": [{"cycle": 2, "verb": "patch", "resource": "deployments", "name": "web", "count": 4}],
        "absent": ["jobs"],
    }
    spec = {
        "katalog": "k.yaml",
        "cr": "cr.yaml",
        "crdFiles": ["crd.yaml"],
        "cycles": 5,
        "skipExternal": True,
        "target": "blue",
        "expect": {**outcome, "crds": {"website": outcome}},
        "imports": ["other.yaml"],
    }
    found = plain(document(tmp_path, "Simulate", spec=spec).spec)
    read = {
        "steady": True,
        "steady_at": 3,
        "no_errors": True,
        "ops": [{"cycle": 2, "verb": "patch", "resource": "deployments", "name": "web", "count": 4}],
        "absent": ["jobs"],
    }
    assert found == {
        "katalog": "k.yaml",
        "cr": "cr.yaml",
        "crd": "",
        "crd_files": ["crd.yaml"],
        "cycles": 5,
        "skip_external": True,
        "target": "blue",
        "expect": {**read, "crds": {"website": read}},
        "imports": ["other.yaml"],
    }


def test_a_suite_of_simulations_has_no_katalog(tmp_path: Path) -> None:
    spec = document(tmp_path, "Simulate", spec={"imports": ["other.yaml"]}).spec
    assert (spec.katalog, spec.cr, spec.imports) == (None, None, ("other.yaml",))


# E2E: section 15.2


def test_a_test_in_a_cluster_has_its_defaults(tmp_path: Path) -> None:
    expect = [{"resources": [{"kind": "Service"}], "commands": [{"run": "true"}]}]
    found = document(tmp_path, "E2E", spec={"expect": expect}, imports=[{"path": "other.yaml"}])
    assert isinstance(found, E2E)
    assert plain(found.imports) == [{"path": "other.yaml", "fresh_cluster": False, "wait_seconds": 0.0}]
    assert plain(found.spec) == {
        "katalog": "",
        "crd": "",
        "crd_files": [],
        "cr": "",
        "cr_files": [],
        "cluster": {"provider": "kind", "name": "ork-e2e", "reuse": False},
        "custom": None,
        "notes": "",
        "setup": None,
        "expect": [
            {
                "name": None,
                "after": "cr-applied",
                "timeout_seconds": 120.0,
                "wait_seconds": 0.0,
                "resources": [{"kind": "Service", "name": None, "namespace": None, "ready": None, "count": None}],
                "commands": [{"run": "true", "exit_code": 0, "assertions": []}],
                "kubectl": {},
                "conditions": None,
                "on_failure": [],
            }
        ],
        "on_failure": [],
        "values_files": [],
    }


def test_a_cluster_that_is_not_written_is_the_one_of_the_table(tmp_path: Path) -> None:
    assert document(tmp_path, "E2E", spec={"cluster": {}}).spec.cluster == Cluster()
    assert document(tmp_path, "E2E", spec={"custom": {}}).spec.custom.target == "kubernetes"


ASSERTION = {
    "equals": "a",
    "notEquals": "b",
    "oneOf": ["c", "d"],
    "notOneOf": "e",
    "outputContains": 6,
    "outputNotContains": "g",
    "regex": "h.*",
    "greaterThan": 1,
    "lessThan": "9",
    "greaterThanOrEqual": 2,
    "lessThanOrEqual": 8,
    "between": "1,9",
    "exists": True,
}


def test_a_test_in_a_cluster_has_every_field(tmp_path: Path) -> None:
    command = {"run": "curl x", "exitCode": 7, "assertions": [ASSERTION]}
    expectation = {
        "name": "served",
        "after": "setup-complete",
        "timeout": "5m",
        "wait": "3s",
        "resources": [{"kind": "Pod", "name": "a", "namespace": "b", "ready": True, "count": 2}],
        "commands": [{**command, "assertions": ASSERTION}],
        "kubectl": {"apply": ["{{ .x }}.yaml"], "port-forward": {"a": 1}},
        "when": [{"field": "spec.x", "equals": "y"}],
        "or": [{"field": "spec.z", "exists": True}],
        "onFailure": [command],
    }
    spec = {
        "katalog": "k.yaml",
        "crd": "crd.yaml",
        "crdFiles": ["crd.yaml"],
        "cr": "cr.yaml",
        "crFiles": ["cr.yaml"],
        "cluster": {"provider": "existing", "name": "mine", "reuse": True},
        "notes": "why",
        "setup": {"apply": ["other.yaml"], "helm": [{"name": "a", "chart": "b"}], "wait": [{"kind": "Pod"}]},
        "expect": [expectation],
        "onFailure": [command],
        "valuesFiles": ["other.yaml"],
    }
    imports = [{"path": "other.yaml", "freshCluster": True, "wait": "1m"}]
    found = document(tmp_path, "E2E", spec=spec, imports=imports)
    assert plain(found.imports) == [{"path": "other.yaml", "fresh_cluster": True, "wait_seconds": 60.0}]
    read = plain(found.spec)
    (seen,) = read.pop("expect")
    (failed,) = read.pop("on_failure")
    assert {
        name: read[name] for name in ("katalog", "crd", "crd_files", "cr", "cr_files", "notes", "values_files")
    } == {
        "katalog": "k.yaml",
        "crd": "crd.yaml",
        "crd_files": ["crd.yaml"],
        "cr": "cr.yaml",
        "cr_files": ["cr.yaml"],
        "notes": "why",
        "values_files": ["other.yaml"],
    }
    assert read["cluster"] == {"provider": "existing", "name": "mine", "reuse": True}
    assert read["setup"]["apply"] == ["other.yaml"] and read["setup"]["helm"][0]["chart"] == "b"
    assert read["setup"]["wait"][0]["timeout"] == 300.0
    assertion = {
        "equals": "a",
        "not_equals": "b",
        "one_of": ["c", "d"],
        "not_one_of": ["e"],
        "output_contains": "6",
        "output_not_contains": "g",
        "regex": "h.*",
        "greater_than": "1",
        "less_than": "9",
        "greater_than_or_equal": "2",
        "less_than_or_equal": "8",
        "between": "1,9",
        "exists": True,
    }
    assert failed == {"run": "curl x", "exit_code": 7, "assertions": [assertion]}
    assert seen["commands"] == [failed] and seen["on_failure"] == [failed], "one map, or a list of them"
    assert (seen["name"], seen["after"]) == ("served", "setup-complete")
    assert (seen["timeout_seconds"], seen["wait_seconds"]) == (300.0, 3.0)
    assert seen["resources"] == [{"kind": "Pod", "name": "a", "namespace": "b", "ready": True, "count": 2}]
    written = document(tmp_path, "E2E", spec=spec).spec.expect[0].kubectl
    rendered = {name: value.render({"x": "web"}, Environment()) for name, value in written.items()}
    assert rendered == {"apply": ["web.yaml"], "port-forward": {"a": 1}}
    assert [len(seen["conditions"][name]) for name in ("when", "any_of")] == [1, 1]


@pytest.mark.parametrize(
    ("kind", "spec"), [("Simulate", {"katalog": "k.yaml"}), ("E2E", {"cluster": {"provider": "minikube"}})]
)
def test_a_file_with_errors_has_no_model(tmp_path: Path, kind: str, spec: dict[str, Any]) -> None:
    (tmp_path / "k.yaml").touch()
    text = json.dumps({**HEAD, "kind": kind, "spec": spec})
    found, findings = load_document(DiskPlace(tmp_path / "file.yaml", tmp_path), text.encode())
    assert found is None and any(each.is_error for each in findings)


# The others

ABOUT = {
    "author": "a team",
    "version": "1.2.3",
    "description": "shops",
    "license": "Apache-2.0",
    "tags": ["shop", "web"],
    "createdBy": "hand",
}
ABOUT_READ = {**{k: v for k, v in ABOUT.items() if k != "createdBy"}, "created_by": "hand"}


@pytest.mark.parametrize("kind", ["Katalog", "Komposer"])
def test_what_a_file_says_of_itself_is_kept(tmp_path: Path, kind: str) -> None:
    header = {"name": "shop", "namespace": "tenant", "clusterName": "east", **ABOUT}
    found = document(tmp_path, kind, metadata=header, spec={})
    assert isinstance(found, Katalog)
    assert (found.name, found.namespace, found.cluster_name) == ("shop", "tenant", "east")
    assert plain(found.about) == ABOUT_READ
    assert plain(document(tmp_path, kind, spec={}).about) == {
        **dict.fromkeys(("author", "version", "description", "license", "created_by"), ""),
        "tags": [],
    }


def test_a_motif_has_its_defaults(tmp_path: Path) -> None:
    found = document(tmp_path, "Motif", inputs=[{"name": "image"}], imports=[])
    assert isinstance(found, Motif)
    assert (found.name, found.namespace, found.on_create.entries, found.status) == ("shop", "default", (), ())
    assert plain(found.inputs) == [{"name": "image", "description": "", "required": False, "default": None, "type": ""}]
    assert (found.validation, found.mutation, found.notes, found.profiles, found.imports) == (None, None, {}, {}, ())


def test_a_motif_has_every_field(tmp_path: Path) -> None:
    (tmp_path / "inner.yaml").write_text(json.dumps({**HEAD, "kind": "Motif", "inputs": [{"name": "x"}]}))
    rule = {"field": "spec.x", "message": "no", "exists": True}
    found = document(
        tmp_path,
        "Motif",
        metadata={"name": "web", **ABOUT},
        inputs=[{"name": "image", "description": "d", "required": True, "default": "a", "type": "string"}],
        resources={"onCreate": {"secrets": [{"name": "s"}]}, "services": [{"name": "web", "port": 80}]},
        status={"fields": [{"path": "url", "value": "{{ .inputs.image }}"}]},
        admission={"validation": {"rules": [rule]}, "mutation": {"rules": [{"field": "spec.y", "default": 1}]}},
        notes={"functions": [{"name": "three", "expression": "add 1 2"}]},
        profiles={"resources": {"mini": {"requests": {"cpu": "1m"}}}},
        imports=[{"motif": "inner.yaml", "with": {"x": 1}}],
    )
    assert plain(found.about) == ABOUT_READ
    assert plain(found.inputs) == [
        {"name": "image", "description": "d", "required": True, "default": "a", "type": "string"}
    ]
    assert [entry.kind for entry in found.on_create.entries] == ["secrets"]
    assert [entry.kind for entry in found.on_reconcile.entries] == ["services"]
    assert [field.path for field in found.status] == [("url",)]
    assert found.validation is not None and found.validation.rules[0].action == "deny"
    assert found.mutation is not None and found.mutation.rules[0].field == ("spec", "y")
    assert (found.notes, found.profiles) == ({"three": "add 1 2"}, {"resources": {"mini": {"requests": {"cpu": "1m"}}}})
    (inner,) = found.imports
    assert (inner.motif, inner.oci, inner.version, inner.auth, inner.arguments) == (
        "inner.yaml", False, "latest", None, {"x": 1}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("admission", "code"),
    [
        ({"validation": {"rules": [{"field": "spec.x", "exists": True}]}}, "ORK1103"),
        ({"mutation": {"rules": [{"field": "status.x", "default": 1}]}}, "ORK1512"),
        ({"validation": {"rule": []}}, "ORK1101"),
    ],
)
def test_rules_of_a_motif_are_judged_without_whoever_imports_it(
    tmp_path: Path, admission: dict[str, Any], code: str
) -> None:
    text = json.dumps({**HEAD, "kind": "Motif", "admission": admission})
    findings = load_document(DiskPlace(tmp_path / "m.yaml", tmp_path), text.encode())[1]
    assert [each.code for each in findings if each.is_error] == [code]


# The tables

_READ_BY_COMPOSING = {"include", "apiVersion", "kind"}
_MADE_OF = {"conditions": {"when", "or"}, "test": {"field", "operator", "valueType", "negate"}}
"""Attributes that are made of rows of other names."""


def _records() -> list[Record]:
    found: dict[int, Block] = {}
    waiting = list(FILES.values())
    while waiting:
        block = getattr(waiting[-1], "loaded", waiting[-1])
        waiting.pop()
        if id(block) not in found:
            found[id(block)] = block
            waiting += [inner for row in block.fields.values() for inner in inner_blocks(row.type)]
    return [block for block in found.values() if isinstance(block, Record)]


RECORDS = _records()


def test_there_are_many_records() -> None:
    assert len(RECORDS) > 60


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.title)
def test_every_field_of_a_record_is_in_its_model(record: Record) -> None:
    """A row that no attribute takes would be read and lost."""
    read = [
        row.name
        for row in record.fields.values()
        if row.state in (State.SUPPORTED, State.LATER) and not isinstance(row.type, Raw)
    ]
    assert set(read) - _READ_BY_COMPOSING - _taken(record) == set()


def _taken(record: Record) -> set[str]:
    names = {name for _, name in record._attributes} | {camel(attribute) for attribute in record._made}
    for attribute, rows in _MADE_OF.items():
        names |= rows if attribute in names else set()
    return names


def test_an_empty_map_wherever_something_is_expected_is_told_and_no_more() -> None:
    for steps, _ in rows_of("Komposer"):
        for empty in ({}, [{}]):
            text = json.dumps({**HEAD, "kind": "Komposer", **nested(steps, empty)})
            load_text(text, path="nowhere/komposer.yaml")  # must not raise
    assert "ORK1103" in codes_of(json.dumps({**HEAD, "kind": "Komposer", "imports": {"registry": [{}]}}))
