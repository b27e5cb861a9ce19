"""Cron expressions: five fields with names and ranges, and the ``@`` macros; always in UTC.

Day-of-month and day-of-week combine as cron does: either suffices when both are restricted. Sunday is 0, as CronJobs
have it, and not 7.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from orkestra.k8s.cron import MACROS, fires

_FIELD = re.compile(r"[0-9A-Za-z*/,?-]+", re.ASCII)
_SEVENTH_DAY = re.compile(r"(^|[,-])0*7(?=$|[,/-])")
_WORDS: Final = frozenset(
    [
        "JAN",
        "FEB",
        "MAR",
        "APR",
        "MAY",
        "JUN",
        "JUL",
        "AUG",
        "SEP",
        "OCT",
        "NOV",
        "DEC",
        "SUN",
        "MON",
        "TUE",
        "WED",
        "THU",
        "FRI",
        "SAT",
    ]
)
_NAMES: Final = ("minute", "hour", "day of month", "month", "day of week")
_EPOCH = datetime(2024, 1, 1)
_MAX_LENGTH = 256


class CronError(ValueError):
    """An expression that does not parse; the text says why."""


def parse_cron(text: str) -> str:
    """The expression with macros spelled out and spaces single. Raises CronError, also for one that never fires."""
    expression = MACROS.get(text.strip().lower(), text).strip()
    fields = expression.split()
    if expression.startswith("@"):
        raise CronError(f'unknown macro "{expression[:40]}" (known: {" ".join(MACROS)})')
    if len(fields) != 5 or len(text) > _MAX_LENGTH:
        raise CronError(f'expected five fields ({", ".join(_NAMES)}), found {len(fields)} in "{text[:60]}"')
    for name, field in zip(_NAMES, fields, strict=True):
        words = re.findall("[A-Za-z]+", field)
        if not _FIELD.fullmatch(field) or any(word.upper() not in _WORDS for word in words):
            raise CronError(f'"{field[:40]}" is no {name}')
    if _SEVENTH_DAY.search(fields[4]):
        raise CronError(f'"{fields[4][:40]}" is no day of week: Sunday is 0')
    from cronsim import CronSimError  # few definitions have a schedule, and it takes a calendar along

    normal = " ".join(fields).replace("?", "*").upper()
    try:
        next(fires(normal, _EPOCH))
    except CronSimError as error:
        raise CronError(f'"{text[:60]}": {error}') from None
    except StopIteration:
        raise CronError(f'"{text[:60]}" never fires') from None
    return normal


def is_open(expression: str, now: datetime, seconds: float) -> bool:
    """Whether ``expression`` (from ``parse_cron``) fired in (now - seconds, now]: the window it opens is still open."""
    fire = next(fires(expression, now - timedelta(seconds=seconds)), None)
    return fire is not None and fire <= now


def next_after(expression: str, moment: datetime) -> datetime | None:
    """When ``expression`` (from ``parse_cron``) fires next after ``moment``, in its time zone; None for never."""
    try:
        return next(fires(expression, moment), None)
    except OverflowError:  # beyond the last year of the calendar
        return None
