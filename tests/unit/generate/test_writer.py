"""YAML as written: what is read back is what was given, whoever reads it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from orkestra.generate.writer import Noted, write
from orkestra.katalog.diagnostics import Findings
from orkestra.katalog.source import decode_text, parse_documents, plain_value

WORDS = [
    "", "yes", "on", "1e3", "0x1f", "1_000", "22:30", "2001-01-01", "~", "null", "- a", "a: b", "a #b", "#", "&a", "*",
    "!t", "|", ">", "%", "@", "`", "'", '"', "a\nb", "a\n", "\n a\n", "\n\na", "a\n\n", " a\nb", "\ta\nb", "a \n b",
    "\x85", "\u2028", "\ufeff", "\x00", "\U0001f600", "=", "<<", ".", "..", "...", "---", "a:", "-", "?", "..inf",
]  # fmt: skip
TEXTS = st.text(max_size=12) | st.sampled_from(WORDS)
SCALARS = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXTS, below, max_size=3),
    max_leaves=12,
)


@given(VALUES)
def test_pyyaml_reads_what_was_given(value: Any) -> None:
    assert yaml.safe_load(write([value])) == value


@given(st.dictionaries(st.sampled_from("abc"), VALUES, min_size=1, max_size=3))
def test_our_own_parser_reads_what_was_given(value: Any) -> None:
    """YAML 1.2's core schema, as kubectl and Go read it, beside PyYAML's 1.1."""
    findings = Findings()
    source = decode_text(write([value]).encode(), "x", findings)
    read = [plain_value(node) for node in parse_documents(source, findings)]
    if not findings.sorted():  # it refuses some keys and control characters that YAML allows
        assert read == [value]


@given(st.lists(VALUES, min_size=1, max_size=3), st.text("ab #:-", max_size=9))
def test_comments_change_nothing(values: list[Any], note: str) -> None:
    noted = Noted({"k": Noted([Noted(v, (note,)) for v in values], (note, note))}, (note,))
    assert yaml.safe_load(write([noted])) == {"k": values}


def test_documents_are_parted() -> None:
    assert write([{"a": 1}, {"b": [1, {"c": []}]}]) == "a: 1\n---\nb:\n  - 1\n  - c: []\n"


def test_text_of_several_lines_is_a_block_as_it_was_written() -> None:
    text = "a: 1\n\n# note\nb:\n  - x   \n"
    assert write([{"data": {"f": text}}]) == "data:\n  f: |\n    a: 1\n\n    # note\n    b:\n      - x   \n"


def test_a_comment_stands_above_what_it_is_about() -> None:
    made = write([{"rules": [Noted({"verbs": ["get"]}, ("why", "and why"))]}])
    assert made == "rules:\n  # why\n  # and why\n  - verbs: [get]\n"


@pytest.mark.parametrize("word", ["nginx:1.27", "apps/v1", "a b", "rbac.authorization.k8s.io"])
def test_plain_words_are_not_quoted(word: str) -> None:
    assert write([{"k": word}]) == f"k: {word}\n"


def test_json_is_the_same_value() -> None:
    value = {"a": [1, 2.5, None, True, "x"], "b": {}}
    assert json.loads(json.dumps(yaml.safe_load(write([value])))) == value
