"""Strings: the standard ones, ext.Strings of cel-go (without format, see ``formatting``) and Kubernetes' regex."""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Any

from orkestra.k8s.cel.errors import CelError
from orkestra.k8s.cel.functions.arguments import typed
from orkestra.k8s.cel.functions.formatting import format_text
from orkestra.k8s.literals import quote
from orkestra.k8s.regex import Regex, RegexError, compile_regex

_WHITE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005"
    "\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_UPPER = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)


def regex_of(pattern: str) -> Regex:
    try:
        return compile_regex(pattern)
    except RegexError as problem:
        raise CelError(str(problem)) from None


@typed(str, str)
def matches(text: str, pattern: str) -> bool:
    return regex_of(pattern).is_match(text)


@typed(str, str)
def find(text: str, pattern: str) -> str:
    return regex_of(pattern).find(text) or ""


@typed(str, str, int, optional=1)
def find_all(text: str, pattern: str, limit: int = -1) -> list[str]:
    return regex_of(pattern).find_all(text, limit)


@typed(str, int)
def char_at(text: str, index: int) -> str:
    if not 0 <= index <= len(text):
        raise CelError(f"index out of range: {index}")
    return text[index : index + 1]


@typed(str, str, int, optional=1)
def index_of(text: str, wanted: str, offset: int = 0) -> int:
    if offset < 0 or (offset >= len(text) and offset > 0 and wanted):
        if offset < 0:
            raise CelError(f"index out of range: {offset}")
        return -1
    return text.find(wanted, offset)


@typed(str, str, int, optional=1)
def last_index_of(text: str, wanted: str, offset: int | None = None) -> int:
    if offset is None:
        return text.rfind(wanted)
    if offset < 0:
        raise CelError(f"index out of range: {offset}")
    if offset >= len(text):
        return -1 if wanted else offset
    return text.rfind(wanted, 0, offset + len(wanted))


@typed(list, str, optional=1)
def join(items: list[Any], separator: str = "") -> str:
    if not all(type(item) is str for item in items):
        raise CelError("no such overload")
    return separator.join(items)


@typed(str, str, str, int, optional=1)
def replace(text: str, old: str, new: str, limit: int = -1) -> str:
    return text.replace(old, new, limit)


@typed(str, str, int, optional=1)
def split(text: str, separator: str, limit: int = -1) -> list[str]:
    if limit == 0:
        return []
    if not separator:
        return list(text) if limit < 0 or limit >= len(text) else [*text[: limit - 1], text[limit - 1 :]]
    return text.split(separator, limit - 1 if limit > 0 else -1)


@typed(str, int, int, optional=1)
def substring(text: str, start: int, end: int | None = None) -> str:
    stop = len(text) if end is None else end
    if end is None and not 0 <= start <= len(text):
        raise CelError(f"index out of range: {start}")
    if start > stop:
        raise CelError(f"invalid substring range. start: {start}, end: {stop}")
    for index in (start, stop):
        if not 0 <= index <= len(text):
            raise CelError(f"index out of range: {index}")
    return text[start:stop]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "contains": typed(str, str)(lambda text, wanted: wanted in text),
    "startsWith": typed(str, str)(lambda text, head: text.startswith(head)),
    "endsWith": typed(str, str)(lambda text, tail: text.endswith(tail)),
    "matches": matches,
    "find": find,
    "findAll": find_all,
    "charAt": char_at,
    "join": join,
    "lowerAscii": typed(str)(lambda text: text.translate(_LOWER)),
    "upperAscii": typed(str)(lambda text: text.translate(_UPPER)),
    "replace": replace,
    "split": split,
    "substring": substring,
    "trim": typed(str)(lambda text: text.strip(_WHITE)),
    "format": typed(str, list)(format_text),
    "strings.quote": typed(str)(lambda text: quote(text)),
}
