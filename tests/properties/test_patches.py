"""A patch made from two states turns the one into the other."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from orkestra.k8s.patch import create_merge_patch, merge_patch
from orkestra.k8s.quantity import parse_quantity
from orkestra.k8s.values import is_equal

SCALARS = st.booleans() | st.integers(-5, 5) | st.text("ab", max_size=2)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=2), inner, max_size=3),
)
DOCUMENTS = st.dictionaries(st.text("abc", max_size=2), VALUES, max_size=4)


@given(DOCUMENTS, DOCUMENTS)
def test_diff_then_merge_gives_the_new_state(old: dict[str, Any], new: dict[str, Any]) -> None:
    before = copy.deepcopy(old)
    assert is_equal(merge_patch(old, create_merge_patch(old, new)), new)
    assert old == before


@given(DOCUMENTS)
def test_no_difference_is_no_patch(doc: dict[str, Any]) -> None:
    assert create_merge_patch(doc, copy.deepcopy(doc)) == {}


@given(
    st.from_regex(r"[0-9]{1,12}(\.[0-9]{1,9})?", fullmatch=True),
    st.sampled_from(["", "n", "u", "m", "k", "M", "G", "Ki", "Mi", "Gi", "e3", "e-3"]),
)
def test_a_quantity_keeps_its_value_through_its_canonical_form(number: str, suffix: str) -> None:
    quantity = parse_quantity(number + suffix)
    again = parse_quantity(str(quantity))
    assert again == quantity
    assert str(parse_quantity(str(again))) == str(again)
