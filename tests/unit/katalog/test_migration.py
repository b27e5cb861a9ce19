"""Other generations of the language become today's: every row of the tables, and texts as people write them."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest
import yaml

from orkestra.katalog import load_text
from orkestra.katalog.diagnostics import Findings, SourceText
from orkestra.katalog.edits.migration import CONVERSIONS, Migration, migrate
from orkestra.katalog.edits.steps import destination_of
from orkestra.katalog.schema.blocks import Field, State
from orkestra.katalog.schema.containers import OtherSpelling
from orkestra.katalog.schema.outline import FILES
from tests.unit.katalog.katalogs import HEAD
from tests.unit.katalog.tables import Steps, nested, rows_of

SHAPES: dict[str, tuple[Any, Any]] = {
    "labels": ([{"a": "b"}, {"name": "c", "value": "d"}], {"a": "b", "c": "d"}),
    "entries": ([{"name": "a", "enabled": False}], {"a": {"enabled": False}}),
    "envFrom": ([{"secretRef": {"name": "a"}}], {"secretRef": [{"name": "a"}]}),
    "rules": ([{"field": "spec.a"}], {"rules": [{"field": "spec.a"}]}),
}
"""A value in the older shape, and today's."""


OTHERS = (State.OLDER, State.NEWER)


def of(text: str) -> Migration:
    return migrate(SourceText("k.yaml", text), Findings())


def spellings() -> list[tuple[str, Steps, Field | OtherSpelling]]:
    """Every row of another generation, each once: one that several tables share at its first place."""
    found: dict[int, tuple[str, Steps, Field | OtherSpelling]] = {}
    for kind in FILES:
        for steps, row in rows_of(kind):
            is_other = row.number == 1601 if isinstance(row, OtherSpelling) else row.state in OTHERS
            if is_other:
                found.setdefault(id(row), (kind, steps, row))
    return list(found.values())


def file_of(kind: str, steps: Steps, value: Any) -> Any:
    return {"apiVersion": "orkestra.orkspace.io/v1", "kind": kind, **nested(steps, value)}


def others_in(text: str) -> list[tuple[str, str]]:
    return [(each.code, each.message) for each in load_text(text)[1] if each.code in ("ORK1601", "ORK1602")]


def moved(steps: Steps, destination: tuple[str, ...]) -> Steps:
    place = list(steps[:-1])
    if destination == (".",):
        return tuple(place)
    for name in destination:
        place = place[:-1] if name == ".." else [*place, name]
    return tuple(place)


def test_there_are_many_other_spellings() -> None:
    assert len(spellings()) > 40


def test_every_other_spelling_is_reported_and_rewritten_or_said_to_stay() -> None:
    for kind, steps, row in spellings():
        old, new = SHAPES[row.rewrite] if isinstance(row, OtherSpelling) else ("x", "x")
        if isinstance(row, Field) and row.moves_to == ".":
            old = new = {"inputs": []} if kind == "Motif" else {"webhooks": {}}
        text = yaml.safe_dump(file_of(kind, steps, old), sort_keys=False)
        assert others_in(text), steps
        found = of(text)
        destination = steps if isinstance(row, OtherSpelling) else destination_of(row)
        if destination is None:
            assert found.text == text
            assert [each.what.rpartition(".")[2] for each in found.left] == [steps[-1]]
            continue
        place = steps if isinstance(row, OtherSpelling) else moved(steps, destination)
        assert yaml.safe_load(found.text) == file_of(kind, place, new), text
        assert others_in(found.text) == [], text
        assert "ORK1101" not in {each.code for each in load_text(found.text)[1]}, f"{place} is not known"
        assert len(found.changes) == 1
        assert of(found.text).text == found.text


def test_every_shape_of_another_generation_has_a_conversion() -> None:
    assert (
        {row.rewrite for _, _, row in spellings() if isinstance(row, OtherSpelling)} == set(SHAPES) <= set(CONVERSIONS)
    )


