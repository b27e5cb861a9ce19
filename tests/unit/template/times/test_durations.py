from __future__ import annotations

import pytest

from orkestra.template.times.durations import DurationError, format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0), ("0s", 0), ("30s", 30), ("1h30m", 5400), ("1.5s", 1.5), ("500ms", 0.5), (".5s", 0.5),
        ("250us", 25e-5),
        ("250µs", 25e-5), ("10ns", 1e-8), ("1d", 86400), ("2w", 1209600), ("6mo", 180 * 86400), ("1y", 365 * 86400),
        ("1m1s", 61), ("-5s", -5), ("+5s", 5),
    ],
)  # fmt: skip
def test_durations_are_gos_plus_days_weeks_months_years(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text", ["", "30", "s", "1 s", "1x", "-", "1h 30m", "1e3s", "٣s", "9" * 80 + "s", "1000y", "1.2.3s"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(DurationError):
        parse_duration(text)


def test_the_reason_names_what_is_missing() -> None:
    with pytest.raises(DurationError, match="a unit is missing"):
        parse_duration("30")
    with pytest.raises(DurationError, match="unknown unit 'sec'"):
        parse_duration("30sec")


@pytest.mark.parametrize(("seconds", "text"), [(0, "0s"), (90, "1m30s"), (5400, "1h30m"), (0.25, "250ms"), (-5, "-5s")])
def test_durations_are_written_without_empty_units(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text
    assert parse_duration(text) == pytest.approx(seconds)
