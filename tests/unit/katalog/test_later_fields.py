"""Every field that does not run yet is told at its key, wherever it stands; test files have tables too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from orkestra.cli.explaining.places import walk_all
from orkestra.katalog import is_runnable, load_text
from orkestra.katalog.schema import State
from tests.unit.katalog.katalogs import codes_of, findings_of

HEAD = {"apiVersion": "orkestra.orkspace.io/v1", "kind": "Katalog", "metadata": {"name": "shop"}}
TYPES = {"group": "shop.example.com", "version": "v1", "kind": "Website", "plural": "websites"}
LATER = [
    place.path
    for place in walk_all(usual_only=False)
    if place.row is not None and place.row.state is State.LATER and place.path.startswith("Katalog.")
]


def document(path: str) -> str:
    """A Katalog with an empty field at a path, as JSON, which is YAML."""
    _, *steps = path.split(".")
    found: Any = None
    for step in reversed(steps):
        name = step.removesuffix("[]")
        inner = [found] if step.endswith("[]") and step is not steps[-1] else found
        found = {"website" if name == "<name>" else name: inner}
    found = {**HEAD, **found}
    found["metadata"] = {**HEAD["metadata"], **found["metadata"]}  # type: ignore[dict-item]
    entry = (found.get("spec") or {}).get("crds", {}).get("website")
    if entry is not None:
        entry["apiTypes"] = TYPES
    return json.dumps(found)


def test_there_are_many() -> None:
    assert len(LATER) > 60


@pytest.mark.parametrize("path", LATER)
def test_it_is_told_at_its_key(path: str) -> None:
    name = path.removesuffix(".<name>").removesuffix("[]").removesuffix(".<name>").rpartition(".")[2]
    _, found = load_text(document(path.removesuffix(".<name>")))
    told = [each for each in found if each.is_unsupported and each.message.startswith(f"{name}: ")]
    assert [each.code for each in told] == ["ORK1901"], found
    assert f'"{name}"' in told[0].quote[told[0].span.column - 2 :] or name in told[0].quote
    assert not is_runnable(found)


def suite(kind: str, spec: str, more: str = "") -> str:
    return f"apiVersion: orkestra.orkspace.io/v1\nkind: {kind}\nmetadata: {{name: t}}\nspec: {spec}\n{more}"


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        ("Simulate", "{katalog: k, cr: cr.yaml, expect: {steady: true, ops: [{verb: create, resource: x}]}}"),
        ("Simulate", "{imports: [a.yaml, b.yaml]}"),
        ("E2E", "{katalog: k.yaml, cr: cr.yaml, cluster: {}, setup: [a.yaml], expect: [{after: setup-complete}]}"),
        ("E2E", "{expect: [{commands: [{run: x, assertions: {oneOf: [a]}}], kubectl: {port-forward: {}}}]}"),
    ],
)  # fmt: skip
def test_a_test_file_that_is_right_is_only_told_that_it_does_not_run(kind: str, spec: str, tmp_path: Path) -> None:
    for name in ("k", "k.yaml", "cr.yaml", "a.yaml", "b.yaml"):
        (tmp_path / name).touch()
    assert codes_of(suite(kind, spec), path=tmp_path / "t.yaml", root=tmp_path) == ["ORK1902"]


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ("katalog: absent.yaml, cr: t.yaml", "ORK1016"),
        ("katalog: t.yaml, cr: ../cr.yaml", "ORK1112"),
        ("katalog: t.yaml, cr: /etc/hosts", "ORK1112"),
        ("katalog: t.yaml, cr: t.yaml, crdFiles: [t.yaml, nope.yaml]", "ORK1016"),
        ("imports: [./..., $SUITES, 'https://example.com/t.yaml', 'a*.yaml']", ""),
    ],
)
def test_the_files_a_test_names_are_there(named: str, code: str, tmp_path: Path) -> None:
    (tmp_path / "t.yaml").touch()
    found = codes_of(suite("Simulate", f"{{{named}}}"), path=tmp_path / "t.yaml", root=tmp_path)
    assert [each for each in found if each != "ORK1902"] == ([code] if code else [])


@pytest.mark.parametrize(
    ("kind", "spec", "code"),
    [
        ("Simulate", "{cr: a.yaml}", "ORK1103"),
        ("Simulate", "{katalog: k, cr: c, cycles: 0}", "ORK1104"),
        ("Simulate", "{katalog: k, cr: c, crd: a, crdFiles: [b]}", "ORK1106"),
        ("Simulate", "{katalog: k, cr: c, expect: {ops: [{verb: make, resource: x}]}}", "ORK1105"),
        ("Simulate", "{katalog: k, cr: c, expect: {crds: {website: {steadyAt: soon}}}}", "ORK1102"),
        ("Simulate", "{katalog: k, cr: c, skipExternals: true}", "ORK1101"),
        ("Simulate", "{katalog: k, cr: c, cycles: 5, expect: {steadyAt: 6}}", "ORK1104"),
        (
            "Simulate",
            "{katalog: k, cr: c, cycles: 5, expect: {crds: {a: {ops: [{cycle: 6, verb: create, resource: x}]}}}}",
            "ORK1104",
        ),
        ("Simulate", "{katalog: k, cr: c, expect: {ops: [{cycle: 11, verb: create, resource: x}]}}", "ORK1104"),
        ("E2E", "{onFailure: [{run: x, assertions: {regex: '('}}]}", "ORK1404"),
        ("E2E", "{onFailure: [{run: x, assertions: [{between: '9,1'}]}]}", "ORK1405"),
        ("E2E", "{onFailure: [{run: x, assertions: {greaterThan: many}}]}", "ORK1403"),
        ("E2E", "{cluster: {provider: minikube}}", "ORK1105"),
        ("E2E", "{expect: [{after: cr-gone}]}", "ORK1105"),
        ("E2E", "{expect: [{timeout: soon}]}", "ORK1107"),
        ("E2E", "{expect: [{commands: [{exitCode: 1}]}]}", "ORK1103"),
        ("E2E", "{expect: [{kubectl: {edit: {}}}]}", "ORK1101"),
        ("E2E", "{setup: {wait: [{name: a}]}}", "ORK1103"),
        ("E2E", "{expect: [{when: [{field: spec.x, like: y}]}]}", "ORK1101"),
    ],
)
def test_what_is_wrong_in_a_test_file_has_a_code(kind: str, spec: str, code: str) -> None:
    assert code in codes_of(suite(kind, spec))


def test_a_suite_names_each_test_once() -> None:
    text = suite("E2E", "{}", "imports: [{path: a.yaml}, {path: a.yaml, wait: 3s}]\n")
    assert [(code, place) for code, place, _ in findings_of(text) if code == "ORK1203"] == [("ORK1203", "5:34")]


def test_targets_of_serve_have_operator_boxes_of_their_own() -> None:
    text = document("Katalog.spec.crds.<name>.serve")
    found = json.loads(text)
    target = {"operatorBox": {"onReconcile": {"services": [{"port": 80, "name": "{{ .Metadata.name }}"}]}}}
    found["spec"]["crds"]["website"]["serve"] = {"target": {"web": {"primary": True, **target}}}
    assert codes_of(json.dumps(found)) == ["ORK1901", "ORK1303"]
    right = json.dumps(found).replace(".Metadata", ".metadata")
    katalog, _ = load_text(right)
    assert katalog is not None
    (entry,) = katalog.boxes[0].surfaces["web"].entries
    assert entry.id == "website.web.onReconcile.services[0]"
    assert "ORK1101" in codes_of(right.replace('"port"', '"prot"'))
