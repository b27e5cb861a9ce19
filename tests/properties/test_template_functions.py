"""Every function, called as the engine calls it: a value or a FunctionError, soon, and its arguments unchanged."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orkestra.template import Environment, FunctionError
from orkestra.template.functions import Function, builtin_functions
from tests.unit.template.functions.examples import CHILDREN

ROWS = [row for row in builtin_functions().values() if row.domain != "go"]
ENVIRONMENT = Environment(now=lambda: datetime(2026, 1, 1, tzinfo=UTC), random=lambda size: b"\xfe" * size)
LONGEST_SECONDS = 2.0
TELLING_TEXT = (
    "2026-01-01T00:00:00Z 0001-01-01T00:00:00+23:59 9999-12-31T23:59:59-23:59 1h30m 290y -1ns @daily @yearly 1e1000 "
    "*/5 0,30 1-5 v1.2.3 1.2.3-rc.1+b >=1.2 ^0 ~* x 1-2 10.0.0.0/8 ::/0 ::ffff:1.2.3.4 fe80::1%eth0 10Gi -1m 1e18 "
    "nginx:1.27@sha256:0 a@b.example git@host:a/b https://[::1]:99999/ http://host: 09:30 24:00 Europe/Paris spec.a[0] "
    '["a.b [" ].. a.b[ 9999999999999999999999 0x1 NaN +Inf 2006 Jan_2 .999 {"a":[1]} example.com/key True'
)
TELLING = TELLING_TEXT.split()

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-3, max_value=70),
    st.floats(),
    st.text(max_size=12),
    st.text(alphabet="0123456789*/,-LW# ", max_size=20),
    st.sampled_from(TELLING),
    st.sampled_from(("0 0 29 2 *", "0 0 L * *", "\ud800", "\udcff", "é", "٣", "a" * 3000, "1" * 5000)),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def call(row: Function, arguments: list[Any]) -> Any:
    assert row.call is not None
    before = copy.deepcopy(arguments)
    began = time.process_time()
    try:
        found = row.call(ENVIRONMENT, *arguments) if row.needs_environment else row.call(*arguments)
    except FunctionError as refusal:
        assert str(refusal)
        assert len(str(refusal)) < 500
        found = None
    assert time.process_time() - began < LONGEST_SECONDS
    assert repr(arguments) == repr(before)
    return found


def is_of(result: str, found: Any) -> bool:
    kinds: dict[str, Callable[[Any], bool]] = {
        "string": lambda value: isinstance(value, str),
        "int": lambda value: isinstance(value, int) and not isinstance(value, bool),
        "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
        "float": lambda value: isinstance(value, float),
        "bool": lambda value: isinstance(value, bool),
        "list": lambda value: isinstance(value, list),
        "map": lambda value: isinstance(value, dict),
    }
    return found is None or result not in kinds or kinds[result](found)


def check(row: Function, arguments: list[Any]) -> None:
    if row.arity_problem(len(arguments)):
        return
    found = call(row, arguments)
    result = row.signature.rpartition(")")[2].strip()
    assert is_of(result, found), f"{row.name} promises {result}, gives {found!r}"
    assert len(repr(found)) <= 20 * len(repr(arguments)) + 30_000


steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@settings(steady, max_examples=1000)
@given(row=st.sampled_from(ROWS), arguments=st.lists(values, max_size=5))
def test_any_function_on_any_arguments(row: Function, arguments: list[Any]) -> None:
    check(row, arguments)


def replaced(tree: Any, at: list[int], part: Any) -> Any:
    """``tree`` with ``part`` at a place chosen by ``at``: how an object looks that some other controller wrote."""
    if not at or not isinstance(tree, (dict, list)) or not tree:
        return part
    if isinstance(tree, dict):
        keys = sorted(tree)
        key = keys[at[0] % len(keys)]
        return {**tree, key: replaced(tree[key], at[1:], part)}
    index = at[0] % len(tree)
    return [*tree[:index], replaced(tree[index], at[1:], part), *tree[index + 1 :]]


objects = st.builds(
    replaced,
    st.sampled_from([*CHILDREN["children"].values(), CHILDREN["external"]["prom"]]),
    st.lists(st.integers(min_value=0, max_value=30), min_size=1, max_size=6),
    values,
)


@settings(steady, max_examples=1000)
@given(
    row=st.sampled_from([row for row in ROWS if "(o" in row.signature or row.domain in ("node", "prometheus")]),
    subject=objects,
    others=st.lists(scalars | st.sampled_from((0, "web", "spec.replicas", "Available")), max_size=3),
)
def test_any_object_function_on_objects_that_are_nearly_right(row: Function, subject: Any, others: list[Any]) -> None:
    for count in range(len(others) + 1):
        check(row, [subject, *others[:count]])


@settings(steady, max_examples=200)
@given(text=st.text(alphabet="0123456789*/,-?LW#JANFEBMONSUN@ daily", max_size=24))
def test_a_cron_expression_parses_or_is_refused_and_then_describes_itself(text: str) -> None:
    rows = builtin_functions()
    if call(rows["cronValid"], [text]):
        told = call(rows["cronDescribe"], [text])
        assert told
        assert told[0].isupper()
        assert call(rows["cronFromMap"], [call(rows["cronToMap"], [text])]) == call(rows["cronNormalize"], [text])
        call(rows["nextCron"], [text])


@settings(steady, max_examples=200)
@given(value=values)
def test_results_may_go_into_a_manifest(value: Any) -> None:
    rows = builtin_functions()
    for name in ("toList", "asList", "asMap", "asString", "mapKeys", "mapValues", "getOr"):
        arguments = [value, "a", 1][: max(1, rows[name].min_args)]
        json.dumps(call(rows[name], arguments), default=str)
