"""Conditions against a CR: what each operator decides, and what happens at the edges."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from orkestra.katalog import RenderError
from orkestra.katalog.terms import Conditions
from orkestra.rules import Facts, first_unmet, is_met
from orkestra.template import Environment
from tests.unit.katalog.katalogs import load_box

WEBSITE: dict[str, Any] = {
    "metadata": {"name": "blog", "labels": {"app.kubernetes.io/name": "web"}},
    "spec": {
        "mode": "prod-eu",
        "replicas": 3,
        "ratio": 0.5,
        "whole": 2.0,
        "on": True,
        "off": False,
        "text": "12",
        "empty": "",
        "nothing": None,
        "list": ["a", "b"],
        "none": [],
        "map": {"a": 1},
        "word": "many",
    },
    "request": {"user": "alice"},
}


def facts(**options: Any) -> Facts:
    now = options.pop("now", datetime(2026, 3, 2, 10, 30, tzinfo=UTC))  # a Monday
    return Facts(WEBSITE, Environment(now=lambda: now), **options)


def conditions(written: str) -> Conditions:
    found = load_box(written).conditions
    assert found is not None
    return found


def decide(written: str, **options: Any) -> bool:
    return is_met(conditions(f"when: [{{{written}}}]"), facts(**options))


@pytest.mark.parametrize(
    ("written", "is_true"),
    [
        ("field: spec.mode, equals: prod-eu", True),
        ("field: spec.mode, equals: prod", False),
        ("field: spec.mode, notEquals: prod", True),
        ("field: spec.mode, contains: od-e", True),
        ("field: spec.mode, notContains: dev", True),
        ("field: spec.mode, prefix: prod", True),
        ("field: spec.mode, notPrefix: prod", False),
        ("field: spec.mode, suffix: -eu", True),
        ("field: spec.mode, notSuffix: -us", True),
        ("field: spec.mode, regex: '^prod-(eu|us)$'", True),
        ("field: spec.mode, regex: '^eu'", False),
        ("field: spec.replicas, equals: 3", True),
        ("field: spec.replicas, gt: 2", True),
        ("field: spec.replicas, gt: 3", False),
        ("field: spec.replicas, gte: 3", True),
        ("field: spec.replicas, min: 3", True),
        ("field: spec.replicas, lt: 3", False),
        ("field: spec.replicas, lte: 3", True),
        ("field: spec.replicas, max: 2", False),
        ("field: spec.ratio, lt: 0.6", True),
        ("field: spec.text, gt: 11.5", True),
        ("field: spec.replicas, between: '3,5'", True),
        ("field: spec.replicas, between: '4,5'", False),
        ("field: spec.replicas, notBetween: '4,5'", True),
        ("field: spec.mode, in: 'dev,prod-eu'", True),
        ("field: spec.mode, in: [dev, test]", False),
        ("field: spec.mode, notIn: 'dev, test'", True),
        ("field: spec.map, typeMap: true", True),
        ("field: spec.list, typeOf: list", True),
        ("field: spec.ratio, typeNumber: true", True),
        ("field: spec.on, typeBool: true", True),
        ("field: spec.on, typeNumber: true", False),
        ("field: spec.missing, typeNull: true", True),
        ("field: spec.text, typeString: false", False),
        ("field: 'metadata.labels[\"app.kubernetes.io/name\"]', equals: web", True),
        ("field: metadata.labels.app.kubernetes.io/name, equals: web", True),
        ("field: request.user, equals: alice", True),
        ("field: 'spec.list[1]', equals: b", True),
    ],
)
def test_operators(written: str, is_true: bool) -> None:
    assert decide(written) is is_true
    assert decide(written + ", negate: true") is not is_true


@pytest.mark.parametrize(
    ("written", "is_true"),
    [
        ("field: spec.whole, equals: 2", True),
        ("field: spec.on, equals: true", True),
        ("field: spec.off, equals: false", True),
        ("field: spec.ratio, equals: 0.5", True),
        ("field: spec.nothing, equals: ''", True),
        ("field: spec.missing, equals: ''", True),
        ("field: spec.list, equals: '[a b]'", True),
        ("field: spec.map, contains: 'a:1'", True),
    ],
)
def test_values_are_compared_as_go_prints_them(written: str, is_true: bool) -> None:
    assert decide(written) is is_true


@pytest.mark.parametrize(
    ("field", "is_there"),
    [("mode", True), ("off", True), ("none", True), ("empty", False), ("nothing", False), ("missing", False)],
)
def test_what_exists(field: str, is_there: bool) -> None:
    assert decide(f"field: spec.{field}") is is_there
    assert decide(f"field: spec.{field}, exists: false") is not is_there
    assert decide(f"field: spec.{field}, notExists: true") is not is_there


@pytest.mark.parametrize("field", ["missing", "empty", "nothing"])
def test_an_absent_field_counts_as_zero_in_numeric_tests(field: str) -> None:
    assert decide(f"field: spec.{field}, lt: 1")
    assert decide(f"field: spec.{field}, gte: 0")
    assert not decide(f"field: spec.{field}, gt: 0")
    assert decide(f"field: spec.{field}, between: '0,1'")


@pytest.mark.parametrize("test", ["gt: 0", "lt: 9", "gte: 0", "lte: 9", "between: '0,9'"])
@pytest.mark.parametrize("field", ["word", "on", "list"])
def test_what_is_no_number_passes_no_numeric_test(field: str, test: str) -> None:
    assert not decide(f"field: spec.{field}, {test}")


def test_an_empty_item_of_a_list_matches_nothing_written() -> None:
    assert decide("field: spec.missing, in: ',Pending'")
    assert decide("field: spec.missing, in: 'Pending,'")
    assert not decide("field: spec.missing, in: 'Pending'")


@pytest.mark.parametrize(
    ("written", "is_true"),
    [
        ("field: spec.text, equals: '12.0', valueType: int", True),
        ("field: spec.text, equals: '12.0'", False),
        ("field: spec.ratio, equals: .50, valueType: float", True),
        ("field: spec.on, equals: True, valueType: bool", True),
        ("field: spec.word, equals: many, valueType: int", False),
        ("field: spec.text, in: '1.0, 12.0', valueType: float", True),
    ],
)
def test_a_value_type_compares_as_that_type(written: str, is_true: bool) -> None:
    assert decide(written) is is_true


def test_fields_and_values_may_be_templates() -> None:
    assert decide("field: '{{ .spec.replicas }}', equals: '{{ add 1 2 }}'")
    assert decide("field: '{{ .spec.map }}', typeMap: true")
    assert decide("field: '{{ .spec.mode }}-x', equals: prod-eu-x")
    assert decide("field: spec.replicas, lt: '{{ add .spec.replicas 1 }}'")
    assert decide("field: '{{ .spec.missing }}', exists: false")


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("field: spec.replicas, gt: '{{ .spec.word }}'", "is not a number"),
        ("field: spec.mode, regex: '{{ .spec.list }}('", "regexp"),
        ("field: spec.replicas, between: '{{ .spec.word }}'", "is not a range"),
        ("field: '{{ index .spec.list 9 }}', exists: true", "index"),
    ],
)
def test_a_rendered_argument_that_cannot_be_compared_is_an_error_with_its_place(written: str, message: str) -> None:
    with pytest.raises(RenderError, match=message) as caught:
        decide(written)
    assert caught.value.line == 9


def test_a_pattern_that_would_backtrack_for_ever_does_not() -> None:
    scope = {"spec": {"text": "a" * 5000 + "!"}}
    found = conditions("when: [{field: spec.text, regex: '^(a+)+$'}]")
    assert not is_met(found, Facts(scope, Environment()))


def test_when_and_or_must_both_hold() -> None:
    both = (
        "when: [{field: spec.on, equals: true}]\nor: [{field: spec.mode, equals: x}, {field: spec.mode, prefix: FIRST}]"
    )
    assert is_met(conditions(both.replace("FIRST", "prod")), facts())
    assert not is_met(conditions(both.replace("FIRST", "dev")), facts())
    assert not is_met(conditions(both.replace("FIRST", "prod").replace("true", "false")), facts())


def test_no_conditions_hold() -> None:
    assert is_met(None, facts())
    assert first_unmet(None, facts()) == ""


@pytest.mark.parametrize(
    ("clock", "is_in"),
    [
        ("21:59", False),
        ("22:00", True),
        ("23:59", True),
        ("00:00", True),
        ("05:59", True),
        ("06:00", False),
        ("12:00", False),
    ],
)
def test_a_window_over_midnight(clock: str, is_in: bool) -> None:
    now = datetime.fromisoformat(f"2026-03-02T{clock}:00+00:00")
    assert decide("time: {after: '22:00', before: '06:00'}", now=now) is is_in


@pytest.mark.parametrize(
    ("written", "is_true"),
    [
        ("time: {after: '10:30'}", True),
        ("time: {before: '10:30'}", False),
        ("dayOfWeek: {weekday: true}", True),
        ("dayOfWeek: {weekend: true}", False),
        ("dayOfWeek: {in: [monday]}", True),
        ("dayOfWeek: {notIn: [mon]}", False),
        ("cron: '30 10 * * *'", True),
        ("cron: '0 10 * * *'", False),
        ("cron: '0 10 * * *', duration: 1h", True),
        ("cron: '0 10 * * sun', duration: 1h", False),
    ],
)
def test_windows_look_at_the_clock(written: str, is_true: bool) -> None:
    assert decide(written) is is_true
    assert decide(written + ", negate: true") is not is_true


def test_the_clock_is_read_in_utc() -> None:
    now = datetime.fromisoformat("2026-03-03T01:00:00+05:00")  # Monday, 20:00 UTC
    assert decide("time: {after: '20:00', before: '21:00'}", now=now)
    assert decide("dayOfWeek: {in: [mon]}", now=now)


def test_unique_asks_the_checker_and_passes_without_one() -> None:
    asked: list[tuple[tuple[str, ...], str]] = []

    def is_unique(path: tuple[str, ...], value: str) -> bool:
        asked.append((path, value))
        return False

    assert decide("field: spec.mode, unique: true")
    assert not decide("field: spec.mode, unique: true", is_unique=is_unique)
    assert decide("field: spec.missing, unique: true", is_unique=is_unique)
    assert asked == [(("spec", "mode"), "prod-eu")]


def test_ready_when_reads_the_child_by_path_and_everything_by_template() -> None:
    found = conditions("when: [{field: status.readyReplicas, gte: 1}, {field: '{{ .spec.mode }}', prefix: prod}]")
    assert is_met(found, facts(subject={"status": {"readyReplicas": 1}}))
    assert not is_met(found, facts(subject={"status": {}}))


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("when: [{field: spec.on}, {field: spec.replicas, gt: 5}]", 'spec.replicas greaterThan 5: it is "3"'),
        ("when: [{field: spec.gone, exists: true}]", "spec.gone exists: it is absent"),
        ("when: [{field: spec.mode, equals: prod-eu, negate: true}]", 'spec.mode not equals prod-eu: it is "prod-eu"'),
        ("when: [{time: {after: '11:00'}}]", "time: outside the window"),
        (
            "or: [{field: spec.mode, equals: a}, {field: spec.mode, equals: b}]",
            'none of 2 alternatives: spec.mode equals a: it is "prod-eu"',
        ),
        ("when: [{field: spec.on}]", ""),
    ],
)
def test_the_first_unmet_condition_is_named(written: str, reason: str) -> None:
    assert first_unmet(conditions(written), facts()) == reason


@pytest.mark.parametrize(
    ("expression", "is_true"),
    [
        ("object.spec.replicas > 2", True),
        ("has(object.spec.missing)", False),
        ("object.spec.list.exists(x, x == 'b') && request.user == 'alice'", True),
        ("object.metadata.name.startsWith('x')", False),
    ],
)
def test_cel(expression: str, is_true: bool) -> None:
    assert decide(f'cel: "{expression}"') is is_true
    assert decide(f'cel: "{expression}", negate: true') is not is_true


@pytest.mark.parametrize(
    ("expression", "message", "column"),
    [("object.spec.missing > 1", "no such key", 15), ("object.spec.text", "expected true or false", 15)],
)
def test_a_cel_error_names_its_place(expression: str, message: str, column: int) -> None:
    with pytest.raises(RenderError, match=message) as caught:
        decide(f"cel: {expression}")
    assert (caught.value.line, caught.value.expression) == (9, expression)
    assert caught.value.column >= column


def test_an_unmet_cel_condition_is_named() -> None:
    assert first_unmet(conditions("when: [{cel: object.spec.off}]"), facts()) == "cel: object.spec.off"


def test_data_are_not_changed() -> None:
    import copy

    before = copy.deepcopy(WEBSITE)
    decide("field: '{{ .spec.list }}', contains: a")
    assert before == WEBSITE
