"""When a generated Secret is made anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from orkestra.client.watch import ObjectMeta
from orkestra.operator.names import GENERATED_ANNOTATION
from orkestra.operator.plan import Step, Verb
from orkestra.operator.resources.fields import FieldError
from orkestra.operator.rotation import age_of, seconds_left, timestamp
from tests.unit.operator.test_plan import desired, live_of, plan

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("meta", "left"),
    [
        (ObjectMeta(annotations={GENERATED_ANNOTATION: "2026-01-01T11:59:30Z"}), 30),
        (ObjectMeta(annotations={GENERATED_ANNOTATION: "2026-01-01T11:00:00Z"}), -3540),
        (ObjectMeta(creation_timestamp="2026-01-01T11:59:50Z"), 50),
        (ObjectMeta(annotations={GENERATED_ANNOTATION: "never"}, creation_timestamp="2026-01-01T11:59:50Z"), 50),
        (ObjectMeta(), 60),
    ],
)
def test_the_annotation_counts_then_the_creation(meta: ObjectMeta, left: float) -> None:
    assert seconds_left(meta, 60, NOW) == left


@pytest.mark.parametrize("written", ["-5m", "1ms"])
def test_an_age_at_which_nothing_else_would_be_done_is_refused(written: str) -> None:
    with pytest.raises(FieldError, match="rotateAfter: expected at least 1s"):
        age_of({"rotateAfter": written})


def test_no_age_is_never() -> None:
    assert age_of({}) == age_of({"rotateAfter": ""}) == age_of({"rotateAfter": "0s"}) == 0


def steps(made: str, *, reconciled: bool = False) -> tuple[Step, ...]:
    want = desired(is_reconciled=reconciled, rotate_after=60.0, is_kept=True)
    have = live_of(want.manifest)
    have.meta.annotations[GENERATED_ANNOTATION] = made
    assert have.obj is not None
    have.obj["data"]["k"] = "another random value"
    return plan(want, live=[have], now=NOW).steps


def test_what_is_young_is_neither_compared_nor_written() -> None:
    assert steps(timestamp(NOW)) == ()
    assert steps(timestamp(NOW), reconciled=True) == ()


def test_what_is_old_is_written_again_as_a_whole() -> None:
    (step,) = steps("2026-01-01T11:00:00Z")
    assert (step.verb, step.may_drop, step.is_drift) == (Verb.APPLY, True, False)


def test_what_it_is_made_from_has_changed() -> None:
    old, new = desired(), desired(data={"k": "new"}, rotate_after=60.0, is_kept=True)
    have = live_of(old.manifest)
    have.meta.annotations[GENERATED_ANNOTATION] = timestamp(NOW)
    assert [step.verb for step in plan(new, live=[have], now=NOW).steps] == [Verb.APPLY]
    assert plan(replace(new, is_reconciled=False), live=[have], now=NOW).is_empty
