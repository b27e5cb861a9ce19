"""What is said of label selectors nobody can read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orkestra.devserver.handlers.selector_faults import selector_fault
from orkestra.k8s.selectors import SelectorError, parse_label_selector


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
        ("=x", "found '=', expected: !, identifier, or 'end of string'"),
        ("a in b", "unable to parse requirement: found 'b' expected: '('"),
        ("a in (b", "unable to parse requirement: found '', expected: ',' or ')'"),
        ("a,", "found '', expected: identifier after ','"),
        ("a=b c", "found 'c', expected: ',' or 'end of string'"),
        ("!", "unable to parse requirement: found '', expected: identifier"),
    ],
)
def test_the_first_thing_that_does_not_fit_is_named(text: str, fault: str) -> None:
    assert selector_fault(text) == fault


@given(st.text(alphabet="ab1!=<>(), in-", max_size=20))
def test_what_can_be_read_has_no_fault(text: str) -> None:
    try:
        parse_label_selector(text)
    except SelectorError:
        return
    assert selector_fault(text) == ""
