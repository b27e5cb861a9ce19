from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from orkestra.template import Environment, TemplateError
from tests.unit.template.functions.examples import value_of


def at(text: str) -> Environment:
    return Environment(now=lambda: datetime.fromisoformat(text).replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("ts", "told"),
    [
        ("2026-01-01T00:00:00Z", "0s ago"),
        ("2025-12-31T23:59:15Z", "45s ago"),
        ("2025-12-31T23:58:00Z", "2m ago"),
        ("2025-12-31T23:57:30Z", "2m30s ago"),
        ("2025-12-31T23:45:00.123456789Z", "14m ago"),
        ("2025-12-31T20:40:00Z", "3h20m ago"),
        ("2025-12-31T12:00:00Z", "12h ago"),
        ("2025-12-29T20:00:00Z", "2d4h ago"),
        ("2025-12-01T00:00:00Z", "31d ago"),
        ("2023-01-01T00:00:00Z", "3y1d ago"),
        ("2010-01-01T00:00:00Z", "16y ago"),
        ("2026-01-01T02:00:00+02:00", "0s ago"),
        ("2026-01-01T05:00:00Z", "in 5h"),
        ("0001-01-01T00:00:00Z", "2026y ago"),
        ("", ""),
    ],
)
def test_ages_read_as_kubectl_shows_them(ts: str, told: str) -> None:
    assert value_of("timeAgo .ts", ts=ts) == told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('timeSince "2026-01-01T00:00:30Z"', -30),
        ('timeSince "2025-12-31T23:59:59.500Z"', 0),
        ("timeSince .none", 0),
        ('timeUntil "2025-01-01T00:00:00Z"', "0s"),
        ('timeUntil "2026-01-02T00:00:01Z"', "24h0m1s"),
        ('timeUntil "2026-01-01T00:00:45Z"', "45s"),
        ("timeUntil .none", "0s"),
        ('isExpired "2025-12-31T23:00:00Z" "1h"', True),
        ('isExpired "2025-12-31T23:00:00Z" "1h1s"', False),
        ('isExpired .none "1h"', False),
        ('isExpired "2025-10-01T00:00:00Z" "90d"', True),
        ('durationSeconds "1.5s"', 1.5),
        ('durationSeconds "2w"', 1_209_600),
        ("durationSeconds .none", 0),
        ('durationAdd "1h" "-90m"', "-30m0s"),
        ('durationAdd .none "250ms"', "250ms"),
        ('durationAdd "1h" .none', "1h0m0s"),
        ('durationAdd "1us" "0"', "1µs"),
        ('durationAdd "2026-01-01T00:00:00+01:00" "1d"', "2026-01-01T23:00:00Z"),
        ('durationValid "90d"', True),
        ('durationValid "90"', False),
        ("durationValid .none", False),
        ("weekend", False),
        ('weekday "2026-01-04T23:30:00-01:00"', "Monday"),
        ('weekend "2026-01-04T23:30:00-01:00"', False),
        ('timeInWindow "00:00" "00:01"', True),
        ('timeInWindow "00:01" "00:00"', False),
        ('timeInWindow "09:00" "09:00"', False),
        ('timeInWindow "00:00" "24:00"', True),
        ('timeNotInWindow "22:00" "06:00"', False),
        ('nextCron "@yearly"', "2027-01-01T00:00:00Z"),
        ('nextCron "0 0 29 2 *"', "2028-02-29T00:00:00Z"),
        ('nextCron ""', "2026-01-01T00:01:00Z"),
    ],
)
def test_results(text: str, expected: Any) -> None:
    found = value_of(text, none=None)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('timeAgo "yesterday"', "'yesterday' is no time stamp"),
        ('timeSince "2026-02-30T00:00:00Z"', "is no time stamp"),
        ('timeSince "2026-01-01 00:00:00"', "is no time stamp"),
        ('isExpired "2026-01-01T00:00:00Z" "soon"', "is not a duration"),
        ('durationAdd "9999-12-31T00:00:00Z" "2d"', "beyond the calendar"),
        ('timeInWindow "9" "10:00"', "expected a time of day such as 09:30"),
        ('timeInWindow "09:60" "10:00"', "expected a time of day such as 09:30"),
        ('timeInWindow "24:01" "10:00"', "expected a time of day such as 09:30"),
        ('timeInWindow "٠٩:00" "10:00"', "expected a time of day such as 09:30"),
        ('nextCron "* * *"', "expected five fields"),
        ('nextCron "0 0 31 2 *"', "day-of-month"),
        ('cronField "* * * * *" 5', "fields 0 to 4; got 5"),
        ("cronFromMap (cronFromMap .none)", 'expected an object; got "* * * * *"'),
        ("cronFromMap .odd", 'unknown field "second"'),
        ("cronFromAny .list", "expected five fields; got 1"),
        ("cronNormalize .list", "expected text; got a list"),
        ('cronDescribe "@sometimes"', 'unknown macro "@sometimes"'),
    ],
)
def test_refusals(text: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        value_of(text, odd={"second": 1}, list=["1"])
    assert caught.value.message.startswith(f"error calling {text.split()[0]}: ")
    assert message in caught.value.message


@pytest.mark.parametrize("text", ["timeAgo .t", "weekday", "nextCron .c", 'timeInWindow "01:00" "02:00"'])
def test_without_a_clock_nothing_tells_the_time(text: str) -> None:
    with pytest.raises(TemplateError, match="no clock is available here"):
        value_of(text, Environment(), t="2026-01-01T00:00:00Z", c="@daily")


@pytest.mark.parametrize(
    ("moment", "is_inside"),
    [("2026-06-01T21:59:59", False), ("2026-06-01T22:00:00", True), ("2026-06-01T05:59:59", True)],
)
def test_a_window_over_midnight(moment: str, is_inside: bool) -> None:
    assert value_of('timeInWindow "22:00" "06:00"', at(moment)) is is_inside
    assert value_of('timeNotInWindow "22:00" "06:00"', at(moment)) is not is_inside


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'cronToMap "*/5 9-17 1,15 jan mon"',
            {"minute": "*/5", "hour": "9-17", "dom": "1,15", "month": "JAN", "dow": "MON"},
        ),
        ("cronToMap .none", {"minute": "*", "hour": "*", "dom": "*", "month": "*", "dow": "*"}),
        ("cronFromMap .map", "30 2 * * 1-5"),
        ("cronFromMap .none", "* * * * *"),
        ("cronFromAny .map", "30 2 * * 1-5"),
        ("cronFromAny .list", "0 9 * * MON"),
        ("cronFromAny .none", "* * * * *"),
        ('cronNormalize "  0   0 * * ? "', "0 0 * * *"),
        ('cronNormalize ""', "* * * * *"),
        ('cronNormalize "@Annually"', "0 0 1 1 *"),
        ('cronValid "0 0 * * *"', True),
        ('cronValid "0 0 30 2 *"', False),
        ("cronValid .none", False),
        ("cronValid .list", False),
        ('cronField "1 2 3 4 5" "3"', "4"),
        ('cronMinute "@hourly"', "0"),
        ("cronHour .none", "*"),
        ('cronDom "0 0 1-7 * *"', "1-7"),
        ('cronMonth "0 0 1 jan *"', "JAN"),
        ('cronDow "0 0 * * mon-fri"', "MON-FRI"),
        ('cronExpr .none "" 1 2 "3"', "* * 1 2 3"),
    ],
)
def test_cron_expressions(text: str, expected: Any) -> None:
    data = {"minute": 30, "hour": "2", "dayOfWeek": "1-5"}
    assert value_of(text, map=data, list=["0", 9, "*", "", "mon"]) == expected


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("* * * * *", "Every minute"),
        ("*/5 * * * *", "Every 5 minutes"),
        ("*/1 * * * *", "Every minute"),
        ("0 * * * *", "Every hour"),
        ("15 * * * *", "At minute 15 past every hour"),
        ("0,30 * * * *", "At minutes 0 and 30 past every hour"),
        ("0 */6 * * *", "Every 6 hours"),
        ("5 */6 * * *", "At minute 5 of every 6 hours"),
        ("0 9 * * *", "At 09:00"),
        ("0 9,17 * * *", "At 09:00 and 17:00"),
        ("*/15 9-17 * * 1-5", "Every 15 minutes of hours 9 through 17, Monday through Friday"),
        ("* 3 * * *", "Every minute of hour 3"),
        ("@daily", "At 00:00"),
        ("@weekly", "At 00:00, on Sunday"),
        ("0 0 * * sat,sun", "At 00:00, on Saturday and Sunday"),
        ("@monthly", "At 00:00, on day 1 of the month"),
        ("@yearly", "At 00:00, on day 1 of the month, in January"),
        ("0 0 1,15 * *", "At 00:00, on days 1 and 15 of the month"),
        ("0 0 13 * 5", "At 00:00, on day 13 of the month or on Friday"),
        ("0 0 */2 * *", "At 00:00, every 2 days"),
        ("0 0 1 */3 *", "At 00:00, on day 1 of the month, every 3 months"),
        ("0 0 1 3-5 *", "At 00:00, on day 1 of the month, in March through May"),
    ],
)
def test_descriptions(expression: str, told: str) -> None:
    assert value_of("cronDescribe .e", e=expression) == told
