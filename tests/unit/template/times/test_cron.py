from __future__ import annotations

from datetime import UTC, datetime

import pytest

from orkestra.template.times.cron import CronError, is_open, parse_cron


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("*/5 * * * *", "*/5 * * * *"), ("0 9 * jan mon-fri", "0 9 * JAN MON-FRI"), ("@daily", "0 0 * * *"),
        (" @Hourly ", "0 * * * *"), ("0  0 ? * 6", "0 0 * * 6"),
    ],
)  # fmt: skip
def test_five_fields_names_and_macros(text: str, normal: str) -> None:
    assert parse_cron(text) == normal


@pytest.mark.parametrize(
    "text",
    [
        "",
        "* * * *",
        "* * * * * *",
        "61 * * * *",
        "0 0 30 2 *",
        "*/0 * * * *",
        "5-1 * * * *",
        "@often",
        "0 0 L * *",
        "0 0 * * 5#2",
        "a b c d e",
    ],
)
def test_what_is_no_expression_or_never_fires_is_refused(text: str) -> None:
    with pytest.raises(CronError):
        parse_cron(text)


@pytest.mark.parametrize(
    ("clock", "is_in"),
    [("09:59:59", False), ("10:00:00", True), ("10:00:59", True), ("10:01:00", False)],
)
def test_a_window_opens_when_it_fires_and_closes_after_its_length(clock: str, is_in: bool) -> None:
    now = datetime.fromisoformat(f"2026-03-02T{clock}+00:00").astimezone(UTC)
    assert is_open(parse_cron("0 10 * * *"), now, 60) is is_in
