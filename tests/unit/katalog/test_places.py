"""Every finding knows the path of what it is about."""

from __future__ import annotations

import pytest

from orkestra.katalog import load_text
from tests.unit.katalog.katalogs import box_text


@pytest.mark.parametrize(
    ("box", "path"),
    [
        ("onReconcile: {services: [{port: 80}, {prot: 80, name: a}]}", "onReconcile.services[1].prot"),
        ("onReconcile: {services: [{port: 80, type: X}]}", "onReconcile.services[0].type"),
        ("onCreate: {services: [{labels: {'a.b/c': 'x/y'}}]}", 'onCreate.services[0].labels["a.b/c"]'),
        (
            "onCreate:\n  configMaps:\n  - data:\n      a: |\n        x\n        {{ no }}\n",
            "onCreate.configMaps[0].data.a",
        ),
        ("when: [{field: spec.a, equals: 1}, {field: spec.a, equals: 2}]", "when[1].field"),
    ],
)
def test_the_path_of_a_finding(box: str, path: str) -> None:
    assert [each.path for each in load_text(box_text(box))[1]] == [f"spec.crds.website.operatorBox.{path}"]


def test_text_that_is_no_document_has_no_paths() -> None:
    assert [each.path for each in load_text("a: [")[1]] == [""]
