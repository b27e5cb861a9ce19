"""Go's layouts: how the reference time, Mon Jan 2 15:04:05 2006 -0700 MST, would print.

Rules: go src/time/format.go. The names of Go's own layouts (``RFC3339``, ``DateOnly``, …) stand for them. A zone
prints by its name only when it is UTC: an offset has none, and Go prints the offset then, and so does this.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

NAMED: Final = {
    "Layout": "01/02 03:04:05PM '06 -0700",
    "ANSIC": "Mon Jan _2 15:04:05 2006",
    "UnixDate": "Mon Jan _2 15:04:05 MST 2006",
    "RubyDate": "Mon Jan 02 15:04:05 -0700 2006",
    "RFC822": "02 Jan 06 15:04 MST",
    "RFC822Z": "02 Jan 06 15:04 -0700",
    "RFC850": "Monday, 02-Jan-06 15:04:05 MST",
    "RFC1123": "Mon, 02 Jan 2006 15:04:05 MST",
    "RFC1123Z": "Mon, 02 Jan 2006 15:04:05 -0700",
    "RFC3339": "2006-01-02T15:04:05Z07:00",
    "RFC3339Nano": "2006-01-02T15:04:05.999999999Z07:00",
    "Kitchen": "3:04PM",
    "Stamp": "Jan _2 15:04:05",
    "StampMilli": "Jan _2 15:04:05.000",
    "StampMicro": "Jan _2 15:04:05.000000",
    "StampNano": "Jan _2 15:04:05.000000000",
    "DateTime": "2006-01-02 15:04:05",
    "DateOnly": "2006-01-02",
    "TimeOnly": "15:04:05",
}
MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# The longest form first where one begins another. "Jan" and "Mon" are words: not before a small letter. A fraction
# of a second counts only where no digit follows; "_2006" is an underscore and the year.
_ELEMENT: Final = re.compile(
    r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|2006|__2|_2(?!006)|002|0[1-6]|15|PM|pm"
    r"|[Z-]07:00:00|[Z-]070000|[Z-]07:00|[Z-]0700|[Z-]07|[.,](?:0+|9+)(?![0-9])|[12345]"
)
_Print = Callable[[datetime], str]

_ELEMENTS: Final[dict[str, _Print]] = {
    "January": lambda at: MONTHS[at.month - 1],
    "Jan": lambda at: MONTHS[at.month - 1][:3],
    "Monday": lambda at: WEEKDAYS[at.weekday()],
    "Mon": lambda at: WEEKDAYS[at.weekday()][:3],
    "MST": lambda at: _zone_name(at),
    "2006": lambda at: f"{at.year:04d}",
    "06": lambda at: f"{at.year % 100:02d}",
    "01": lambda at: f"{at.month:02d}",
    "1": lambda at: str(at.month),
    "02": lambda at: f"{at.day:02d}",
    "_2": lambda at: f"{at.day:2d}",
    "2": lambda at: str(at.day),
    "002": lambda at: f"{at.timetuple().tm_yday:03d}",
    "__2": lambda at: f"{at.timetuple().tm_yday:3d}",
    "15": lambda at: f"{at.hour:02d}",
    "03": lambda at: f"{at.hour % 12 or 12:02d}",
    "3": lambda at: str(at.hour % 12 or 12),
    "04": lambda at: f"{at.minute:02d}",
    "4": lambda at: str(at.minute),
    "05": lambda at: f"{at.second:02d}",
    "5": lambda at: str(at.second),
    "PM": lambda at: "PM" if at.hour >= 12 else "AM",
    "pm": lambda at: "pm" if at.hour >= 12 else "am",
}


def format_moment(moment: datetime, layout: str) -> str:
    """``moment``, which is aware, as ``layout`` has it. Never longer than nine times the layout, plus nine."""
    return _ELEMENT.sub(lambda found: _printed(moment, found.group()), NAMED.get(layout, layout))


def _printed(moment: datetime, element: str) -> str:
    if element in _ELEMENTS:
        return _ELEMENTS[element](moment)
    return _fraction(moment, element) if element[0] in ".," else _offset(moment, element)


def _fraction(moment: datetime, element: str) -> str:
    """``.000`` prints so many digits; ``.999`` drops zeros at the end, and the separator with the last of them."""
    places = min(len(element) - 1, 9)
    digits = f"{moment.microsecond:06d}".ljust(places, "0")[:places]
    if element[1] == "9":
        digits = digits.rstrip("0")
    return f"{element[0]}{digits}" if digits else ""


def _offset(moment: datetime, element: str) -> str:
    offset = moment.utcoffset() or timedelta()
    if element[0] == "Z" and not offset:
        return "Z"
    seconds = abs(offset) // timedelta(seconds=1)
    sign = "-" if offset < timedelta() else "+"
    parts = [f"{seconds // 3600:02d}", f"{seconds // 60 % 60:02d}", f"{seconds % 60:02d}"]
    count = {"07": 1, "0700": 2, "07:00": 2}.get(element[1:], 3)
    return sign + (":" if ":" in element else "").join(parts[:count])


def _zone_name(moment: datetime) -> str:
    return _offset(moment, "-0700") if moment.utcoffset() else "UTC"
