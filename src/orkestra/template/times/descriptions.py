"""What a cron expression says, in English: ``30 9 * * 1-5`` is "At 09:30, Monday through Friday"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from orkestra.template.times.layouts import MONTHS, WEEKDAYS

_DAYS: Final = [WEEKDAYS[6], *WEEKDAYS]  # cron counts from Sunday, which is 7 too
_DAY_NUMBERS: Final = {name[:3].upper(): at for at, name in enumerate(_DAYS[:7])}
_MONTH_NUMBERS: Final = {name[:3].upper(): at for at, name in enumerate(MONTHS, start=1)}


def describe_cron(expression: str) -> str:
    """``expression`` as ``parse_cron`` returns it: five fields, in capitals."""
    minute, hour, day, month, weekday = expression.split()
    parts = [_time(minute, hour)]
    days = []
    if day != "*":
        days.append(_days_of_month(day))
    if weekday != "*":
        days.append(_list(weekday, _weekday, "every {} days of the week"))
    if len(days) == 2:
        parts.append(f"{days[0]} or on {days[1]}")
    elif days:
        parts.append(days[0] if day != "*" or "through" in days[0] else f"on {days[0]}")
    if month != "*":
        parts.append(_list(month, _month, "every {} months") if "/" in month else f"in {_list(month, _month, '')}")
    return ", ".join(parts)


def _time(minute: str, hour: str) -> str:
    if minute == hour == "*":
        return "Every minute"
    if minute.isdigit() and hour.isdigit():
        return f"At {_clock(hour, minute)}"
    if minute.isdigit() and all(part.isdigit() for part in hour.split(",")):
        return f"At {_joined([_clock(part, minute) for part in hour.split(',')])}"
    if hour == "*":
        if minute.startswith("*/") and minute[2:].isdigit():
            return f"Every {_count(minute[2:], 'minute')}"
        if minute == "0":
            return "Every hour"
        return f"At {_plural(minute, 'minute')} {_list(minute, str, 'every {} minutes')} past every hour"
    if hour.startswith("*/") and hour[2:].isdigit():
        every = f"every {_count(hour[2:], 'hour')}"
        if minute == "0":
            return every.capitalize()
    else:
        every = f"{_plural(hour, 'hour')} {_list(hour, str, 'every {} hours')}"
    if minute == "*":
        return f"Every minute of {every}"
    if minute.startswith("*/") and minute[2:].isdigit():
        return f"Every {_count(minute[2:], 'minute')} of {every}"
    return f"At {_plural(minute, 'minute')} {_list(minute, str, 'every {} minutes')} of {every}"


def _days_of_month(day: str) -> str:
    if day == "L":
        return "on the last day of the month"
    if day.startswith("*/") and day[2:].isdigit():
        return f"every {_count(day[2:], 'day')}"
    return f"on {_plural(day, 'day')} {_list(day, str, 'every {} days')} of the month"


def _list(field: str, name: Callable[[str], str], stepped: str) -> str:
    return _joined([_item(part, name, stepped) for part in field.split(",")])


def _item(part: str, name: Callable[[str], str], stepped: str) -> str:
    span, slash, step = part.partition("/")
    first, dash, last = span.partition("-")
    if slash and span == "*":
        return stepped.format(step)
    told = f"{name(first)} through {name(last)}" if dash else str(name(first))
    if slash:
        return f"every {step} from {told}"
    return told


def _weekday(text: str) -> str:
    day, _, which = text.partition("#")
    number = int(day) if day.isdigit() else _DAY_NUMBERS.get(day[:3], -1)
    if not 0 <= number < len(_DAYS):
        return text
    return f"{_DAYS[number]} number {which} of the month" if which else _DAYS[number]


def _month(text: str) -> str:
    number = int(text) if text.isdigit() else _MONTH_NUMBERS.get(text[:3], 0)
    return MONTHS[number - 1] if 1 <= number <= len(MONTHS) else text


def _clock(hour: str, minute: str) -> str:
    return f"{int(hour):02d}:{int(minute):02d}"


def _count(number: str, unit: str) -> str:
    return unit if int(number) == 1 else f"{int(number)} {unit}s"


def _plural(field: str, unit: str) -> str:
    return unit if field.isdigit() else f"{unit}s"


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
