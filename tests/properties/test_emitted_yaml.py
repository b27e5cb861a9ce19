"""Whatever a tree holds, its YAML text reads back as the same."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from orkestra.katalog.diagnostics import Findings, SourceText
from orkestra.katalog.source import MapNode, parse, plain_value
from orkestra.katalog.source.emit import to_yaml

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    [
        "",
        " ",
        "on",
        "~",
        "1.10",
        "<<",
        "a: b",
        "# x",
        "- a",
        "'",
        '"',
        "{{ .x }}",
        "a\nb\n",
        "a\n\n",
        " a\nb",
        "22:30",
        "\t",
        "é",
    ]
)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


def read(text: str) -> Any:
    findings = Findings()
    tree = parse(SourceText("k.yaml", text), findings)
    assert tree is not None and not findings.sorted(), (text, findings.sorted())
    return tree


@given(st.dictionaries(TEXT, TREES, min_size=1, max_size=4), st.sampled_from([None, '"', "'", "|", ">"]), st.booleans())
def test_a_tree_survives_its_own_text(value: Any, style: Any, is_flow: bool) -> None:
    written = yaml.dump(value, default_style=style, default_flow_style=is_flow, allow_unicode=True, width=60)
    findings = Findings()
    tree = parse(SourceText("k.yaml", written), findings)
    if tree is None or findings.sorted():  # characters that YAML does not take
        return
    text = to_yaml(tree, lambda node: "where # it: was\nwritten")
    again = read(text)
    assert plain_value(again) == plain_value(tree)
    assert to_yaml(again) == to_yaml(tree)
    assert yaml.safe_load(text) == yaml.safe_load(to_yaml(tree))


def test_literal_blocks_and_plain_scalars_stay_as_they_were() -> None:
    text = "a: plain\nb: |\n  one\n  two\nc: |-\n  one\n    two\nlist:\n  - x: 1\n    z: {}\n  - []\n  - - deep\n"
    tree = read(text)
    assert isinstance(tree, MapNode)
    assert to_yaml(tree) == text
