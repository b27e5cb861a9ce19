"""The loader takes anything: it never raises, ends soon, and says why whenever it gives no model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from orkestra.katalog import load_text, render
from orkestra.katalog.diagnostics import Findings, SourceText
from orkestra.katalog.paths import PathError, parse_path
from orkestra.katalog.schema.katalog import CRD_ENTRY, KATALOG
from orkestra.katalog.schema.operator_box import OPERATOR_BOX
from orkestra.katalog.source import parse, plain_value
from orkestra.template.times.durations import DurationError, format_duration, parse_duration

FOLDER = Path(__file__).parents[1] / "golden" / "katalog"
EVERYTHING = (FOLDER / "everything.yaml").read_text()
MODEL = yaml.safe_load(EVERYTHING)

WORDS = st.sampled_from(
    [
        "{{ .spec.x }}",
        "{{",
        "{{ range }}",
        "yes",
        "1e3",
        "-1",
        "",
        "~",
        "a" * 300,
        "{{ .item }}",
        "30s",
        "\u2028",
        "é{{ .Spec }}",
        *KATALOG.fields,
        *CRD_ENTRY.fields,
        *OPERATOR_BOX.fields,
    ]
)
SCALARS = (
    st.none() | st.booleans() | st.integers(-10, 10**20) | st.floats(allow_nan=True) | WORDS | st.text(max_size=20)
)
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4), max_leaves=12
)


def check(text: str | bytes) -> None:
    katalog, found = load_text(text, path=FOLDER / "fuzz.yaml", root=FOLDER)
    assert (katalog is None) == any(
        d.is_error or (d.code == "ORK1902" and "loads Katalogs only" in d.message) for d in found
    )
    shown = render(found)
    assert "Traceback" not in shown
    assert all(character.isprintable() or character == "\n" for character in shown)


@given(st.text(max_size=300) | st.binary(max_size=300))
def test_any_text(text: str | bytes) -> None:
    check(text)


@given(TREES)
def test_any_tree(tree: Any) -> None:
    check(yaml.safe_dump(tree, allow_unicode=True))


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """The full Katalog with a few nodes replaced, dropped or added."""
    tree = yaml.safe_load(yaml.safe_dump(MODEL))
    for _ in range(draw(st.integers(1, 3))):
        node, steps = tree, draw(st.integers(1, 8))
        for step in range(steps):
            keys = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if step == steps - 1 or not isinstance(node[key], dict | list):
                node[key] = draw(TREES)
                if isinstance(node, dict):
                    node[draw(WORDS)] = draw(SCALARS)
                break
            node = node[key]
    return yaml.safe_dump(tree, allow_unicode=True)


@settings(deadline=20_000)
@given(mutated())
def test_a_good_katalog_with_a_few_bad_places(text: str) -> None:
    check(text)


@settings(deadline=20_000)
@given(st.integers(0, len(EVERYTHING)), st.integers(0, 12), st.text(max_size=6))
def test_a_good_katalog_with_characters_replaced(at: int, length: int, text: str) -> None:
    check(EVERYTHING[:at] + text + EVERYTHING[at + length :])


@given(TREES)
def test_json_like_trees_survive_the_way_through_quoted_yaml(tree: Any) -> None:
    def finite(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: finite(value) for key, value in node.items()}
        if isinstance(node, list):
            return [finite(item) for item in node]
        return node if isinstance(node, str | bool | type(None)) else 0

    wanted = {"tree": finite(tree)}
    source = SourceText("k.yaml", yaml.safe_dump(wanted, default_style='"', allow_unicode=False, width=10_000))
    findings = Findings()
    found = parse(source, findings)
    assert found is not None, findings.sorted()
    assert plain_value(found) == wanted


@given(st.floats(0.001, 10**8, allow_nan=False))
def test_a_written_duration_reads_back(seconds: float) -> None:
    assert abs(parse_duration(format_duration(seconds)) - seconds) <= max(1e-3, seconds * 1e-3)


@given(st.text(max_size=80))
def test_small_grammars_refuse_politely(text: str) -> None:
    for read, error in ((parse_duration, DurationError), (parse_path, PathError)):
        try:
            read(text)
        except error:
            pass
