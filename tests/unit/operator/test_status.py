"""Status tells the truth, and is written only when it changes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orkestra.operator.outcome import Drift, Failure, Outcome, Reason
from orkestra.operator.status import MAX_MESSAGE, FieldWrite, convert, next_status, status_patch, verdict_of

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
LATER = datetime(2026, 1, 2, tzinfo=UTC)


def status(current: dict[str, Any], outcome: Outcome, *, now: datetime = FIRST, **options: Any) -> dict[str, Any]:
    return next_status(current, outcome, generation=3, now=now, **options)


def by_type(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {c["type"]: c for c in found["conditions"]}


def failed(reason: Reason = Reason.ERROR, *, is_retried: bool = True, message: str = "no") -> Outcome:
    return Outcome(failures=[Failure(reason, message, is_retried=is_retried)])


def test_success_is_ready_and_nothing_else() -> None:
    found = status({}, Outcome())
    assert found["observedGeneration"] == 3
    assert by_type(found) == {
        "Ready": {
            "type": "Ready",
            "status": "True",
            "reason": "ReconcileSucceeded",
            "message": "",
            "observedGeneration": 3,
            "lastTransitionTime": "2026-01-01T00:00:00Z",
        }
    }


def test_progress_is_unknown_and_names_the_first_blocker() -> None:
    found = by_type(status({}, Outcome(waiting=["Deployment web: 1 of 2", "Service x: no"])))
    assert (found["Ready"]["status"], found["Ready"]["message"]) == ("Unknown", "Deployment web: 1 of 2")
    assert found["Reconciling"]["status"] == "True"
    assert "Stalled" not in found


@pytest.mark.parametrize(
    ("outcome", "abnormal"),
    [
        (failed(), "Reconciling"),
        (failed(Reason.CONFLICT, is_retried=False), "Stalled"),
        (failed(Reason.INVALID_TEMPLATE, is_retried=False), "Stalled"),
        (failed(Reason.FORBIDDEN), "Stalled"),
        (Outcome(failed_children=["Deployment web: deadline exceeded"]), "Stalled"),
    ],
)
def test_errors_are_false_and_say_whether_anybody_is_still_trying(outcome: Outcome, abnormal: str) -> None:
    found = by_type(status({}, outcome))
    assert found["Ready"]["status"] == "False"
    assert set(found) == {"Ready", abnormal}


def test_abnormal_conditions_go_when_all_is_well_again() -> None:
    before = status({}, failed())
    assert set(by_type(status(before, Outcome()))) == {"Ready"}


def test_the_transition_time_moves_only_with_the_status() -> None:
    before = status({}, Outcome(waiting=["a"]))
    same = status(before, Outcome(waiting=["b"]), now=LATER)
    other = status(before, Outcome(), now=LATER)
    assert by_type(same)["Ready"]["lastTransitionTime"] == "2026-01-01T00:00:00Z"
    assert by_type(other)["Ready"]["lastTransitionTime"] == "2026-01-02T00:00:00Z"


def test_conditions_and_fields_of_others_stay() -> None:
    before = {"conditions": [{"type": "Backup", "status": "True"}], "owner": "them"}
    found = status(before, Outcome())
    assert found["owner"] == "them"
    assert "Backup" in by_type(found)


def test_drift_that_is_only_reported_is_a_condition() -> None:
    found = by_type(status({}, Outcome(drifted=[Drift("ConfigMap", "ConfigMap a/b differs at data.k")])))
    assert found["Drifted"]["message"] == "ConfigMap a/b differs at data.k"
    assert found["Ready"]["status"] == "True"


def test_messages_are_cut() -> None:
    assert len(verdict_of(failed(message="x" * 1000)).message) == MAX_MESSAGE


def test_fields_are_set_and_removed_without_touching_what_was_read() -> None:
    before = {"a": {"b": 1, "c": 2}}
    found = status(before, Outcome(), fields=[FieldWrite(("a", "b"), None), FieldWrite(("x", "y"), "z")])
    assert found["a"] == {"c": 2}
    assert found["x"] == {"y": "z"}
    assert before == {"a": {"b": 1, "c": 2}}


@given(
    st.lists(st.sampled_from(["a", "b"]), max_size=2),
    st.booleans(),
    st.dictionaries(st.sampled_from(["x", "y"]), st.integers(), max_size=2),
)
def test_saying_the_same_twice_writes_once(waiting: list[str], fails: bool, fields: dict[str, int]) -> None:
    outcome = failed() if fails else Outcome(waiting=waiting)
    writes = [FieldWrite((name,), value) for name, value in fields.items()]
    first = status({}, outcome, fields=writes)
    assert status_patch({}, first) is not None
    assert status_patch(first, status(first, outcome, now=LATER, fields=writes)) is None


@pytest.mark.parametrize(
    ("value", "type_", "expected"),
    [
        (3, "string", "3"),
        (True, "string", "true"),
        (None, "string", ""),
        ("3", "int", 3),
        (3.0, "int", 3),
        ("", "int", None),
        ("2.5", "float", 2.5),
        ("True", "bool", True),
        (7, "auto", 7),
        ([1], "auto", [1]),
        (None, "auto", None),
    ],
)
def test_values_take_the_declared_type(value: object, type_: str, expected: object) -> None:
    assert convert(value, type_) == expected


@pytest.mark.parametrize(("value", "type_"), [("many", "int"), ("x", "float"), ("maybe", "bool")])
def test_a_value_of_another_type_is_an_error(value: object, type_: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        convert(value, type_)
