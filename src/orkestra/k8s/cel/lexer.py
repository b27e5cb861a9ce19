"""Text -> tokens. Grammar: google/cel-spec doc/langdef.md, cel-go parser/gen/CEL.g4."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from orkestra.k8s.cel.errors import CelCompileError, Issue
from orkestra.k8s.cel.values import INT_MAX, UINT_MAX, Uint

MAX_LENGTH = 100_000

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n\f]+|//[^\n]*)
    |(?P<float>(?:\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?))
    |(?P<uint>(?:0x[0-9a-fA-F]+|\d+)[uU])
    |(?P<int>0x[0-9a-fA-F]+|\d+)
    |(?P<string>(?:[rR]?[bB]?|[bB][rR])
        (?:\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|"(?:[^\\"\n\r]|\\.)*"|'(?:[^\\'\n\r]|\\.)*'))
    |(?P<ident>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<quoted>`[A-Za-z0-9_.\-/ ]+`)
    |(?P<op>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]{}])""",
    re.VERBOSE | re.DOTALL,
)
_RAW = re.compile(r"""[bB]?[rR][bB]?(\"\"\"|'''|"|')(.*?)\1""", re.DOTALL)
_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\"'\\?`])|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|(.))", re.S
)
_SHORT = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
RESERVED = frozenset(
    {"as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
     "namespace", "return", "var", "void", "while"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """``kind``: literal, ident, quoted, op or end; a literal's ``value`` is decoded."""

    kind: str
    text: str
    offset: int
    value: Any = None


def tokenize(text: str) -> list[Token]:
    """All tokens, the last one of kind ``end``. Raises CelCompileError."""
    if len(text) > MAX_LENGTH:
        message = f"expression code point size exceeds limit: size: {len(text)}, limit {MAX_LENGTH}"
        raise CelCompileError(text[:200], [Issue(0, message)])
    out: list[Token] = []
    at = 0
    while at < len(text):
        found = _raw_string(text, at) or _TOKEN.match(text, at)
        if found is None:
            raise _problem(text, at, f"Syntax error: token recognition error at: {_shown(text[at:])}")
        kind, shown = found.lastgroup or "string", found.group()
        if kind == "space":
            pass
        elif kind in ("float", "int", "uint", "string"):
            out.append(Token("literal", shown, at, _decode(kind, shown, text, at)))
        elif kind == "ident" and shown in ("true", "false", "null"):
            out.append(Token("literal", shown, at, {"true": True, "false": False, "null": None}[shown]))
        elif kind == "ident" and shown == "in":
            out.append(Token("op", shown, at))
        else:
            out.append(Token(kind, shown, at))
        at = found.end()
    out.append(Token("end", "<EOF>", len(text)))
    return out


def _raw_string(text: str, at: int) -> re.Match[str] | None:
    """Raw strings end at the first closing quote: a backslash before it means nothing."""
    if text[at] in "rRbB":
        found = _RAW.match(text, at)
        if found and (len(found[1]) == 3 or "\n" not in found[2]):
            return found
    return None


def _problem(text: str, offset: int, message: str) -> CelCompileError:
    return CelCompileError(text, [Issue(offset, message)])


def _shown(text: str) -> str:
    return f"'{text[:20]}'"


def _decode(kind: str, shown: str, text: str, at: int) -> Any:
    if kind == "float":
        return float(shown)
    if kind == "string":
        return _decode_string(shown, text, at)
    number = int(shown.rstrip("uU"), 0 if shown.startswith("0x") else 10)
    if kind == "uint":
        if number > UINT_MAX:
            raise _problem(text, at, "invalid uint literal")
        return Uint(number)
    if number > INT_MAX + 1:  # the parser refuses 2^63 unless a minus stands before it
        raise _problem(text, at, "invalid int literal")
    return number


def _decode_string(shown: str, text: str, at: int) -> str | bytes:
    quote_at = min(index for index in (shown.find('"'), shown.find("'")) if index >= 0)
    prefix = shown[:quote_at].lower()
    width = 3 if shown[quote_at : quote_at + 3] in ('"""', "'''") else 1
    inner = shown[quote_at + width : -width]
    is_bytes = "b" in prefix
    if "r" in prefix:
        return inner.encode() if is_bytes else inner

    def replaced(found: re.Match[str]) -> str:
        short, hexadecimal, four, eight, octal, other = found.groups()
        if other is not None:
            raise _problem(text, at, "Syntax error: invalid escape sequence")
        if short:
            return _SHORT.get(short, short)
        code = int(octal, 8) if octal else int(hexadecimal or four or eight, 16)
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            raise _problem(text, at, "Syntax error: invalid unicode code point")
        if is_bytes and (octal or hexadecimal):
            return chr(0xDC00 + code) if code > 127 else chr(code)  # surrogates carry single bytes through
        return chr(code)

    decoded = _ESCAPE.sub(replaced, inner)
    return decoded.encode("utf-8", "surrogateescape") if is_bytes else decoded
