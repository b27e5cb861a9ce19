"""Go's quoted strings and characters. Rules: go ``src/strconv/quote.go``."""

from __future__ import annotations

from typing import Final

_NAMED: Final = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}


def quote(text: str, ascii_only: bool = False) -> str:
    """``%q``: the text in double quotes."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(_escaped(char, '"', ascii_only) for char in text) + '"'


def quote_char(code: int, ascii_only: bool = False) -> str:
    """``%q`` of a character's code."""
    return "'" + _escaped(char_of_code(code), "'", ascii_only) + "'"


def char_of_code(code: int) -> str:
    """``%c``: what is no Unicode character is U+FFFD."""
    return chr(code) if 0 <= code < 0xD800 or 0xE000 <= code <= 0x10FFFF else "\ufffd"


def can_backquote(text: str) -> bool:
    return all(
        not ("\ud800" <= char <= "\udfff") and char not in "`\x7f\ufeff" and (char >= " " or char == "\t")
        for char in text
    )


def _escaped(char: str, mark: str, ascii_only: bool) -> str:
    if char == mark or char == "\\":
        return "\\" + char
    if char.isprintable() and (not ascii_only or char.isascii()):
        return char
    if char in _NAMED:
        return _NAMED[char]
    code = ord(char)
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    if 0xDC80 <= code <= 0xDCFF:  # a stray byte
        return f"\\x{code - 0xDC00:02x}"
    if 0xD800 <= code <= 0xDFFF:
        return "\\ufffd"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
