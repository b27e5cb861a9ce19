from __future__ import annotations

import pytest

from orkestra.controller.ratelimit import ExponentialBackoff


def test_each_failure_doubles_the_wait_from_5_ms_to_1000_s() -> None:
    backoff: ExponentialBackoff[str] = ExponentialBackoff()
    waits = [backoff.when("a") for _ in range(30)]
    assert waits[:4] == [0.005, 0.01, 0.02, 0.04]
    assert waits[17] == pytest.approx(655.36)
    assert set(waits[18:]) == {1000.0}


def test_keys_do_not_share_their_failures() -> None:
    backoff: ExponentialBackoff[str] = ExponentialBackoff()
    backoff.when("a")
    assert (backoff.when("b"), backoff.failures("a"), backoff.failures("c")) == (0.005, 1, 0)


def test_forget_starts_over_and_frees_the_entry() -> None:
    backoff: ExponentialBackoff[str] = ExponentialBackoff()
    backoff.when("a")
    backoff.when("a")
    backoff.forget("a")
    backoff.forget("never seen")
    assert len(backoff) == 0
    assert backoff.when("a") == 0.005


def test_ten_thousand_failures_stay_at_the_cap() -> None:
    backoff: ExponentialBackoff[str] = ExponentialBackoff()
    assert [backoff.when("a") for _ in range(10_000)][-1] == 1000.0


@pytest.mark.parametrize(("base", "cap"), [(0.0, 1.0), (-1.0, 1.0), (2.0, 1.0)])
def test_a_meaningless_range_is_refused(base: float, cap: float) -> None:
    with pytest.raises(ValueError, match="base"):
        ExponentialBackoff[str](base, cap)
