from __future__ import annotations

from orkestra.informer.backoff import Backoff


def test_waits_double_from_0_8_to_30_seconds() -> None:
    backoff = Backoff(random_fraction=lambda: 0.0)
    now, waits = 0.0, []
    for _ in range(8):
        waits.append(backoff.next(now))
        now += waits[-1]
    assert waits == [0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30.0, 30.0]


def test_jitter_at_most_doubles_a_wait() -> None:
    assert Backoff(random_fraction=lambda: 1.0).next(0.0) == 1.6


def test_two_quiet_minutes_start_over() -> None:
    backoff = Backoff(random_fraction=lambda: 0.0)
    for _ in range(5):
        backoff.next(0.0)
    assert backoff.next(100.0) > 0.8
    assert backoff.next(300.0) == 0.8


def test_the_servers_retry_after_is_the_least_wait() -> None:
    assert Backoff(random_fraction=lambda: 0.0).next(0.0, at_least=17) == 17
