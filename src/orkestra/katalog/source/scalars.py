"""What a plain scalar means where nothing says it is text: kubectl's rules, YAML 1.1 with Go's number syntax.

Dates and sexagesimal numbers stay text. Whole floats become integers, as a trip through Go's JSON makes them.
Source: sigs.k8s.io/yaml goyaml.v2/resolve.go; Go encoding/json encode.go (floatEncoder).
"""

from __future__ import annotations

import math
import re
from typing import Any, Final

_WORDS: Final[dict[str, Any]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_STRAY = re.compile("(?<![0-9])_|_(?![0-9])")
"""An underscore that parts no digits, which only a number that begins with a point may not have."""
_INT64 = 1 << 63
_INT64_DIGITS = 19
_MAX_DIGITS = 400


def resolve(text: str) -> Any:
    """The value of an unquoted, untagged scalar: None, bool, int, float or the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "0123456789+-." or len(text) > _MAX_DIGITS:
        return text
    if text[0] in "123456789" and len(text) < _INT64_DIGITS and text.isascii() and text.isdigit():
        return int(text)
    return _number(text)


def _number(text: str) -> Any:
    if text[0] == "." and _STRAY.search(text):
        return text
    digits = text.replace("_", "")
    found = _INTEGER.fullmatch(digits)
    if digits[:3] in ("0b-", "0b+") and _INTEGER.fullmatch("0b" + digits[3:]):
        return int(digits[2:], 2)
    if found:
        sign, hexadecimal, binary, octal, decimal = found.groups()
        for part, base in ((hexadecimal, 16), (binary, 2), (octal, 8), (decimal, 10)):
            if part is not None:
                number = int(part, base) * (-1 if sign == "-" else 1)
                if -_INT64 <= number < _INT64:
                    return number
                if base == 10 or (not sign and number < 2 * _INT64):
                    return float(number)
                if base != 8 or digits.lstrip("+-")[1] in "oO":
                    return text  # beyond 64 bits only what reads as a decimal is a number
    if _FLOAT.fullmatch(digits):
        real = float(digits)
        if math.isfinite(real):
            return int(real) if real.is_integer() and abs(real) < _INT64 else real
    return text
