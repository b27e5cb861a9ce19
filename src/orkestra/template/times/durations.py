"""One grammar for every duration: Go's, plus days, weeks, months and years.

``1h30m``, ``1.5s``, ``500ms``, ``90d``, ``2w``, ``6mo``, ``1y``, ``0``. A month has 30 days and a year 365. A bare
number other than 0 is refused, as Go does. Source of the Go part: time.ParseDuration (src/time/format.go).
"""

from __future__ import annotations

import re
from typing import Final

_SECONDS: Final = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "μs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "w": 7 * 86400.0,
    "mo": 30 * 86400.0,
    "y": 365 * 86400.0,
}
UNITS: Final = ("ns", "us", "ms", "s", "m", "h", "d", "w", "mo", "y")
MAX_SECONDS: Final = 290 * 365 * 86400.0
"""Go's durations end at about 292 years."""

_PART = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|mo|[smhdwy])(?=[0-9.]|$)")
_MAX_LENGTH = 64
_EXPECTED: Final = "expected a number and a unit, such as 30s or 1h30m"


class DurationError(ValueError):
    """A duration that does not parse; the text says why."""


def parse_duration(text: str) -> float:
    """``text`` in seconds; a leading sign is allowed. Raises DurationError."""
    body = text[1:] if text[:1] in ("+", "-") else text
    if body == "0":
        return 0.0
    if not body or len(text) > _MAX_LENGTH:
        raise DurationError(f"{text[:_MAX_LENGTH]!r} is not a duration: {_EXPECTED}")
    seconds, at = 0.0, 0
    while at < len(body):
        part = _PART.match(body, at)
        if part is None:
            raise DurationError(_reason(text, body[at:]))
        seconds += float(part[1]) * _SECONDS[part[2]]
        at = part.end()
    if seconds > MAX_SECONDS:
        raise DurationError(f"{text!r} is longer than 290 years")
    return -seconds if text[0] == "-" else seconds


def _reason(text: str, rest: str) -> str:
    number = re.match(r"[0-9.]+", rest)
    unit = re.match(r"[^0-9.+-]*", rest[number.end() :]) if number else None
    if number and unit and unit.group().strip():
        return f"{text!r} is not a duration: unknown unit {unit.group()!r} (known: {' '.join(UNITS)})"
    if number:
        return f"{text!r} is not a duration: a unit is missing after {number.group()!r}"
    return f"{text!r} is not a duration: {_EXPECTED}"


def format_duration(seconds: float) -> str:
    """A duration as this grammar writes it, without units of zero: 90 -> ``1m30s``, 0.25 -> ``250ms``."""
    if seconds == 0:
        return "0s"
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    if seconds < 1:
        for unit, size in (("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9)):
            if seconds >= size:
                return f"{sign}{seconds / size:.6g}{unit}"
        return "0s"
    hours, rest = divmod(round(seconds, 6), 3600)
    minutes, rest = divmod(rest, 60)
    parts = [(f"{hours:.0f}", "h", hours), (f"{minutes:.0f}", "m", minutes), (f"{rest:g}", "s", rest)]
    return sign + "".join(f"{number}{unit}" for number, unit, amount in parts if amount)
