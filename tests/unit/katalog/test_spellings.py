"""Everything of the language is recognised: later fields as notes, other generations with today's spelling."""

from __future__ import annotations

import pytest

from orkestra.katalog import is_runnable, load_text
from orkestra.katalog.schema import State
from orkestra.katalog.schema.katalog import CRD_ENTRY, KATALOG, METADATA, SPEC
from orkestra.katalog.schema.kinds import CHILD_KINDS, entry_block
from orkestra.katalog.schema.operator_box import OPERATOR_BOX, QUEUE, RECONCILER, STATUS
from tests.unit.katalog.katalogs import HEAD, box_codes, box_text, codes_of, findings_of


@pytest.mark.parametrize(
    ("box", "code", "now"),
    [
        ("workers: 3", "ORK1601", "reconciler.workers"),
        ("resync: 3s", "ORK1601", "reconciler.resync"),
        ("reconciler: {queue: {degradeThreshold: 3}}", "ORK1601", "failureThreshold"),
        ("onReconcile: {replicasets: []}", "ORK1601", "replicaSets"),
        ("onReconcile: {services: [{port: 80, labels: [{a: b}]}]}", "ORK1601", "map"),
        ("onReconcile: {deployments: [{image: x, envFrom: [{name: a}]}]}", "ORK1601", "secretRef"),
        ("onReconcile: {services: [{port: 80, anyOf: []}]}", "ORK1601", "or"),
        ("reconcile: {workers: 3}", "ORK1602", "operatorBox.reconciler.workers"),
        ("reconcile: {onReconcile: {}}", "ORK1602", "operatorBox.onReconcile"),
        ("emit: {status: {}}", "ORK1602", "operatorBox.status"),
        ("runtime: {allowedNamespaces: [a]}", "ORK1602", "allowedNamespaces"),
        ("reconciler: {hooks: {location: ./hooks, function: Run}}", "ORK1603", "Python"),
        ("reconciler: {constructor: {location: x}}", "ORK1603", "Python"),
        ("onReconcile: {storageClasses: []}", "ORK1505", "custom"),
        ("onReconcile: {deployments: [{image: x, env: {A: b}}]}", "ORK1504", "- name"),
    ],
)
def test_another_generations_spelling_names_todays(box: str, code: str, now: str) -> None:
    katalog, found = load_text(box_text(box))
    assert katalog is None
    errors = [d for d in found if d.is_error]
    assert [d.code for d in errors] == [code]
    assert now in errors[0].hint


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("reconciler: {workers: 3}", "ORK1601"),
        ("onReconcile: {}", "ORK1601"),
        ("idp: {}", "ORK1601"),
        ("validation: [{field: spec.x}]", "ORK1601"),
        ("validation: {rules: []}", "ORK1901"),
        ("admission: {validation: {}}", "ORK1602"),
        ("mode: typed", "ORK1603"),
        ("mutation: {rules: []}", "ORK1901"),
    ],
)
def test_entries_of_other_generations(entry: str, code: str) -> None:
    assert codes_of(HEAD + f"      {entry}\n") == [code]


def test_the_old_api_version_and_list_shaped_crds() -> None:
    text = "apiVersion: orkestra.konductor.io/v1Alpha\nkind: Katalog\nmetadata: {name: a}\nspec:\n  crds: [{name: b}]\n"
    assert codes_of(text) == ["ORK1601", "ORK1601"]


def test_a_file_of_another_kind() -> None:
    assert codes_of("apiVersion: v1\nkind: Pod\n") == ["ORK1109"]


def test_every_function_of_the_language_runs() -> None:
    assert box_codes('onReconcile: {services: [{port: 80, labels: {a: "{{ semverMajor .spec.v }}"}}]}') == []


def test_an_unknown_function_is_an_error() -> None:
    assert box_codes('onReconcile: {services: [{port: 80, labels: {a: "{{ semverMayor .spec.v }}"}}]}') == ["ORK1301"]


def test_a_clean_katalog_may_run() -> None:
    assert is_runnable(load_text(HEAD)[1])


@pytest.mark.parametrize(
    "block",
    [KATALOG, METADATA, SPEC, CRD_ENTRY, OPERATOR_BOX, RECONCILER, QUEUE, STATUS]
    + [entry_block(kind) for kind in CHILD_KINDS if kind.state is State.SUPPORTED],
    ids=lambda block: block.title,
)
def test_every_row_that_can_be_used_is_documented(block: object) -> None:
    for row in block.fields.values():  # type: ignore[attr-defined]
        if row.state is State.SUPPORTED and row.name not in ("reconcile", "emit", "runtime", "admission"):
            assert row.doc, row.name
        if row.state in (State.OLDER, State.NEWER, State.GO, State.DEAD):
            assert row.target, row.name


def test_an_unknown_key_is_told_where_it_stands_with_the_nearest_known_one() -> None:
    ((code, place, message),) = findings_of(box_text("onReconcile:\n  deployments:\n  - image: a\n    replica: 3"))
    assert (code, place) == ("ORK1101", "12:13")
    assert message == 'unknown key "replica" in an entry of deployments'
    (found,) = load_text(box_text("onReconcile:\n  deployments:\n  - image: a\n    replica: 3"))[1]
    assert found.hint == 'did you mean "replicas"?'
