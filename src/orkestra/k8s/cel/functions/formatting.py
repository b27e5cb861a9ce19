"""``"%d items of %s".format([…])`` (cel-go ext/formatting.go)."""

from __future__ import annotations

import math
import re
from typing import Any

from orkestra.k8s.cel.errors import CelError
from orkestra.k8s.cel.functions.times import format_duration, format_timestamp
from orkestra.k8s.cel.values import Duration, Timestamp, TypeValue, Uint, type_name
from orkestra.k8s.literals import format_float, quote

_CLAUSE = re.compile(r"%(?:%|(?:\.(\d+))?(.)?)", re.S)
_MAX_PRECISION = 1000


def format_text(text: str, args: list[Any]) -> str:
    waiting = iter(args)

    def replaced(found: re.Match[str]) -> str:
        if found.group() == "%%":
            return "%"
        precision, verb = found.groups()
        if verb is None:
            raise CelError("unexpected end of string")
        digits = int(precision) if precision else None
        if digits is not None and digits > _MAX_PRECISION:
            raise CelError(f"precision may not exceed {_MAX_PRECISION}")
        try:
            value = next(waiting)
        except StopIteration:
            raise CelError(f"index {len(args)} out of range") from None
        return _formatted(verb, digits, value)

    return _CLAUSE.sub(replaced, text)


def _formatted(verb: str, precision: int | None, value: Any) -> str:
    is_number = type(value) in (int, Uint)
    match verb:
        case "s":
            return shown(value)
        case "d" if is_number:
            return str(int(value))
        case "d" if isinstance(value, float) and (math.isnan(value) or math.isinf(value)):
            return _special(value)
        case "f" | "e" if is_number or type(value) is float or value in ("NaN", "Infinity", "-Infinity"):
            number = float(value)
            if math.isnan(number) or math.isinf(number):
                return _special(number)
            return f"{number:.{6 if precision is None else precision}{verb}}"
        case "b" if type(value) is bool:
            return "1" if value else "0"
        case "b" | "o" if is_number:
            return f"{int(value):{verb}}"
        case "x" | "X" if is_number:
            return f"{int(value):{verb}}"
        case "x" | "X" if isinstance(value, str | bytes):
            raw = (value.encode() if isinstance(value, str) else value).hex()
            return raw.upper() if verb == "X" else raw
        case "s" | "d" | "f" | "e" | "b" | "o" | "x" | "X":
            raise CelError(f"could not format: %{verb} cannot be used on a value of type {type_name(value)}")
    raise CelError(f'unrecognized formatting clause "{verb}"')


def _special(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def shown(value: Any, *, is_nested: bool = False) -> str:
    """``%s`` of any value; strings are quoted inside lists and maps."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return quote(value) if is_nested else value
        case int():
            return str(int(value))
        case float():
            return _special(value) if math.isnan(value) or math.isinf(value) else format_float(value)
        case bytes():
            return value.decode("utf-8", "replace")
        case Timestamp():
            text = format_timestamp(value)
            return f'timestamp("{text}")' if is_nested else text
        case Duration():
            text = format_duration(value)
            return f'duration("{text}")' if is_nested else text
        case list():
            return "[" + ", ".join(shown(item, is_nested=True) for item in value) + "]"
        case dict():
            parts = sorted((shown(key, is_nested=True), shown(item, is_nested=True)) for key, item in value.items())
            return "{" + ", ".join(f"{key}:{item}" for key, item in parts) + "}"
        case TypeValue():
            return value.name
    raise CelError(f"could not convert argument {type_name(value)} to string")
