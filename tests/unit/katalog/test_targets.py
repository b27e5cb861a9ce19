"""A target of ``serve`` may have an operatorBox of its own: whatever is found in an entry's is found in it too."""

from __future__ import annotations

import sys
import tempfile
import textwrap
from pathlib import Path

import pytest

from orkestra.katalog import Diagnostic, load, load_text
from tests.unit.docs.pages import ROOT

sys.path.insert(0, str(ROOT / "hack" / "docs"))
from reference.cases import CASES, Case
from reference.cases.case import FRAMES

_ENTRY = FRAMES["entry"][0]
_SERVE = "      serve:\n        enabled: false\n        namespace: shop\n        target:\n          blue:\n"
_TARGET = f"{_ENTRY}{_SERVE}            primary: true\n            operatorBox:\n"
_NOTES = {"ORK1901", "ORK1902"}
_ABOUT_FILES = {1005, 1017, 2006, 2010}
"""Cases about a whole file: their example ends the document, or brings in another."""

BOXES = [
    case for case in CASES if case.place == "box" and isinstance(case.bad, str) and case.number not in _ABOUT_FILES
]


def in_target(box: str) -> str:
    return _TARGET + textwrap.indent(textwrap.dedent(box).strip("\n"), " " * 14) + "\n"


def findings(case: Case, text: str) -> list[Diagnostic]:
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root) / "shop"
        folder.mkdir()
        for name, content in case.files.items():
            (folder / name).write_text(content)
        (folder / "katalog.yaml").write_text(text)
        return load(folder / "katalog.yaml", root=folder, fetch=case.fetch)[1]


@pytest.mark.parametrize("case", BOXES, ids=lambda case: f"ORK{case.number}")
def test_what_is_wrong_in_a_box_is_wrong_in_the_box_of_a_target(case: Case) -> None:
    assert isinstance(case.bad, str)
    found = findings(case, in_target(case.bad))
    codes = {each.code for each in found} - _NOTES
    assert codes == {f"ORK{case.number}"} - _NOTES, [each.message for each in found]
    told = [each for each in found if each.code in codes and not each.code.startswith("ORK10")]
    assert all("target.blue.operatorBox" in each.path for each in told), "the place names the target"


@pytest.mark.parametrize("case", BOXES, ids=lambda case: f"ORK{case.number}")
def test_what_is_right_in_a_box_is_right_in_the_box_of_a_target(case: Case) -> None:
    found = findings(case, in_target(case.good))
    assert {each.code for each in found} - _NOTES == set(), [each.message for each in found]


def test_places_name_the_target() -> None:
    deployments = "onReconcile: {deployments: [{name: a, image: a}, {name: a, image: b}]}"
    found = [each for each in load_text(in_target(deployments))[1] if each.code == "ORK1203"]
    assert [other.message for each in found for other in each.related] == [
        "website.blue.onReconcile.deployments[0] is here"
    ]


def test_two_targets_may_make_the_same_child() -> None:
    box = "            operatorBox: {onReconcile: {deployments: [{name: a, namespace: b, image: a}]}}\n"
    text = f"{_ENTRY}{_SERVE}            primary: true\n{box}          green:\n{box}"
    codes = [each.code for each in load_text(text)[1] if each.code not in _NOTES]
    assert codes == ["ORK1524", "ORK1524"], "only one of them is there at a time"
    other = "    other:\n      apiTypes: {group: shop.example.com, version: v1, kind: Other, plural: others}\n"
    other += "      operatorBox: {onReconcile: {deployments: [{name: a, namespace: b, image: a}]}}\n"
    assert "ORK1203" in {each.code for each in load_text(text + other)[1]}, "another entry makes it beside them"


def test_a_target_sees_what_the_entry_called_and_not_what_another_target_did() -> None:
    call = "[{name: user, url: http://api}]"
    box = "operatorBox: {status: {fields: [{path: a, value: '{{ .external.user.id }}'}]}}"
    text = f"{_ENTRY}{_SERVE}            primary: true\n            {box}\n"
    assert "ORK1208" in {each.code for each in load_text(text)[1]}
    assert "ORK1208" not in {each.code for each in load_text(f"{text}      validation: {{external: {call}}}\n")[1]}
    other = f"{text}          green: {{operatorBox: {{external: {call}}}}}\n"
    assert "ORK1208" in {each.code for each in load_text(other)[1]}


def test_a_target_is_not_mixed_up_with_an_entry_of_its_name() -> None:
    other = "    website.blue:\n      apiTypes: {group: shop.example.com, version: v1, kind: Other, plural: others}\n"
    found = [each for each in load_text(in_target("prune: true") + other)[1] if each.code == "ORK1203"]
    assert [each.message for each in found] == [
        'the target "blue" of website cannot be told from the entry website.blue'
    ]
