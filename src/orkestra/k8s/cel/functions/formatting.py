"""``"%d items of %s".format([…])`` as Kubernetes has it: version 2 of cel-go's ext.Strings (ext/formatting.go).

That version prints doubles for American eyes: ``%f`` groups thousands, ``%e`` writes 1.500000×10⁰³.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from orkestra.k8s.cel.errors import CelError
from orkestra.k8s.cel.functions.times import format_duration, format_timestamp
from orkestra.k8s.cel.values import INT_MAX, Duration, Timestamp, TypeValue, Uint, type_name
from orkestra.k8s.literals import format_float, quote

_CLAUSE = re.compile(r"%(?:%|(?:\.(\d*))?(.)?)", re.S)
_MAX_PRECISION = 1000
_DEFAULT_PRECISION = 6
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "+")
TAKES = {
    "s": "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and "
    "timestamps",
    "d": "decimal clause can only be used on integers",
    "f": "fixed-point clause can only be used on doubles",
    "e": "scientific clause can only be used on doubles",
    "b": "only integers and bools can be formatted as binary",
    "x": "only integers, byte buffers, and strings can be formatted as hex",
    "X": "only integers, byte buffers, and strings can be formatted as hex",
    "o": "octal clause can only be used on integers",
}
_SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def format_text(text: str, args: list[Any]) -> str:
    waiting = iter(args)
    used = 0

    def replaced(found: re.Match[str]) -> str:
        nonlocal used
        if found.group() == "%%":
            return "%"
        precision, verb = found.groups()
        try:
            value = next(waiting)
        except StopIteration:
            raise CelError(f"index {used} out of range") from None
        used += 1
        _judge(precision, verb)
        digits = _digits(precision)
        shown = _formatted(verb, digits, value)
        if shown is None:
            raise CelError(f"error during formatting: {TAKES[verb]}, was given {type_name(value)}")
        return shown

    return _CLAUSE.sub(replaced, text)


def verbs(text: str) -> Iterator[str | CelError]:
    """The verb of every clause, or what is wrong with it."""
    for found in _CLAUSE.finditer(text):
        if found.group() != "%%":
            precision, verb = found.groups()
            try:
                _judge(precision, verb)
            except CelError as problem:
                yield problem
                return
            yield verb


def _judge(precision: str | None, verb: str | None) -> None:
    """Raises CelError for what is no clause."""
    unread = "could not parse formatting clause: error while parsing precision:"
    if precision is not None and verb is None:
        raise CelError(f"{unread} could not find end of precision specifier")
    if precision is not None and (not precision or int(precision) > INT_MAX):
        reason = "value out of range" if precision else "invalid syntax"
        raise CelError(
            f'{unread} error while converting precision to integer: strconv.Atoi: parsing "{precision}": {reason}'
        )
    if verb is None:
        raise CelError("unexpected end of string")
    if verb not in TAKES:
        raise CelError(f'could not parse formatting clause: unrecognized formatting clause "{verb}"')


def _digits(precision: str | None) -> int:
    digits = int(precision) if precision else _DEFAULT_PRECISION
    if digits > _MAX_PRECISION:
        raise CelError(f"could not parse formatting clause: precision may not exceed {_MAX_PRECISION}")
    return digits


def _formatted(verb: str, digits: int, value: Any) -> str | None:
    """The text of one clause; None where the value's type does not go with it."""
    is_integer = type(value) in (int, Uint)
    match verb:
        case "s":
            return _shown(value)
        case "d":
            return str(int(value)) if is_integer else None
        case "f" | "e":
            number = _SPECIAL.get(value) if type(value) is str else value
            return _localized(verb, digits, number) if type(number) is float else None
        case "b" if type(value) is bool:
            return "1" if value else "0"
        case "b" | "o":
            return f"{int(value):{verb}}" if is_integer else None
    if is_integer:
        return f"{int(value):{verb}}"
    if isinstance(value, str | bytes):
        raw = (value.encode("utf-8", "replace") if isinstance(value, str) else value).hex()
        return raw.upper() if verb == "X" else raw
    return None


def _localized(verb: str, digits: int, value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if verb == "f":
        return f"{value:,.{digits}f}"
    # The number before the clause is a width here, not a precision: so it is in the server's engine.
    mantissa, _, exponent = f"{value:.{_DEFAULT_PRECISION}e}".partition("e")
    return f"{mantissa}×10{exponent.translate(_SUPERSCRIPTS)}".rjust(digits)


def _shown(value: Any) -> str:
    """``%s`` of any value."""
    match value:
        case float():
            return "NaN" if math.isnan(value) else format_float(value)
        case str():
            return value
        case bytes():
            return value.decode("utf-8", "replace")
        case Timestamp():
            return format_timestamp(value)
        case Duration():
            return format_duration(value)
    return _nested(value)


def _nested(value: Any) -> str:
    """A value inside a list or map: written so that CEL could read it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(int(value))
        case float():
            if math.isnan(value) or math.isinf(value):
                return '"NaN"' if math.isnan(value) else f'"{"+" if value > 0 else "-"}Inf"'
            return f"{value:.{_DEFAULT_PRECISION}f}"
        case str():
            return quote(value)
        case bytes():
            return f"b{quote(value.decode('utf-8', 'replace'))}"
        case Timestamp():
            return f'timestamp("{format_timestamp(value)}")'
        case Duration():
            return f'duration("{format_duration(value)}")'
        case list():
            return "[" + ", ".join(map(_nested, value)) + "]"
        case dict():
            parts = sorted((_nested(key), _nested(item)) for key, item in value.items())
            return "{" + ", ".join(f"{key}:{item}" for key, item in parts) + "}"
        case TypeValue():
            return value.name
    raise CelError(f"error during formatting: no formatting function for {type_name(value)}")
