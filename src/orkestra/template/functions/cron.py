"""Cron expressions: their five fields, the map of them, what they say, and when they fire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any, Final

from orkestra.template.errors import FunctionError
from orkestra.template.functions.arguments import integer, text
from orkestra.template.functions.function import Domain
from orkestra.template.functions.objectfields import Fields, object_of, scalar_text
from orkestra.template.times.descriptions import describe_cron
from orkestra.template.times.timestamps import format_timestamp

CRON: Final = Domain("cron", [])
function = CRON.function

_EVERY_MINUTE: Final = "* * * * *"
_KEYS: Final = ("minute", "hour", "dom", "month", "dow")
_OTHER_KEYS: Final = {"dayOfMonth": "dom", "day": "dom", "dayOfWeek": "dow", "weekday": "dow"}


def normal_cron(expression: str) -> str:
    """Macros spelled out, names in capitals; every minute for the empty text. Raises FunctionError."""
    from orkestra.template.times.cron import CronError, parse_cron  # its calendar library is slow to import

    if not expression.strip():
        return _EVERY_MINUTE
    try:
        return parse_cron(expression)
    except CronError as problem:
        raise FunctionError(str(problem)) from None


def next_fire(expression: str, after: datetime, zone: tzinfo | None = None) -> str:
    """RFC 3339 in UTC; the expression is read in ``zone``, or in that of ``after``. Raises FunctionError."""
    from orkestra.template.times.cron import next_after

    fire = next_after(normal_cron(expression), after.astimezone(zone) if zone else after)
    return format_timestamp(fire) if fire else ""


@function(
    "cronToMap(expression string) map",
    "Its fields: minute, hour, dom, month, dow.",
    '{{ (cronToMap "30 9 * * 1").hour }}',
    "9",
)
def cron_to_map(expression: Any) -> Fields:
    return dict(zip(_KEYS, normal_cron(text(expression)).split(), strict=True))


@function(
    "cronFromMap(fields map) string",
    "The expression of such a map; what is missing is every one.",
    '{{ cronFromMap (cronToMap "@daily") }}',
    "0 0 * * *",
)
def cron_from_map(fields: Any) -> str:
    found = dict.fromkeys(_KEYS, "*")
    for key, value in object_of(fields).items():
        field = _OTHER_KEYS.get(key, key)
        if field not in found:
            raise FunctionError(f'unknown field "{str(key)[:40]}" (known: {" ".join(_KEYS)})')
        found[field] = scalar_text(value) or "*"
    return normal_cron(" ".join(found[key] for key in _KEYS))


@function(
    "cronFromAny(value) string",
    "The expression, be it given as text, as a map or as a list of five.",
    '{{ cronFromAny "@hourly" }}',
    "0 * * * *",
)
def cron_from_any(value: Any) -> str:
    if isinstance(value, Mapping):
        return cron_from_map(value)
    if isinstance(value, (list, tuple)):
        if len(value) != len(_KEYS):
            raise FunctionError(f"expected five fields; got {len(value)}")
        return cron_expr(*value)
    return normal_cron(text(value))


@function(
    "cronNormalize(expression string) string",
    "Single spaces, macros such as @daily spelled out; the empty text is every minute.",
    '{{ cronNormalize "@weekly" }}',
    "0 0 * * 0",
)
def cron_normalize(expression: Any) -> str:
    return normal_cron(text(expression))


@function(
    "cronDescribe(expression string) string",
    "What it says, in English.",
    '{{ cronDescribe "30 9 * * 1-5" }}',
    "At 09:30, Monday through Friday",
)
def cron_describe(expression: Any) -> str:
    return describe_cron(normal_cron(text(expression)))


@function(
    "cronValid(expression string) bool",
    "Whether it is a cron expression that can fire.",
    '{{ cronValid "61 * * * *" }}',
    "false",
)
def cron_valid(expression: Any) -> bool:
    try:
        written = text(expression)
        normal_cron(written)
    except FunctionError:
        return False
    return bool(written.strip())


@function(
    "cronField(expression string, i int) string",
    "One of its fields, from 0: minute, hour, day of month, month, day of week.",
    '{{ cronField "30 9 * * 1" 4 }}',
    "1",
)
def cron_field(expression: Any, i: Any) -> str:
    fields, at = normal_cron(text(expression)).split(), integer(i)
    if not 0 <= at < len(fields):
        raise FunctionError(f"a cron expression has fields 0 to 4; got {at}")
    return fields[at]


@function("cronMinute(expression string) string", "Its minute.", '{{ cronMinute "30 9 * * 1" }}', "30")
def cron_minute(expression: Any) -> str:
    return cron_field(expression, 0)


@function("cronHour(expression string) string", "Its hour.", '{{ cronHour "30 9 * * 1" }}', "9")
def cron_hour(expression: Any) -> str:
    return cron_field(expression, 1)


@function("cronDom(expression string) string", "Its day of the month.", '{{ cronDom "@monthly" }}', "1")
def cron_dom(expression: Any) -> str:
    return cron_field(expression, 2)


@function("cronMonth(expression string) string", "Its month.", '{{ cronMonth "@yearly" }}', "1")
def cron_month(expression: Any) -> str:
    return cron_field(expression, 3)


@function("cronDow(expression string) string", "Its day of the week.", '{{ cronDow "@weekly" }}', "0")
def cron_dow(expression: Any) -> str:
    return cron_field(expression, 4)


@function(
    "cronExpr(minute, hour, dom, month, dow) string",
    "The expression of five fields; an empty one is every one.",
    '{{ cronExpr 30 9 "*" "" "MON" }}',
    "30 9 * * MON",
)
def cron_expr(minute: Any, hour: Any, dom: Any, month: Any, dow: Any) -> str:
    return normal_cron(" ".join(text(field).strip() or "*" for field in (minute, hour, dom, month, dow)))