OLD = """\
# top
apiVersion: "orkestra.konductor.io/v1Alpha"  # old
kind: Katalog
metadata: {name: shop}
spec:
  crds:
  # the shop
  - name: website   # main
    apiTypes: {group: g.io, version: v1, kind: W, plural: ws}

    # how many
    workers: 3   # few
    resync: 10s
    onReconcile:
      replicasets:
        - image: 'x'
          anyOf:
            - {field: spec.x, exists: true}
      services:
        - port: 80
          labels:
            - a: b  # first
            # second
            - key: c
              value: |
                d
    # trailing
  - apiTypes: {group: h.io, version: v1, kind: X, plural: xs}
    # its name
    name: other
    operatorBox:
      workers: 2
      reconciler:
        queue: {degradeThreshold: 3}
      # next
      reconcile:  # r
        requeue: {after: 5s}
        # create
        onCreate:
          # dep
          deployments:
            - image: y
              envFrom: [{secretRef: {name: s}}, {configMapRef: {name: m}}]
      emit: {status: {fields: [{path: a, value: b}]}, events: {x: y}}
      runtime:
        # ns
        allowedNamespaces: [a]
        cleanup: {deleteAfter: 3s}
# end
"""
NEW = """\
# top
apiVersion: "orkestra.orkspace.io/v1"  # old
kind: Katalog
metadata: {name: shop}
spec:
  crds:
    # the shop
    website:   # main
      apiTypes: {group: g.io, version: v1, kind: W, plural: ws}

      operatorBox:
        reconciler:
          # how many
          workers: 3   # few
          resync: 10s
        onReconcile:
          replicaSets:
            - image: 'x'
              or:
                - {field: spec.x, exists: true}
          services:
            - port: 80
              labels:
                a: b  # first
                # second
                c: |
                  d
      # trailing
    # its name
    other:
      apiTypes: {group: h.io, version: v1, kind: X, plural: xs}
      # ns
      allowedNamespaces: [a]
      operatorBox:
        reconciler:
          queue: {failureThreshold: 3}
          workers: 2
          # next
          # r
          requeue: {after: 5s}
        # create
        onCreate:
          # dep
          deployments:
            - image: y
              envFrom: {secretRef: [{name: s}], configMapRef: [{name: m}]}
        status: {fields: [{path: a, value: b}]}
        emit: {events: {x: y}}
        runtime:
          cleanup: {deleteAfter: 3s}
# end
"""


def test_a_file_of_several_generations_keeps_comments_and_order() -> None:
    found = of(OLD)
    assert found.text == NEW
    assert [each.what for each in found.left] == ["operatorBox.emit.events", "operatorBox.runtime.cleanup"]
    assert of(NEW).text == NEW


def test_line_ends_stay() -> None:
    assert of(OLD.replace("\n", "\r\n")).text == NEW.replace("\n", "\r\n")


def entry(text: str) -> str:
    return HEAD + textwrap.indent(textwrap.dedent(text).lstrip("\n"), " " * 6)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("workers: 3", "operatorBox:\n  reconciler:\n    workers: 3"),
        ("operatorBox:\nworkers: 3\n", "operatorBox:\n  reconciler:\n    workers: 3\n"),
        ("operatorBox: ~  # none\nworkers: 3\n", "operatorBox:  # none\n  reconciler:\n    workers: 3\n"),
        ("operatorBox: {}\nworkers: 3\n", "operatorBox: {reconciler: {workers: 3}}\n"),
        (
            "operatorBox: {prune: true}\nworkers: 3 # a\n",
            "operatorBox:\n  prune: true\n  reconciler:\n    workers: 3 # a\n",
        ),
        (
            "operatorBox: {reconciler: {\n  default: true, # a\n  # b\n  queue: {maxDepth: 3}}, workers: 3}\n",
            "operatorBox:\n  reconciler:\n    default: true\n"
            "    # a\n    # b\n    queue: {maxDepth: 3}\n    workers: 3\n",
        ),
        (
            "reconciler:\n  workers: 3\noperatorBox:\n  reconciler:\n    resync: 3s\n",
            "operatorBox:\n  reconciler:\n    resync: 3s\n    workers: 3\n",
        ),
        ('"workers": 3\n', 'operatorBox:\n  reconciler:\n    "workers": 3\n'),
        (
            "operatorBox: {reconcile: {workers: 3, onCreate: {}}}\n",
            "operatorBox: {reconciler: {workers: 3}, onCreate: {}}\n",
        ),
        ("operatorBox: {reconciler: {queue: }, workers: 3}\n", "operatorBox: {reconciler: {queue, workers: 3}}\n"),
        ("validation: [{field: a}]\n", "validation: {rules: [{field: a}]}\n"),
        (
            "validation:\n- field: a\n  # b\n- field: c\n",
            "validation:\n  rules:\n    - field: a\n      # b\n    - field: c\n",
        ),
        ("admission: {validation: [{field: a}]}\n", "validation: {rules: [{field: a}]}\n"),
        (  # comments of a map whose fields join another
            "resync: 3s\n# a\nreconciler: { # b\n  workers: 3 # c\n  # d\n}\n",
            "operatorBox:\n  # a\n  reconciler:\n    resync: 3s\n    # b\n    workers: 3\n    # c\n    # d\n",
        ),
        (
            "operatorBox: {reconciler: {resync: 3s}}\nreconciler: # a\n  {} # b\n",
            "operatorBox:\n  # a\n  # b\n  reconciler: {resync: 3s}\n",
        ),
        ("labels: [ # a\n]\nworkers: 3\n", "labels: { # a\n}\noperatorBox:\n  reconciler:\n    workers: 3\n"),
    ],
)
def test_entries(old: str, new: str) -> None:
    found = of(entry(old))
    assert found.text == entry(new)
    assert found.left == ()


