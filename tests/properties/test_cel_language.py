"""CEL never fails in another way than CelError, and always ends."""

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from orkestra.k8s.cel import CelError, compile_cel

RULES = json.loads((Path(__file__).parents[1] / "unit/k8s_schema/verdicts/cel.json").read_text())
SOURCES = [rule["rule"] for rule in RULES["schema"]["properties"]["spec"]["x-kubernetes-validations"]]
WORDS = """self x 1 2u 1.5 'a' b'b' null true [ ] { } ( ) . , : ? + - * / % < == && || ! a size map all exists
has matches duration timestamp format optional of none quantity url ip cidr semver sum split dyn int string sortBy
orValue .? [? ''' " \\ r' 0x 1e9 // `a` é"""
PIECES = [*WORDS.split(), " in ", "\n", "\u2028"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def _run(text: str, value: Any) -> None:
    try:
        compile_cel(text, variables=["self"]).evaluate({"self": value}, steps=10_000)
    except CelError as problem:
        assert problem.message


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), VALUES)
def test_any_text_is_a_value_or_a_cel_error(text: str, value: Any) -> None:
    _run(text, value)


@given(st.sampled_from(SOURCES), VALUES)
def test_known_expressions_on_any_value(text: str, value: Any) -> None:
    _run(text, value)
    _run(text, {"one": value, "any": value, "list": value, "text": value, "map": value, "zero": 0})


@given(st.sampled_from(SOURCES), st.data())
def test_cut_and_patched_expressions(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    piece = data.draw(st.sampled_from(PIECES))
    _run(text[:at] + piece + text[at + data.draw(st.integers(0, 3)) :], {"one": 1})


@given(st.integers(), st.integers())
def test_integers_are_go_integers(left: int, right: int) -> None:
    for symbol in "+-*":
        program = compile_cel(f"l {symbol} r", variables=["l", "r"])
        exact = {"+": left + right, "-": left - right, "*": left * right}[symbol]
        try:
            assert program.evaluate({"l": left, "r": right}) == exact
        except CelError as problem:
            assert problem.message == "integer overflow"
            assert not -(2**63) <= exact < 2**63
