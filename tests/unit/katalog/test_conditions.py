"""How a condition list is read: one test each, under every name, with everything wrong told."""

from __future__ import annotations

from typing import Any

import pytest

from orkestra.katalog.operators import BY_ANY_NAME, OPERATORS
from orkestra.katalog.terms import Condition, CronWindow, TimeWindow
from orkestra.katalog.values import Constant
from tests.unit.katalog.katalogs import box_codes, box_text, findings_of, load_box

ARGUMENTS = {
    "text": "x",
    "number": "3",
    "range": '"1,5"',
    "list": '"a,b"',
    "regex": '"^a$"',
    "flag": "true",
    "type": "map",
}


def condition(written: str) -> Condition:
    conditions = load_box(f"when: [{{{written}}}]").conditions
    assert conditions is not None
    return conditions.when[0]


def value_of(found: Condition) -> Any:
    return found.value.value if isinstance(found.value, Constant) else found.value


@pytest.mark.parametrize("name", sorted(BY_ANY_NAME))
def test_every_operator_works_as_a_key_and_as_a_value_of_operator(name: str) -> None:
    row = BY_ANY_NAME[name]
    argument = ARGUMENTS[row.argument]
    as_key = condition(f"field: spec.x, {name}: {argument}")
    as_value = condition(f"field: spec.x, operator: {name}, value: {argument}")
    assert as_key.operator == as_value.operator == ("typeOf" if row.type_name else row.name)
    assert value_of(as_key) == value_of(as_value)
    assert as_key.path == ("spec", "x")


def test_no_operator_asks_whether_the_field_exists() -> None:
    assert condition("field: spec.x").operator == "exists"


@pytest.mark.parametrize(
    ("written", "operator", "negate"),
    [
        ("exists: true", "exists", False),
        ("exists: false", "exists", True),
        ('exists: "false"', "exists", True),
        ("notExists: false", "notExists", True),
        ("exists: false, negate: true", "exists", False),
        ("typeMap: false", "typeOf", True),
        ("operator: exists", "exists", False),
        ("operator: unique, value: false", "unique", True),
    ],
)
def test_a_false_flag_turns_the_test_round(written: str, operator: str, negate: bool) -> None:
    found = condition(f"field: spec.x, {written}")
    assert (found.operator, found.negate) == (operator, negate)


def test_what_is_written_is_what_is_compared() -> None:
    assert value_of(condition("field: spec.x, equals: no")) == "no"
    assert value_of(condition("field: spec.x, equals: 1.10")) == "1.10"
    assert value_of(condition("field: spec.x, in: [a, 1, off]")) == ["a", "1", "off"]


def test_windows_of_time() -> None:
    assert condition("time: {after: 22:30, before: '06:00'}").time == TimeWindow(22 * 60 + 30, 6 * 60)
    assert condition("time: {after: 9:05}").time == TimeWindow(9 * 60 + 5, None)
    assert condition("dayOfWeek: {weekday: true}").days == frozenset(range(5))
    assert condition("dayOfWeek: {weekend: false}").days == frozenset(range(5))
    assert condition("dayOfWeek: {in: [MON, sunday]}").days == frozenset({0, 6})
    assert condition("dayOfWeek: {notIn: [mon]}").days == frozenset(range(1, 7))
    assert condition("cron: '@hourly'").cron == CronWindow("0 * * * *", 60.0)
    assert condition("cron: '0 9 * * mon', duration: 2h").cron == CronWindow("0 9 * * MON", 7200.0)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("{field: spec.x, equals: a, prefix: b}", "ORK1402"),
        ("{field: spec.x, equals: a, operator: prefix, value: b}", "ORK1402"),
        ("{field: spec.x, equals: a, value: b}", "ORK1402"),
        ("{field: spec.x, time: {after: '10:00'}}", "ORK1402"),
        ("{time: {after: '10:00'}, cron: '@daily'}", "ORK1402"),
        ("{field: spec.x, operator: resembles, value: a}", "ORK1401"),
        ("{field: spec.x, value: a}", "ORK1401"),
        ("{field: spec.x, operator: equals}", "ORK1410"),
        ("{equals: a}", "ORK1409"),
        ("{field: spec.x, gt: many}", "ORK1403"),
        ("{field: spec.x, regex: '(a'}", "ORK1404"),
        (r"{field: spec.x, regex: '(a)\1'}", "ORK1404"),
        ("{field: spec.x, between: '5'}", "ORK1405"),
        ("{field: spec.x, between: '5,1'}", "ORK1405"),
        ("{field: spec.x, exists: maybe}", "ORK1102"),
        ("{field: spec.x, exists: '{{ .spec.y }}'}", "ORK1102"),
        ("{field: spec.x, typeOf: integer}", "ORK1105"),
        ("{field: 'spec..x', exists: true}", "ORK1115"),
        ("{field: spec.x, equals: [a]}", "ORK1102"),
        ("{field: spec.x, equals: a, valueType: text}", "ORK1105"),
        ("{time: {after: 25:00}}", "ORK1406"),
        ("{time: {}}", "ORK1103"),
        ("{dayOfWeek: {in: [someday]}}", "ORK1407"),
        ("{dayOfWeek: {weekday: true, weekend: true}}", "ORK1106"),
        ("{cron: '* * * *'}", "ORK1408"),
        ("{field: spec.x, equal: a}", "ORK1101"),
        ("'{{ .spec.x }}'", "ORK1102"),
        ("{cel: 'object.spec.x >'}", "ORK1411"),
        ("{cel: 'objekt.spec.x > 1'}", "ORK1411"),
        ("{cel: '\"text\"'}", "ORK1411"),
        ("{cel: 'true', field: spec.x}", "ORK1402"),
        ("{cel: 'true', equals: a}", "ORK1402"),
        ("{field: spec.x, regex: '" + "(" * 3000 + ")" * 3000 + "'}", "ORK1404"),
        ("{field: spec.x, equals: a, notify: {teams: [a]}}", "ORK1901"),
    ],
)
def test_what_is_wrong_with_a_condition_has_a_code(written: str, code: str) -> None:
    assert code in box_codes(f"when: [{written}]")


def test_conditions_that_are_no_list() -> None:
    assert box_codes("when: {field: spec.x}") == ["ORK1102"]


def test_the_old_name_of_or_is_named() -> None:
    found = findings_of(box_text("anyOf: [{field: spec.x}]"))
    assert [code for code, _, _ in found] == ["ORK1601"]


def test_a_finding_stands_at_the_value_that_is_wrong() -> None:
    ((code, place, message),) = findings_of(box_text("when:\n- field: spec.size\n  greaterThan: big"))
    assert (code, place) == ("ORK1403", "11:24")
    assert message == 'greaterThan: "big" is not a number'


@pytest.mark.parametrize("row", OPERATORS.values(), ids=lambda row: row.name)
def test_every_operator_is_documented(row: Any) -> None:
    assert row.doc


def test_a_cel_mistake_stands_where_it_is_in_the_file() -> None:
    ((code, place, _),) = findings_of(box_text("when:\n- cel: |\n    true &&\n      nonsense.x"))
    assert (code, place) == ("ORK1411", "12:15")


def test_a_cel_condition_reads_what_it_names() -> None:
    box = load_box("when: [{cel: 'object.status.a == 1 && size(children.deployments) > 0'}]")
    assert box.reads.status
    assert box.reads.children == {"deployments"}
