"""Time stamps as Kubernetes writes them (RFC 3339), and spans of time as people and Go write them.

Ages: k8s.io/apimachinery pkg/util/duration/duration.go (what kubectl shows under AGE). Go's spans: time.Duration's
String (go src/time/time.go).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

_STAMP: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.A)
_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_YEAR: Final = 365 * _DAY


class TimestampError(ValueError):
    """A text that is no time stamp; the text says why."""


def parse_timestamp(text: str) -> datetime:
    """An aware datetime, exact to the microsecond. Raises TimestampError."""
    found = _STAMP.fullmatch(text)
    if found is not None:
        written = text.upper()
        if found[1]:
            written = written.replace(found[1], found[1][:7].ljust(7, "0"), 1)
        try:
            moment = datetime.fromisoformat(written)
            moment.astimezone(UTC)  # the first and last hours of the calendar have no UTC in some zones
        except (ValueError, OverflowError):
            pass
        else:
            return moment
    raise TimestampError(f"{text[:40]!r} is no time stamp: expected RFC 3339, such as 2026-01-31T08:00:00Z")


def format_timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC, to the second."""
    at = moment.astimezone(UTC)
    return f"{at.year:04d}-{at:%m-%dT%H:%M:%S}Z"


def seconds_between(start: datetime, end: datetime) -> float:
    return (end - start) / timedelta(seconds=1)


def human_age(seconds: float) -> str:
    """``45s``, ``2m30s``, ``5h``, ``3d4h``, ``2y10d``: two units while the first is small. Never negative."""
    total = max(0, int(seconds))
    if total < 2 * _MINUTE:
        return f"{total}s"
    if total < 10 * _MINUTE:
        return _two(total, _MINUTE, "m", 1, "s")
    if total < 3 * _HOUR:
        return f"{total // _MINUTE}m"
    if total < 8 * _HOUR:
        return _two(total, _HOUR, "h", _MINUTE, "m")
    if total < 2 * _DAY:
        return f"{total // _HOUR}h"
    if total < 8 * _DAY:
        return _two(total, _DAY, "d", _HOUR, "h")
    if total < 2 * _YEAR:
        return f"{total // _DAY}d"
    if total < 8 * _YEAR:
        return _two(total, _YEAR, "y", _DAY, "d")
    return f"{total // _YEAR}y"


def _two(total: int, large: int, large_name: str, small: int, small_name: str) -> str:
    whole, rest = divmod(total, large)
    return f"{whole}{large_name}" + (f"{rest // small}{small_name}" if rest // small else "")


def go_duration(seconds: float) -> str:
    """As Go prints a time.Duration: ``1h30m0s``, ``1.5s``, ``250ms``, ``0s``."""
    total = round(abs(seconds) * 1e9)
    sign = "-" if seconds < 0 and total else ""
    if not total:
        return "0s"
    if total < 10**9:
        unit, size = next(item for item in (("ms", 10**6), ("µs", 10**3), ("ns", 1)) if total >= item[1])
        return f"{sign}{_decimal(total, size)}{unit}"
    minutes, rest = divmod(total, 60 * 10**9)
    hours, minutes = divmod(minutes, 60)
    out = f"{_decimal(rest, 10**9)}s"
    if hours or minutes:
        out = f"{minutes}m{out}"
    return sign + (f"{hours}h{out}" if hours else out)


def _decimal(total: int, size: int) -> str:
    whole, rest = divmod(total, size)
    places = len(str(size)) - 1
    return f"{whole}.{rest:0{places}d}".rstrip("0") if rest else str(whole)
