"""Values as Go prints them, because field errors quote the offending value the way the API server does.

Rules: Go's strconv.Quote, fmt's %v for numbers, encoding/json with sorted keys and HTML-safe escapes.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

_SHORT_ESCAPES = {
    7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\",
}  # fmt: skip
_JSON_ESCAPES = {
    8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\",
    60: "\\u003c", 62: "\\u003e", 38: "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029",
}  # fmt: skip


class Struct(dict[str, Any]):
    """A value that is a struct in Go: its fields are printed in their own order, a map's are sorted."""


def quote(text: str) -> str:
    """``strconv.Quote``."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(map(_quoted, text)) + '"'


def _quoted(char: str) -> str:
    code = ord(char)
    if code in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[code]
    if char.isprintable():
        return char
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _digits(number: float) -> tuple[str, str, int]:
    """Sign, shortest decimal digits, and the exponent of the first digit."""
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    text = "".join(map(str, digits))
    return "-" if sign else "", text, len(text) - 1 + int(exponent)


def format_float(number: float) -> str:
    """``%v`` of a float64: shortest digits, an exponent below 1e-4 and from 1e6 up."""
    return _format_float(number, smallest=-4, exponent_from=6, exponent_width=2)


def _format_float(number: float, *, smallest: int, exponent_from: int, exponent_width: int) -> str:
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "+Inf" if number > 0 else "-Inf"
    if number == 0:
        return "-0" if math.copysign(1, number) < 0 else "0"
    sign, digits, exponent = _digits(number)
    if exponent < smallest or exponent >= exponent_from:
        mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
        power = str(abs(exponent)).rjust(exponent_width, "0")
        return f"{sign}{mantissa}e{'-' if exponent < 0 else '+'}{power}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    whole = digits[: exponent + 1].ljust(exponent + 1, "0")
    rest = digits[exponent + 1 :]
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def show(value: Any) -> str:
    """``%v`` of a JSON scalar; everything else as Go's JSON."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return format_float(value)
        case str():
            return quote(value)
    return to_json(value)


def go_text(value: Any) -> str:
    """A JSON value as Go prints it with %v: ``map[a:1 b:[x y]]``."""
    match value:
        case dict():
            return f"map[{' '.join(f'{key}:{go_text(value[key])}' for key in sorted(value))}]"
        case list():
            return f"[{' '.join(map(go_text, value))}]"
        case None:
            return "<nil>"
        case bool():
            return "true" if value else "false"
        case float():
            return format_float(value)
    return str(value)


def to_json(value: Any) -> str:
    """``encoding/json`` of a JSON value: sorted keys, no spaces, ``<`` ``>`` ``&`` escaped."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return _format_float(value, smallest=-6, exponent_from=21, exponent_width=1)
        case str():
            return '"' + "".join(map(_json_char, value)) + '"'
        case dict():
            names = value if isinstance(value, Struct) else sorted(value)
            inner = ",".join(f"{to_json(str(key))}:{to_json(value[key])}" for key in names)
            return "{" + inner + "}"
        case list() | tuple():
            return "[" + ",".join(map(to_json, value)) + "]"
    return quote(str(value))


def _json_char(char: str) -> str:
    code = ord(char)
    if code in _JSON_ESCAPES:
        return _JSON_ESCAPES[code]
    return char if code >= 0x20 else f"\\u{code:04x}"
