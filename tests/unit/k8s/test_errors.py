"""Errors are told apart by reason, and a Status survives the way through an exception."""

from __future__ import annotations

from typing import Any

import pytest

from orkestra.k8s import errors
from orkestra.k8s.errors import AlreadyExists, Cause, Conflict, Expired, Gone, Invalid, StatusError, status_error


def test_reason_comes_before_code() -> None:
    assert type(status_error({"reason": "AlreadyExists", "code": 409})) is AlreadyExists
    assert type(status_error({"reason": "Conflict"}, 409)) is Conflict
    assert type(status_error({"reason": "Expired", "code": 410})) is Expired
    assert type(status_error({}, 410)) is Gone
    assert type(status_error({"reason": "Unheard"}, 418)) is StatusError


def test_a_status_survives_the_round_trip() -> None:
    error = Invalid(
        "no", causes=[Cause("FieldValueRequired", "Required value", "spec.name")], details={"name": "x", "kind": "y"}
    )
    again = status_error(error.status)
    assert type(again) is Invalid
    assert again.status == error.status
    assert again.causes == error.causes
    assert error.status["code"] == 422


@pytest.mark.parametrize(
    "body", [None, "", "<html>", [], 7, {"details": "x", "message": 5}, {"details": {"causes": 1}}]
)
def test_any_body_gives_an_error(body: Any) -> None:
    error = status_error(body, 503)
    assert type(error) is errors.ServiceUnavailable
    assert error.message


def test_field_conflicts_are_told_from_stale_writes() -> None:
    assert Conflict("x", causes=[Cause("FieldManagerConflict", "m", ".spec")]).is_field_conflict
    assert not Conflict("x").is_field_conflict


def test_retry_after_is_read_and_written() -> None:
    error = status_error({"reason": "TooManyRequests", "details": {"retryAfterSeconds": 3}})
    assert error.retry_after == 3
    assert error.status["details"]["retryAfterSeconds"] == 3