@pytest.mark.parametrize(
    ("old", "what", "reason"),
    [
        ("operatorBox: {reconciler: {workers: 3}}\nworkers: 4\n", "workers", "workers is already there"),
        ("operatorBox: {onReconcile: {services: [{port: 1, or: [], anyOf: []}]}}\n", "anyOf", "or is already there"),
        ("operatorBox: &a {}\nstatus: *a\n", "status", "anchors"),
        ("operatorBox: {onReconcile: {services: [{port: 1, labels: [a]}]}}\n", "labels", "no map of its own"),
        ("operatorBox: {onReconcile: {services: [{labels: [{a: b}, {a: c}]}]}}\n", "labels", "twice"),
        ("operatorBox: {onCreate: {jobs: [{envFrom: [{name: a}]}]}}\n", "envFrom", "does not say whether"),
    ],
)
def test_what_stands_in_the_way_is_said_and_left(old: str, what: str, reason: str) -> None:
    found = of(entry(old))
    assert found.text == entry(old)
    (left,) = found.left
    assert left.what.rpartition(".")[2] == what
    assert reason in left.reason


def test_a_komposers_overrides_are_rewritten_too() -> None:
    text = (
        "apiVersion: orkestra.konductor.io/v1Alpha\nkind: Komposer\nmetadata: {name: prod}\n"
        "imports: {files: [base.yaml]}\nspec:\n  crds:\n    website:\n      workers: 9  # prod\n"
    )
    new = "      operatorBox:\n        reconciler:\n          workers: 9  # prod\n"
    found = of(text)
    assert found.text == text.replace("      workers: 9  # prod\n", new).replace(
        "konductor.io/v1Alpha", "orkspace.io/v1"
    )
    assert [change.was for change in found.changes] == ["apiVersion", "workers"]


def test_one_step_that_cannot_be_taken_does_not_keep_the_others() -> None:
    found = of(entry("operatorBox: &a {prune: true}\nstatus: *a\nidp: {}\n"))
    assert "serve: {}" in found.text
    assert [each.what for each in found.left] == ["status"]


def test_merged_maps_are_rewritten_where_they_are_written() -> None:
    text = entry("operatorBox:\n  workers: 3\n").replace("website:", "website: &w") + "    other:\n      <<: *w\n"
    found = of(text)
    assert yaml.safe_load(found.text)["spec"]["crds"]["other"]["operatorBox"] == {"reconciler": {"workers": 3}}


@pytest.mark.parametrize("text", ["", "a: [", "? a\n: b\n", "- a\n", "x", "apiVersion: v1\nkind: Pod\nsources: []\n"])
def test_other_files_stay_as_they_are(text: str) -> None:
    assert of(text).text == text
