"""Timestamps and durations: parsing, printing, parts (cel-go common/types/timestamp.go, duration.go)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

from orkestra.k8s.cel.errors import CelError, no_such_overload
from orkestra.k8s.cel.operators import checked_duration, checked_timestamp
from orkestra.k8s.cel.values import NANOSECONDS, Duration, Timestamp

_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.A)
_RFC3339 = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,30}))?(?:(Z)|([+-])(\d{2}):(\d{2}))", re.A
)
_EPOCH = datetime.date(1970, 1, 1).toordinal()
_OFFSET = re.compile(r"([+-]?)(\d{1,2}):(\d{2})", re.A)


def parse_go_duration(text: str) -> int:
    """``time.ParseDuration``: nanoseconds. Raises ValueError."""
    body = text[1:] if text[:1] in ("+", "-") else text
    if body == "0":
        return 0
    total, at = Fraction(0), 0
    while at < len(body):
        found = _PART.match(body, at)
        if found is None:
            raise ValueError(text)
        total += Fraction(found[1] if len(found[1]) < 40 else "0") * _UNITS[found[2]]
        at = found.end()
    if not body or total >= 2**63:
        raise ValueError(text)
    return -int(total) if text[0] == "-" else int(total)


def to_duration(value: Any) -> Duration:
    if type(value) is Duration:
        return value
    if type(value) is int:
        return checked_duration(value)
    if type(value) is not str:
        raise no_such_overload()
    try:
        return Duration(parse_go_duration(value))
    except ValueError:
        raise CelError("type conversion error from 'string' to 'google.protobuf.Duration'") from None


def parse_rfc3339(text: str) -> int:
    """Nanoseconds since 1970. Raises ValueError."""
    found = _RFC3339.fullmatch(text)
    if found is None:
        raise ValueError(text)
    year, month, day, hour, minute, second = map(int, found.groups()[:6])
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(text)
    days = datetime.date(year, month, day).toordinal() - _EPOCH
    seconds = days * 86400 + hour * 3600 + minute * 60 + second
    if found[9]:
        hours, minutes = int(found[10]), int(found[11])
        if hours > 24 or minutes > 59:
            raise ValueError(text)
        seconds -= (1 if found[9] == "+" else -1) * (hours * 3600 + minutes * 60)
    return seconds * NANOSECONDS + int((found[7] or "0")[:9].ljust(9, "0"))


def to_timestamp(value: Any) -> Timestamp:
    if type(value) is Timestamp:
        return value
    if type(value) is int:
        return checked_timestamp(value * NANOSECONDS)
    if type(value) is not str:
        raise no_such_overload()
    try:
        return checked_timestamp(parse_rfc3339(value))
    except ValueError:
        raise CelError("type conversion error from 'string' to 'google.protobuf.Timestamp'") from None


def format_duration(value: Duration) -> str:
    """Seconds, as ``3600.5s``."""
    whole, rest = divmod(abs(value.ns), NANOSECONDS)
    text = f"{whole}.{rest:09d}".rstrip("0").rstrip(".")
    return f"{'-' if value.ns < 0 else ''}{text}s"


def format_timestamp(value: Timestamp) -> str:
    seconds, rest = divmod(value.ns, NANOSECONDS)
    moment = _moment(seconds)
    fraction = f".{rest:09d}".rstrip("0").rstrip(".")
    return f"{moment.year:04d}-{moment:%m-%dT%H:%M:%S}{fraction}Z"


def _moment(seconds: int) -> datetime.datetime:
    return datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)


@lru_cache(maxsize=64)
def _zone(name: str) -> datetime.tzinfo:
    found = _OFFSET.fullmatch(name)
    if found:
        if int(found[3]) > 59:
            raise CelError(f"timezone offset minutes out of range [0, 59]: {name}")
        minutes = int(found[2]) * 60 + int(found[3])
        if minutes >= 24 * 60:
            raise CelError(f"unknown time zone {name}")
        return datetime.timezone(datetime.timedelta(minutes=-minutes if found[1] == "-" else minutes))
    import zoneinfo

    try:
        return zoneinfo.ZoneInfo(name or "UTC")
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        raise CelError(f"unknown time zone {name}") from None


def _part(of_moment: Callable[[datetime.datetime], int], divisor: int = 0) -> Callable[..., int]:
    def call(value: Any, zone: Any = "UTC") -> int:
        if type(value) is Duration and divisor:
            return abs(value.ns) // divisor * (1 if value.ns >= 0 else -1)
        if type(value) is not Timestamp or type(zone) is not str:
            raise no_such_overload()
        moment = _moment(value.ns // NANOSECONDS).replace(tzinfo=datetime.UTC)
        try:
            return of_moment(moment if zone == "UTC" else moment.astimezone(_zone(zone)))
        except OverflowError:
            raise CelError("timestamp overflow") from None

    return call


def _milliseconds(value: Any, zone: Any = "UTC") -> int:
    if type(value) is Duration:  # all of them, as the other parts of durations; not just the rest of a second
        return abs(value.ns) // 10**6 * (1 if value.ns >= 0 else -1)
    if type(value) is not Timestamp or type(zone) is not str:
        raise no_such_overload()
    return value.ns % NANOSECONDS // 10**6


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "getFullYear": _part(lambda moment: moment.year),
    "getMonth": _part(lambda moment: moment.month - 1),
    "getDayOfYear": _part(lambda moment: moment.timetuple().tm_yday - 1),
    "getDayOfMonth": _part(lambda moment: moment.day - 1),
    "getDate": _part(lambda moment: moment.day),
    "getDayOfWeek": _part(lambda moment: moment.isoweekday() % 7),
    "getHours": _part(lambda moment: moment.hour, 3600 * NANOSECONDS),
    "getMinutes": _part(lambda moment: moment.minute, 60 * NANOSECONDS),
    "getSeconds": _part(lambda moment: moment.second, NANOSECONDS),
    "getMilliseconds": _milliseconds,
}
