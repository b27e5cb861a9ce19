"""Conditions change their transition time with their status only."""

from __future__ import annotations

from orkestra.k8s.conditions import (
    conditions_of,
    find_condition,
    is_condition,
    remove_condition,
    set_condition,
    with_conditions,
)

READY = {
    "type": "Ready",
    "status": "True",
    "observedGeneration": 1,
    "lastTransitionTime": "2026-01-01T00:00:00Z",
    "reason": "Reconciled",
    "message": "",
}
SYNCED = {"type": "Synced", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}
LATER = "2026-01-02T00:00:00Z"


def test_a_first_condition_is_dated_now() -> None:
    set_to = set_condition(
        [], type="Ready", status="Unknown", reason="Progressing", message="m", observed_generation=2, now=LATER
    )
    assert set_to == [
        {
            "type": "Ready",
            "status": "Unknown",
            "observedGeneration": 2,
            "lastTransitionTime": LATER,
            "reason": "Progressing",
            "message": "m",
        }
    ]


def test_another_status_moves_the_transition_time_in_place() -> None:
    before = [READY, SYNCED]
    after = set_condition(
        before, type="Ready", status="False", reason="Failed", message="no", observed_generation=1, now=LATER
    )
    assert [c["type"] for c in after] == ["Ready", "Synced"]
    assert after[0]["lastTransitionTime"] == LATER
    assert before[0] is READY and READY["status"] == "True"


def test_another_message_does_not_move_it() -> None:
    after = set_condition(
        [READY], type="Ready", status="True", reason="Reconciled", message="new", observed_generation=3, now=LATER
    )
    assert after[0]["lastTransitionTime"] == "2026-01-01T00:00:00Z"
    assert (after[0]["message"], after[0]["observedGeneration"]) == ("new", 3)


def test_nothing_new_compares_equal() -> None:
    same = set_condition(
        [READY], type="Ready", status="True", reason="Reconciled", message="", observed_generation=1, now=LATER
    )
    assert same == [READY]


def test_duplicates_of_a_type_are_folded() -> None:
    after = set_condition(
        [READY, SYNCED, READY], type="Ready", status="True", reason="R", message="", observed_generation=1, now=LATER
    )
    assert [c["type"] for c in after] == ["Ready", "Synced"]


def test_find_remove_and_read() -> None:
    obj = {"kind": "Website", "status": {"conditions": [READY, "junk", SYNCED]}}
    assert conditions_of(obj) == [READY, SYNCED]
    assert find_condition(conditions_of(obj), "Synced") == SYNCED
    assert find_condition([], "Ready") is None
    assert remove_condition([READY, SYNCED], "Ready") == [SYNCED]
    assert is_condition(obj, "Ready") and not is_condition(obj, "Ready", "False")
    assert conditions_of({"status": []}) == []


def test_with_conditions_copies() -> None:
    obj = {"kind": "Website", "status": {"url": "u"}}
    changed = with_conditions(obj, [READY])
    assert changed["status"] == {"url": "u", "conditions": [READY]}
    assert obj == {"kind": "Website", "status": {"url": "u"}}
