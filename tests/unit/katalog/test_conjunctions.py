"""Lists of conditions of which no object meets all, or every object meets one; patterns other engines choke on."""

from __future__ import annotations

from pathlib import Path

import pytest

from orkestra.katalog.checks.patterns import is_ambiguous
from tests.unit.katalog.katalogs import box_codes
from tests.unit.katalog.test_judgements import told, typed

_ENTRY = "onReconcile: {{when: [{{field: spec.a, {}}}], services: [{{port: 80, when: [{{field: spec.a, {}}}]}}]}}"


@pytest.mark.parametrize(
    ("first", "second", "is_told"),
    [
        ("equals: a", "in: [b, c]", True),
        ("equals: b", "in: 'b,c'", False),
        ("in: [a, b]", "in: [c]", True),
        ("in: [a, b]", "notIn: [a, b, c]", True),
        ("equals: web", "prefix: b", True),
        ("equals: web", "regex: '^w'", False),
        ("equals: web", "regex: '^b'", True),
        ("equals: web", "contains: x", True),
        ("equals: web", "greaterThan: 3", True),
        ("equals: '5'", "between: '1,3'", True),
        ("between: '1,3'", "greaterThanOrEqual: 3", False),
        ("between: '1,3'", "greaterThan: 3", True),
        ("prefix: a", "prefix: ab", False),
        ("prefix: a", "prefix: b", True),
        ("suffix: a", "suffix: b", True),
        ("prefix: a", "suffix: b", False),
        ("equals: '{{ .spec.b }}'", "in: [b, c]", False),
    ],
)
def test_conditions_of_which_none_passes(first: str, second: str, is_told: bool) -> None:
    expected = ["ORK1414"] if is_told else []
    assert box_codes(f"when: [{{field: spec.a, {first}}}, {{field: spec.a, {second}}}]") == expected
    assert box_codes(_ENTRY.format(first, second)) == expected


@pytest.mark.parametrize(
    ("box", "is_told"),
    [
        ("or: [{field: spec.a, equals: x}, {field: spec.a, notEquals: x}]", True),
        ("or: [{field: spec.a, exists: true}, {field: spec.a, exists: false}]", True),
        ("or: [{field: spec.a, lessThan: 3}, {field: spec.a, greaterThanOrEqual: 3}]", True),
        ("or: [{field: spec.a, equals: x}, {field: spec.a, notEquals: y}]", False),
        ("or: [{field: spec.a, equals: x}, {field: spec.a, equals: y}]", False),
        ("when: [{field: spec.a, contains: ''}]", True),
        ("when: [{field: spec.a, regex: '.*'}]", True),
        ("when: [{field: spec.a, regex: '.+'}]", False),
        ("when: [{dayOfWeek: {in: [mon, tue, wed, thu, fri, sat, sun]}}]", True),
        ("when: [{dayOfWeek: {weekday: true}}]", False),
    ],
)
def test_conditions_that_are_the_same_for_every_object(box: str, is_told: bool) -> None:
    assert box_codes(box) == (["ORK1414"] if is_told else [])


@pytest.mark.parametrize(
    ("test", "is_told"),
    [
        ("lessThan: 0", True),
        ("lessThan: 1", True),
        ("lessThanOrEqual: 1", False),
        ("greaterThan: 10", True),
        ("between: '11,20'", True),
        ("between: '5,20'", False),
    ],
)
def test_numbers_beyond_what_the_schema_takes(test: str, is_told: bool, tmp_path: Path) -> None:
    found = told(typed(f"when: [{{field: spec.few, {test}}}]", tmp_path))
    assert found == (["ORK1413 spec.few"] if is_told else [])


def test_a_word_of_yaml_is_no_bool_where_text_is_compared(tmp_path: Path) -> None:
    (found,) = typed("when: [{field: spec.public, equals: yes}]", tmp_path)
    assert (found.code, found.hint) == ("ORK1413", "write true: values are compared as text")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("(a+)+", True),
        ("([a-z]*)*", True),
        ("(a|b+)+", True),
        (r"(\s*\w+)*", True),
        ("(?:a+){2,}", True),
        ("((a+))*", True),
        ("^[a-z]+(-[a-z]+)*$", False),
        (r"v\d+(\.\d+)*", False),
        ("(a+b)*", False),
        ("(a+){2}", False),
        ("[(a+)+]", False),
        (r"\(a+\)+", False),
        ("(", False),
        ("a)+", False),
    ],
)
def test_patterns_that_other_engines_choke_on(pattern: str, expected: bool) -> None:
    assert is_ambiguous(pattern) is expected
