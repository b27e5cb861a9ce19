"""Go's literals: numbers, characters, interpreted and raw strings.

Rules: go ``src/strconv/quote.go`` (Unquote, UnquoteChar), ``src/strconv/atoi.go`` (base 0, underscores) and
``src/text/template/parse/node.go`` (which number is an int and which a float).
"""

from __future__ import annotations

import math
import re
from typing import Final

from orkestra.template.values import MAX_INT64, MIN_INT64, Int, from_bytes

_OCTAL: Final = re.compile(r"([+-]?)0([0-7_]+)")
_ESCAPE: Final = re.compile(r"\\(?:([abfnrtv\\'\"])|([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))")
_SIMPLE: Final = {"a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92, "'": 39, '"': 34}


class TooLargeInt(ValueError):
    """The number fits Go's uint64 but not its int; Go says so only when the number is used."""


def number_of(text: str) -> Int | float:
    """``0x1F``, ``1_000``, ``017``, ``1e3``, ``0x1p-2`` -> value. Raises ValueError with the reason."""
    has_float_mark = any(c in ".eEpP" for c in text)
    try:
        number = _integer(text)
    except ValueError:
        return _float(text, has_float_mark)
    is_hex = text[:2] in ("0x", "0X")  # "-0x1e" is a float to Go, because only an unsigned 0x excuses the e
    if has_float_mark and not is_hex:
        return float(number)
    if not MIN_INT64 <= number <= MAX_INT64:
        if 0 < number < 2**64 and not text.startswith("+"):
            raise TooLargeInt(f"{text} overflows int")
        raise ValueError(f'integer overflow: "{text}"')
    return Int(number)


def _integer(text: str) -> int:
    if len(text) > 100:  # no 64-bit integer is as long, and Python refuses thousands of digits
        raise ValueError
    octal = _OCTAL.fullmatch(text)
    return int(f"{octal[1]}0o{octal[2]}", 0) if octal else int(text, 0)


def _float(text: str, has_float_mark: bool) -> float:
    bare = text.lstrip("+-")
    try:
        number = _hex_float(text) if bare[:2] in ("0x", "0X") else float(text)
    except (ValueError, OverflowError):
        raise ValueError(f'illegal number syntax: "{text}"') from None
    if not has_float_mark:
        raise ValueError(f'integer overflow: "{text}"')
    if math.isinf(number):
        raise ValueError(f'illegal number syntax: "{text}"')
    return number


def _hex_float(text: str) -> float:
    if ("p" not in text and "P" not in text) or "__" in text or re.search(r"_[.pP+-]|[.pP+-]_|_$", text):
        raise ValueError
    return float.fromhex(text.replace("_", ""))


def string_of(token: str) -> str:
    """The text of a quoted or raw string token, quotes included. Raises ValueError on a bad escape."""
    if token[0] == "`":
        return token[1:-1].replace("\r", "")
    body = token[1:-1]
    if "\\" not in body:
        return body
    return _unescape(body, quote='"')


def char_of(token: str) -> Int:
    """The code of a character constant such as ``'a'`` or ``'\\n'``. Raises ValueError."""
    body = token[1:-1]
    if len(body) == 1 and body != "\\":
        return Int(ord(body))
    found = _ESCAPE.fullmatch(body)
    if found is None or found[1] == '"':
        raise ValueError(f"malformed character constant: {token}")
    code, _is_byte = _escaped(found)
    return Int(code)


def _unescape(body: str, quote: str) -> str:
    parts: list[bytes] = []
    at = 0
    while (slash := body.find("\\", at)) >= 0:
        parts.append(body[at:slash].encode("utf-8", "surrogateescape"))
        found = _ESCAPE.match(body, slash)
        if found is None or (found[1] in ("'", '"') and found[1] != quote):
            raise ValueError("invalid syntax: bad escape in string")
        code, is_byte = _escaped(found)
        parts.append(bytes([code]) if is_byte else chr(code).encode())
        at = found.end()
    parts.append(body[at:].encode("utf-8", "surrogateescape"))
    return from_bytes(b"".join(parts))


def _escaped(found: re.Match[str]) -> tuple[int, bool]:
    """The code an escape stands for, and whether it names a byte rather than a character."""
    simple, octal, hexadecimal, short, long = found.groups()
    if simple:
        return _SIMPLE[simple], False
    if octal or hexadecimal:
        code = int(octal, 8) if octal else int(hexadecimal, 16)
        if code > 255:
            raise ValueError("invalid syntax: octal escape above 255")
        return code, True
    code = int(short or long, 16)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise ValueError("invalid syntax: escape is not a Unicode character")
    return code, False
