"""What the functions about time share: the clock, time stamps and durations as arguments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from orkestra.template.environment import Environment
from orkestra.template.errors import FunctionError
from orkestra.template.functions.arguments import text
from orkestra.template.times.durations import DurationError, parse_duration
from orkestra.template.times.timestamps import TimestampError, parse_timestamp

_MINUTES_OF_DAY: Final = 24 * 60


def now(environment: Environment) -> datetime:
    """The Environment's clock, in UTC."""
    return environment.now().astimezone(UTC)


def moment_of(value: Any) -> datetime | None:
    """A time stamp; None for a missing one. Raises FunctionError."""
    written = text(value)
    if not written:
        return None
    try:
        return parse_timestamp(written)
    except TimestampError as problem:
        raise FunctionError(str(problem)) from None


def seconds_of(value: Any) -> float:
    """A duration in seconds; 0 for a missing one. Raises FunctionError."""
    written = text(value)
    try:
        return parse_duration(written) if written else 0.0
    except DurationError as problem:
        raise FunctionError(str(problem)) from None


def later(moment: datetime, seconds: float) -> datetime:
    """Raises FunctionError beyond the years 1 to 9999."""
    try:
        return moment + timedelta(seconds=seconds)
    except OverflowError:
        raise FunctionError("the time is beyond the calendar") from None


def minute_of_day(value: Any) -> int:
    """``HH:MM`` as minutes since midnight; ``24:00`` is the end of the day. Raises FunctionError."""
    written = text(value)
    hours, colon, minutes = written.partition(":")
    is_clock = colon and len(hours) <= 2 and len(minutes) == 2 and (hours + minutes).isdigit() and written.isascii()
    found = int(hours) * 60 + int(minutes) if is_clock and int(minutes) < 60 else -1
    if not 0 <= found <= _MINUTES_OF_DAY:
        raise FunctionError(f'expected a time of day such as 09:30; got "{written[:40]}"')
    return found
