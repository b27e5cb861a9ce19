"""Sentinels: what they are is said wherever one stands that cannot be asked."""

from __future__ import annotations

import pytest

from orkestra.katalog import load_text, render
from orkestra.katalog.sentinels import SENTINELS
from tests.unit.katalog.katalogs import box_codes, box_text, codes_of

OUTSIDE = "says what changed since the object was last seen, which only gates are told"


@pytest.mark.parametrize("name", SENTINELS)
@pytest.mark.parametrize("form", ["{{{{ {} }}}}", "{{{{ if {} }}}}x{{{{ end }}}}", "{{{{ .{} }}}}"])
def test_a_sentinel_outside_gates_has_its_own_words(name: str, form: str) -> None:
    text = box_text(f"onReconcile: {{configMaps: [{{data: {{a: '{form.format(name)}'}}}}]}}")
    (found,) = load_text(text)[1]
    assert (found.code, found.message) == ("ORK1211", f"{name} is a sentinel: it {OUTSIDE}")
    assert "enqueueGate or reconcileGate" in found.hint
    line = text.splitlines()[found.span.line - 1]
    assert line[found.span.column - 1 : found.span.end_column - 1].lstrip(".") == name


@pytest.mark.parametrize(
    "box",
    [
        "when: [{field: '{{ labelsChanged }}', equals: 'true'}]",
        "when: [{field: labelsChanged, equals: 'true'}]",
        "status: {fields: [{path: a, value: '{{ labelsChanged }}'}]}",
        "reconciler: {requeue: {after: '{{ if labelsChanged }}1s{{ end }}'}}",
    ],
)
def test_it_is_told_wherever_it_stands(box: str) -> None:
    assert box_codes(box) == ["ORK1211"]


def test_a_note_is_outside_gates_too() -> None:
    note = "notes: {functions: [{name: moved, expression: labelsChanged}]}\n"
    assert codes_of(box_text("prune: true") + note) == ["ORK1211"]


def test_what_is_no_sentinel_stays_an_unknown_function() -> None:
    (found,) = load_text(box_text("onReconcile: {configMaps: [{data: {a: '{{ labelsChangd 1 }}'}}]}"))[1]
    assert (found.code, found.message) == ("ORK1301", 'a: function "labelsChangd" not defined')
    assert found.span.end_column - found.span.column == len("labelsChangd"), "the caret is below the whole name"


@pytest.mark.parametrize("gate", ["enqueueGate", "reconcileGate"])
def test_gates_may_ask_in_every_form(gate: str) -> None:
    box = """\
preReconcile:
  sentinels: [labelsChanged]
  {}:
    sentinels: [labelsChanged]
    when:
      - {{field: labelsChanged, equals: "true"}}
    or:
      - {{field: "{{{{ labelsChanged }}}}", equals: "true"}}
"""
    text = box_text(box.format(gate))
    assert codes_of(text) == ["ORK1901"]
    found = load_text(text.replace("sentinels: [labelsChanged]\n  ", "sentinels: []\n  ", 1))[1]
    assert render(found).count("labelsChanged is not among the sentinels that are computed") == 3
    told = [each for each in found if each.code == "ORK1211"]
    assert {each.quote[each.span.column - 1 : each.span.end_column - 1] for each in told} == {"labelsChanged"}
