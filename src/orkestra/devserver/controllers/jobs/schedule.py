"""A CronJob's schedule: standard cron in five fields, names, ``?`` and the @macros (github.com/robfig/cron/v3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from orkestra.devserver.controllers.outcome import parse_duration
from orkestra.k8s.cron import MACROS, fires

_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec sun mon tue wed thu fri sat".replace(" ", "|")
_FIELD = re.compile(rf"(?:[0-9*/,?-]|{_NAMES}){{1,200}}", re.IGNORECASE)


class ScheduleError(ValueError):
    """A schedule or time zone that does not parse; the text says why."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """``every`` is set for ``@every 1h``, ``expression`` otherwise."""

    expression: str
    zone: ZoneInfo
    every: timedelta | None = None

    def next_after(self, moment: datetime, anchor: datetime) -> datetime | None:
        """The first time after ``moment``; ``@every`` counts from ``anchor``. None where there is none in reach."""
        if self.every is not None:
            passed = (moment - anchor) // self.every
            return anchor + self.every * (max(passed, 0) + 1)
        return next((each.astimezone(UTC) for each in self._times(moment)), None)

    def last_before(self, moment: datetime, anchor: datetime) -> datetime | None:
        """The last time at or before ``moment`` and after ``anchor``; None where none was missed."""
        if self.every is not None:
            passed = (moment - anchor) // self.every
            return anchor + self.every * passed if passed > 0 else None
        found = next(iter(self._times(moment + timedelta(seconds=1), reverse=True)), None)
        return found.astimezone(UTC) if found is not None and found > anchor else None

    def _times(self, moment: datetime, *, reverse: bool = False) -> CronSim:
        return fires(self.expression, moment.astimezone(self.zone), reverse=reverse)


def parse_schedule(text: str, zone: str | None = None) -> Schedule:
    """Raises ScheduleError."""
    try:
        tz = ZoneInfo(zone) if zone else ZoneInfo("UTC")
    except (KeyError, ValueError, OSError) as error:
        raise ScheduleError(f"unknown time zone {zone}") from error
    text = text.strip()
    if text.startswith("@every "):
        seconds = parse_duration(text[7:].strip())
        if seconds is None:
            raise ScheduleError(f"failed to parse duration {text}")
        return Schedule("", tz, timedelta(seconds=max(1, int(seconds))))
    if text.startswith("@"):
        if text not in MACROS:
            raise ScheduleError(f"unrecognized descriptor: {text}")
        return Schedule(MACROS[text], tz)
    fields = text.split()
    if len(fields) != 5:
        raise ScheduleError(f"expected exactly 5 fields, found {len(fields)}: [{' '.join(fields)}]")
    if not all(_FIELD.fullmatch(field) for field in fields):
        raise ScheduleError(f"failed to parse schedule {text}")
    expression = " ".join(field.replace("?", "*") for field in fields)
    try:
        fires(expression, datetime.now(UTC))
    except CronSimError as error:
        raise ScheduleError(f"failed to parse schedule {text}: {error}") from error
    return Schedule(expression, tz)
