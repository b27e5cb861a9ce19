from __future__ import annotations

from datetime import UTC, datetime

import pytest

from orkestra.client.retry import RetryPolicy, parse_retry_after
from orkestra.k8s.errors import Conflict, InternalError, ServiceUnavailable, Timeout, TooManyRequests

CALM = RetryPolicy(attempts=3, window_seconds=10, jitter=lambda: 0.0)


def test_server_names_the_wait() -> None:
    assert CALM.wait_before(1, TooManyRequests("slow down", retry_after=4), 0) == 4


def test_wait_without_a_header_doubles() -> None:
    waits = [CALM.wait_before(attempt, TooManyRequests("slow down"), 0) for attempt in (1, 2)]
    assert waits == [1, 2]


def test_attempts_are_bounded() -> None:
    assert CALM.wait_before(3, TooManyRequests("slow down", retry_after=1), 0) is None


def test_all_waiting_fits_the_window() -> None:
    assert CALM.wait_before(2, TooManyRequests("slow down", retry_after=4), 7) is None
    assert CALM.wait_before(1, TooManyRequests("slow down", retry_after=1e9), 0) is None


def test_jitter_only_adds() -> None:
    policy = RetryPolicy(jitter=lambda: 1.0)
    assert policy.wait_before(1, TooManyRequests("slow down", retry_after=2), 0) == 3


def test_server_error_is_repeated_only_when_the_server_asks() -> None:
    assert CALM.wait_before(1, ServiceUnavailable("later", retry_after=1), 0) == 1
    assert CALM.wait_before(1, ServiceUnavailable("later"), 0) is None
    assert CALM.wait_before(1, InternalError("broken"), 0) is None


def test_timeout_may_have_acted_so_only_repeatable_requests_go_again() -> None:
    timeout = Timeout("too slow", retry_after=1)
    assert CALM.wait_before(1, timeout, 0, is_repeatable=True) == 1
    assert CALM.wait_before(1, timeout, 0, is_repeatable=False) is None


def test_conflict_is_the_callers() -> None:
    assert CALM.wait_before(1, Conflict("stale", retry_after=1), 0) is None


NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0),
        ("", 0),
        ("3", 3),
        (" 3 ", 3),
        ("-3", 0),
        ("inf", 0),
        ("1e9", 0),
        ("٣", 0),
        ("Thu, 01 Jan 2026 00:00:30 GMT", 30),
        ("Wed, 31 Dec 2025 00:00:00 GMT", 0),
        ("someday", 0),
    ],
)
def test_retry_after_header(header: str | None, seconds: float) -> None:
    assert parse_retry_after(header, lambda: NOW) == seconds


def test_enormous_retry_after_stays_finite() -> None:
    assert parse_retry_after("9" * 400, lambda: NOW) < 1e10
