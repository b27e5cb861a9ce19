"""Texts that fit a schema: by format, by the field's name, else by pattern and length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from orkestra.k8s.regex import RegexError, compile_regex

_FORMATS: Final = {
    "date-time": "2026-01-01T00:00:00Z",
    "datetime": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "duration": "5m",
    "email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "cidr": "192.0.2.0/24",
    "mac": "00:00:5e:00:53:01",
    "uri": "https://example.com",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "uuid3": "00000000-0000-3000-8000-000000000000",
    "uuid4": "00000000-0000-4000-8000-000000000000",
    "uuid5": "00000000-0000-5000-8000-000000000000",
    "byte": "c2FtcGxl",
    "quantity": "1Gi",
    "password": "change-me",
    "semver": "1.0.0",
}
_NAMES: Final = {
    "image": "nginx:1.27",
    "host": "app.example.com",
    "hostname": "app.example.com",
    "url": "https://example.com",
    "schedule": "0 3 * * *",
    "version": "1.0.0",
    "size": "1Gi",
    "storage": "1Gi",
    "memory": "128Mi",
    "cpu": "100m",
    "timeout": "30s",
    "interval": "5m",
    "email": "someone@example.com",
    "path": "/",
}
_PLAIN: Final = (
    "sample", "a", "1", "1.0.0", "v1", "1Gi", "100m", "5m", "30s", "10:00", "example.com", "https://example.com",
    "a@example.com", "192.0.2.1", "192.0.2.0/24", "0 3 * * *", "/", "A", "Sample", "SAMPLE", "true",
)  # fmt: skip
_MOST_REPEATS: Final = 1024


def text_for(schema: Mapping[str, Any], name: str) -> str:
    """A text the schema's format, pattern and lengths accept, as far as one is found; ``name`` is the field's."""
    low, high = schema.get("minLength") or 0, schema.get("maxLength")
    for text in _candidates(schema, name):
        padded = text if "pattern" in schema or "format" in schema else _padded(text, low, high)
        if _fits(padded, schema, low, high):
            return padded
    return _padded("sample", low, high)


def _candidates(schema: Mapping[str, Any], name: str) -> Iterator[str]:
    if schema.get("format") in _FORMATS:
        yield _FORMATS[str(schema["format"])]
    if name.lower() in _NAMES:
        yield _NAMES[name.lower()]
    yield from _PLAIN
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        least = schema.get("minLength") or 0
        yield from (text for n in (0, 1, 2, 3, 8, 16, least) if (text := _matching(pattern, n)) is not None)


def _padded(text: str, low: int, high: int | None) -> str:
    text = text + "x" * min(low - len(text), _MOST_REPEATS) if len(text) < low else text
    return text if high is None else text[:high]


def _fits(text: str, schema: Mapping[str, Any], low: int, high: int | None) -> bool:
    if len(text) < low or (high is not None and len(text) > high):
        return False
    pattern = schema.get("pattern")
    if not isinstance(pattern, str):
        return True
    try:
        return compile_regex(pattern).is_match(text)
    except RegexError:
        return True


def _matching(pattern: str, repeats: int) -> str | None:
    """A text of the pattern, each repetition taken at least ``repeats`` times where it may be; None where the pattern
    uses what Python reads otherwise."""
    from re import _constants as codes  # type: ignore[attr-defined]  # the parser has no public name
    from re import _parser as parser  # type: ignore[attr-defined]

    def made(items: Any) -> str:
        return "".join(one(*item) for item in items)

    def one(code: Any, argument: Any) -> str:
        if code is codes.LITERAL:
            return chr(argument)
        if code is codes.ANY or code is codes.NOT_LITERAL:
            return "a" if argument != ord("a") else "b"
        if code is codes.IN:
            return _member(argument, codes)
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
            least, most, inner = argument
            count = min(max(least, repeats), int(most), _MOST_REPEATS)
            return "".join(made(inner) for _ in range(count))
        if code is codes.SUBPATTERN:
            return made(argument[3])
        if code is codes.BRANCH:
            return made(argument[1][0])
        return ""

    try:
        return made(parser.parse(pattern))
    except (re.error, RecursionError, OverflowError, TypeError):
        return None


def _member(items: Any, codes: Any) -> str:
    """The first character of a set."""
    if items and items[0][0] is codes.NEGATE:
        taken = {chr(value) for code, value in items if code is codes.LITERAL}
        return next((each for each in "ab1-_" if each not in taken), "z")
    for code, value in items:
        if code is codes.LITERAL:
            return chr(value)
        if code is codes.RANGE:
            return chr(value[0])
        if code is codes.CATEGORY:
            return {codes.CATEGORY_DIGIT: "1", codes.CATEGORY_SPACE: " "}.get(value, "a")
    return "a"
