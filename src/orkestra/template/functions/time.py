"""Time stamps, spans of time and windows of the day. The clock is the Environment's, and the day is UTC's."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from orkestra.template.environment import Environment
from orkestra.template.errors import FunctionError
from orkestra.template.functions.arguments import text
from orkestra.template.functions.function import Domain
from orkestra.template.functions.moments import later, minute_of_day, moment_of, now, seconds_of
from orkestra.template.times.durations import DurationError, parse_duration
from orkestra.template.times.layouts import WEEKDAYS, format_moment
from orkestra.template.times.timestamps import (
    TimestampError,
    format_timestamp,
    go_duration,
    human_age,
    parse_timestamp,
    seconds_between,
)

TIME: Final = Domain("time", [])
function = TIME.function

_SATURDAY: Final = 5


@function(
    "timeAgo(ts string) string",
    'How long ago it was, as kubectl tells ages: "45s ago", "3h20m ago", "5d ago"; "in 2h" for the future.',
    '{{ timeAgo "2025-12-31T20:40:00Z" }}',
    "3h20m ago",
    needs_environment=True,
    is_volatile=True,
)
def time_ago(environment: Environment, ts: Any) -> str:
    moment = moment_of(ts)
    if moment is None:
        return ""
    seconds = seconds_between(moment, now(environment))
    return f"{human_age(seconds)} ago" if seconds > -1 else f"in {human_age(-seconds)}"


@function(
    "timeSince(ts string) int",
    "Whole seconds since then; negative for the future, 0 for a missing time.",
    '{{ timeSince "2025-12-31T23:59:00Z" }}',
    "60",
    needs_environment=True,
    is_volatile=True,
)
def time_since(environment: Environment, ts: Any) -> int:
    moment = moment_of(ts)
    return int(seconds_between(moment, now(environment))) if moment else 0


@function(
    "timeUntil(ts string) string",
    'How long until then, as Go prints durations to the second; "0s" when it has passed or is missing.',
    '{{ timeUntil "2026-01-01T01:30:00Z" }}',
    "1h30m0s",
    needs_environment=True,
    is_volatile=True,
)
def time_until(environment: Environment, ts: Any) -> str:
    moment = moment_of(ts)
    return go_duration(max(0, int(seconds_between(now(environment), moment)))) if moment else "0s"


@function(
    "timeFormat(ts string, layout string) string",
    'The time in a layout of Go, or one of Go\'s names for them such as "RFC1123" or "DateOnly".',
    '{{ timeFormat "2026-01-31T08:05:00Z" "2 Jan 2006, 15:04" }}',
    "31 Jan 2026, 08:05",
    needs_environment=True,
)
def time_format(environment: Environment, ts: Any, layout: Any) -> str:
    moment, written = moment_of(ts), text(layout)
    if len(written) > environment.limits.output_bytes:
        raise FunctionError("the layout is too long")
    return format_moment(moment, written) if moment else ""


@function(
    "isExpired(ts string, duration string) bool",
    "Whether this long has passed since then; never for a missing time.",
    '{{ isExpired "2025-12-31T23:00:00Z" "30m" }}',
    "true",
    needs_environment=True,
    is_volatile=True,
)
def is_expired(environment: Environment, ts: Any, duration: Any) -> bool:
    moment, seconds = moment_of(ts), seconds_of(duration)
    return moment is not None and seconds_between(moment, now(environment)) >= seconds


@function(
    "durationSeconds(duration string) number",
    "A duration such as 1h30m, 90d or 2w in seconds.",
    '{{ durationSeconds "1h30m" }}',
    "5400",
)
def duration_seconds(duration: Any) -> int | float:
    seconds = seconds_of(duration)
    return int(seconds) if seconds.is_integer() else seconds


@function(
    "durationAdd(a string, duration string) string",
    "Two durations together, as Go prints them; or, when the first is a time, the time that much later, in UTC.",
    '{{ durationAdd "1h" "45m" }}',
    "1h45m0s",
)
def duration_add(a: Any, duration: Any) -> str:
    seconds = seconds_of(duration)
    try:
        moment = parse_timestamp(text(a))
    except TimestampError:
        return go_duration(seconds_of(a) + seconds)
    return format_timestamp(later(moment, seconds))


@function(
    "durationValid(duration string) bool",
    "Whether the text is a duration.",
    '{{ durationValid "5 minutes" }}',
    "false",
)
def duration_valid(duration: Any) -> bool:
    try:
        parse_duration(text(duration))
    except (DurationError, FunctionError):
        return False
    return True


@function(
    "weekday(ts string) string",
    "The day of the week in UTC, of now when no time is given.",
    "{{ weekday }}",
    "Thursday",
    needs_environment=True,
    is_volatile=True,
)
def weekday(environment: Environment, ts: Any = None) -> str:
    return WEEKDAYS[_day(environment, ts).weekday()]


@function(
    "weekend(ts string) bool",
    "Whether that day is a Saturday or Sunday.",
    '{{ weekend "2026-01-03T12:00:00Z" }}',
    "true",
    needs_environment=True,
    is_volatile=True,
)
def weekend(environment: Environment, ts: Any = None) -> bool:
    return _day(environment, ts).weekday() >= _SATURDAY


def _day(environment: Environment, ts: Any) -> datetime:
    moment = moment_of(ts)
    return now(environment) if moment is None else now(Environment(now=lambda: moment))


@function(
    "timeInWindow(after string, before string) bool",
    "Whether the time of day in UTC is at or past after and before before; the window may go over midnight.",
    '{{ timeInWindow "22:00" "06:00" }}',
    "true",
    needs_environment=True,
    is_volatile=True,
)
def time_in_window(environment: Environment, after: Any, before: Any) -> bool:
    start, end = minute_of_day(after), minute_of_day(before)
    at = now(environment)
    minute = at.hour * 60 + at.minute
    return start <= minute < end if start <= end else minute >= start or minute < end


@function(
    "timeNotInWindow(after string, before string) bool",
    "The opposite of timeInWindow.",
    '{{ timeNotInWindow "08:00" "18:00" }}',
    "true",
    needs_environment=True,
    is_volatile=True,
)
def time_not_in_window(environment: Environment, after: Any, before: Any) -> bool:
    return not time_in_window(environment, after, before)


@function(
    "nextCron(expression string) string",
    "When a cron expression fires next, in UTC.",
    '{{ nextCron "30 9 * * 1-5" }}',
    "2026-01-01T09:30:00Z",
    needs_environment=True,
    is_volatile=True,
)
def next_cron(environment: Environment, expression: Any) -> str:
    from orkestra.template.functions.cron import next_fire

    return next_fire(text(expression), now(environment))
