"""The canonical layout: what it changes, and what it leaves."""

from __future__ import annotations

import pytest

from orkestra.katalog.diagnostics import Findings, SourceText
from orkestra.katalog.edits.layout import WIDTH, arrange
from tests.unit.docs.pages import ROOT

UNTIDY = """\
---

# top
kind:   Katalog
apiVersion: orkestra.orkspace.io/v1
spec:
    crds:

        website:
            operatorBox:
                # what is told
                status:
                   fields: [{value: '{{ .spec.x }}',
                      path: a}, # yes
                     {path: "b", value: x}]
                onReconcile:
                    services:
                    -
                      port: 80
                    - # cc
                      port: 81
                    deployments:
                    - image:   x
                      name: a
                    -   when:
                        - {equals: a,   field: spec.x}
                        # its image
                        image: "{{ index .spec \\"a\\" }}"   # img
                        name: '{{ .metadata.name }}'


                        # after
                      # below
            apiTypes: {"group":"shop.io",version: v1,kind: W,   plural: ws}
            dependsOn: [ a,b ]
            # end of website
metadata: {name: a}
# fin

"""
TIDY = """\
---
apiVersion: orkestra.orkspace.io/v1

# top
kind: Katalog
metadata: {name: a}
spec:
  crds:
    website:
      apiTypes: {"group": "shop.io", version: v1, kind: W, plural: ws}
      dependsOn: [a, b]
      operatorBox:
        onReconcile:
          services:
            - port: 80
            # cc
            - port: 81
          deployments:
            - name: a
              image: x
            - name: "{{ .metadata.name }}"
              # its image
              image: '{{ index .spec "a" }}'  # img
              when:
                - {equals: a, field: spec.x}

              # after
              # below
        # what is told
        status:
          fields:
            - {path: a, value: "{{ .spec.x }}"}
            # yes
            - {path: "b", value: x}
      # end of website
# fin
"""


def of(text: str) -> str:
    arranged, reason = arrange(SourceText("k.yaml", text), Findings())
    assert reason == ""
    return arranged


def test_an_untidy_file() -> None:
    assert of(UNTIDY) == TIDY
    assert of(TIDY) == TIDY


def test_line_ends_stay() -> None:
    assert of(UNTIDY.replace("\n", "\r\n")) == TIDY.replace("\n", "\r\n")


@pytest.mark.parametrize(
    "text",
    [
        "a: &x {b: 1}\nc: *x\n",
        "a: |+\n  b\n\n\nc: 1\n",
        "a: >-\n  b\n  c\n",
        "a: |2\n    b\nc: 1\n",
        'a: "b\n  c"\n',
        "a: [b, 'c\n  d']\n",
        "kind: Katalog\nmetadata: {version: 'c\n    d', name: a}\n",
        "b: 2\na: 1\n",  # keys of no table
        "a: |\n  b",  # without a line end it says something else
        "a: {}\nb: []\nc:\n",
        "a: [  # c\n  ]\n",
        '{"kind": "Katalog",   "metadata": {}}\n',
    ],
)
def test_what_is_left(text: str) -> None:
    assert of(text) == text


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("a:\n- b\n-   c\n", "a:\n  - b\n  - c\n"),
        ("a:\n    - - b\n      - c\n", "a:\n  - - b\n    - c\n"),
        ("a : 1\n", "a: 1\n"),
        ("a:\n  'b'\n", "a: 'b'\n"),
        ("a: 1 # b\n", "a: 1  # b\n"),
        ("a: 1   \n\n\n\nb: 2", "a: 1\n\nb: 2\n"),
        ("a: |\n      b\n       c\n", "a: |\n      b\n       c\n"),
        ("x:\n    a: |\n        b\n         c\n", "x:\n  a: |\n      b\n       c\n"),
        ("kind: Katalog\napiVersion: |\n  a", "apiVersion: |-\n  a\nkind: Katalog\n"),
        ("kind: Katalog\napiVersion: >2+ # b\n   c", "apiVersion: >2- # b\n   c\nkind: Katalog\n"),
        ("a: &x\n      b: 1 # c\n", "a: &x\n  b: 1  # c\n"),
        ("a: [1,\n  2]\n", "a: [1, 2]\n"),
        ("a: [1, # b\n  2]\n", "a:\n  - 1\n  # b\n  - 2\n"),
        ("a: [1, [[ # b\n  {c: 2 # d\n  }]]]\n", "a:\n  - 1\n  # b\n  - - - c: 2\n        # d\n"),
        ("a: {b: {c},  d: }\n", "a: {b: {c}, d}\n"),
        ("#a\n   #b\na: 1\n  # c\n# d\n", "#a\n#b\na: 1\n  # c\n# d\n"),
        ("kind: Katalog\nmetadata: {version: 1, name: a}\n", "kind: Katalog\nmetadata: {name: a, version: 1}\n"),
        (
            "kind: Katalog\nmetadata: {version: &v 1, name: *v}\n",
            "kind: Katalog\nmetadata: {version: &v 1, name: *v}\n",
        ),
    ],
)
def test_each_rule(text: str, tidy: str) -> None:
    assert of(text) == tidy
    assert of(tidy) == tidy


def test_a_flow_that_is_too_long_becomes_a_block() -> None:
    fits = "a: [" + "b, " * 37 + "ccc]\n"
    assert len(fits) <= WIDTH
    assert of(fits) == fits
    longer = "a: [" + "b, " * 38 + "ccc]\n"
    assert of(longer) == "a:\n" + "  - b\n" * 38 + "  - ccc\n"


@pytest.mark.parametrize("path", ["examples/website/katalog.yaml", "docs/examples/children.yaml"])
def test_examples_are_laid_out(path: str) -> None:
    text = (ROOT / path).read_text()
    assert of(text) == text


@pytest.mark.parametrize(("text", "code"), [("a: [", "ORK1001"), ("", None), ("a: 1\n---\nb: 1\n", "ORK1005")])
def test_what_does_not_parse_stays(text: str, code: str | None) -> None:
    findings = Findings()
    arranged, _ = arrange(SourceText("k.yaml", text), findings)
    assert arranged == text
    assert code is None or [each.code for each in findings.sorted()] == [code]


def test_explicit_keys_are_refused_and_said_so() -> None:
    assert (
        arrange(SourceText("k", "? a\n: b\n"), Findings())[1] == "it writes YAML in a way that is not taken apart here"
    )
