"""Cron expressions of five fields as CronJobs read them: the macros, and when an expression fires.

Source: github.com/robfig/cron/v3 parser.go and spec.go (dayMatches). Only a whole star leaves a day field open: where
``*/2`` restricts one day field and the other is restricted too, either suffices, unlike in Debian's cron. Clocks put
forward and back are taken as Debian's cron takes them.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cronsim import CronSim

MACROS: Final = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_DAY_OF_MONTH: Final = 2
_DAY_OF_WEEK: Final = 4
_SINGLE = re.compile(r"^(\w+)-\1/\d+$")
"""A range of one, whose step the library would take beyond its end."""
_FROM = re.compile(r"(^|,)(\w+)(/\d+)")
"""A start with a step; the library's week would end with a second Sunday."""


def fires(expression: str, moment: datetime, *, reverse: bool = False) -> CronSim:
    """The times after ``moment`` (before it with ``reverse``) in its zone, without end. ``expression`` has five fields
    and no macro. Raises CronSimError."""
    from cronsim import CronSim  # slow to import, and few definitions have a schedule

    fields = expression.split()
    for at, days in ((_DAY_OF_MONTH, "1-31"), (_DAY_OF_WEEK, "0-6")):
        if at < len(fields) and "*" in fields[at]:
            items = fields[at].split(",")
            is_open = "*" in items or "*/1" in items
            fields[at] = "*" if is_open else ",".join(item.replace("*", days) for item in items)
    if len(fields) > _DAY_OF_WEEK:
        fields[_DAY_OF_WEEK] = _FROM.sub(r"\1\2-6\3", fields[_DAY_OF_WEEK])
    fields = [",".join(_SINGLE.sub(r"\1", item) for item in field.split(",")) for field in fields]
    return CronSim(" ".join(fields), moment, reverse=reverse)
