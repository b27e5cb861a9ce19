"""The ordering guarantees of the work queue."""

from __future__ import annotations

import pytest

from orkestra.controller.backlog import HIGH_BURST, Backlog, Priority

LOW, HIGH = Priority.LOW, Priority.HIGH


def test_a_key_is_queued_once_however_often_it_is_added() -> None:
    backlog: Backlog[str] = Backlog()
    assert backlog.add("a", HIGH)
    assert not backlog.add("a", HIGH)
    assert len(backlog) == 1
    assert backlog.pop() == ("a", HIGH)
    assert backlog.pop() is None


def test_a_running_key_is_not_handed_out_again_before_it_is_done() -> None:
    backlog: Backlog[str] = Backlog()
    backlog.add("a", HIGH)
    backlog.pop()
    backlog.add("a", HIGH)
    assert backlog.pop() is None
    assert backlog.done("a")
    assert backlog.pop() == ("a", HIGH)
    assert not backlog.done("a")


def test_done_of_a_key_that_does_not_run_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        Backlog[str]().done("a")


def test_a_users_change_overtakes_a_resync() -> None:
    backlog: Backlog[str] = Backlog()
    backlog.add("resync", LOW)
    backlog.add("change", HIGH)
    assert [backlog.pop(), backlog.pop()] == [("change", HIGH), ("resync", LOW)]


def test_a_queued_resync_is_upgraded_by_a_change_and_never_downgraded() -> None:
    backlog: Backlog[str] = Backlog()
    for key in ("a", "b"):
        backlog.add(key, LOW)
    backlog.add("b", HIGH)
    backlog.add("b", LOW)
    assert len(backlog) == 2
    assert [backlog.pop(), backlog.pop(), backlog.pop()] == [("b", HIGH), ("a", LOW), None]


def test_a_key_requeued_after_an_upgrade_keeps_its_place_behind_others() -> None:
    backlog: Backlog[str] = Backlog()
    backlog.add("a", LOW)
    backlog.add("a", HIGH)
    backlog.pop()
    backlog.done("a")
    backlog.add("b", LOW)
    backlog.add("a", LOW)  # the stale entry of the first add must not let it pass b
    assert [backlog.pop(), backlog.pop()] == [("b", LOW), ("a", LOW)]


def test_the_higher_priority_added_while_running_counts() -> None:
    backlog: Backlog[str] = Backlog()
    backlog.add("a", LOW)
    backlog.pop()
    backlog.add("a", HIGH)
    backlog.add("a", LOW)
    backlog.done("a")
    assert backlog.pop() == ("a", HIGH)


def test_low_priority_is_not_starved_by_an_endless_stream_of_changes() -> None:
    backlog: Backlog[int] = Backlog()
    backlog.add(-1, LOW)
    for key in range(2 * HIGH_BURST):
        backlog.add(key, HIGH)
    taken = [backlog.pop() for _ in range(HIGH_BURST + 1)]
    assert taken[-1] == (-1, LOW)
    assert all(entry is not None and entry[1] is HIGH for entry in taken[:-1])


def test_a_burst_without_waiting_resyncs_earns_them_no_credit() -> None:
    backlog: Backlog[int] = Backlog()
    for key in range(3 * HIGH_BURST):
        backlog.add(key, HIGH)
    for _ in range(2 * HIGH_BURST):
        backlog.pop()
    backlog.add(-1, LOW)
    assert backlog.pop() == (2 * HIGH_BURST, HIGH)


def test_clear_drops_what_waits_and_the_marks_of_what_runs() -> None:
    backlog: Backlog[str] = Backlog()
    backlog.add("running", HIGH)
    backlog.pop()
    backlog.add("running", HIGH)
    backlog.add("waiting", LOW)
    assert sorted(backlog.clear()) == ["running", "waiting"]
    assert not backlog.done("running")
    assert backlog.pop() is None
