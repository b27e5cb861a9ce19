"""Findings for people: the place, what is wrong, the line with a caret, the way out."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from orkestra.katalog.diagnostics.codes import Severity
from orkestra.katalog.diagnostics.finding import Diagnostic, Span
from orkestra.katalog.diagnostics.report import counted

_WIDTH = 110
_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}


def render(diagnostics: Iterable[Diagnostic], *, colour: bool = False) -> str:
    """The findings as text with a summary line; ``colour`` adds ANSI sequences."""
    found = list(diagnostics)
    parts = [render_one(diagnostic, colour=colour) for diagnostic in found]
    if found:
        parts.append(counted(found) + "\n")
    return "\n".join(parts)


def render_one(diagnostic: Diagnostic, *, colour: bool = False) -> str:
    """One finding, without the summary; ends with a line break."""
    label = f"{diagnostic.severity}[{diagnostic.code}]"
    if colour:
        label = f"\x1b[1;{_COLOURS[diagnostic.severity]}m{label}\x1b[0m"
    lines = [f"{_printable(diagnostic.file)}:{diagnostic.span}: {label}: {_printable(diagnostic.message)}"]
    lines += _quoted(diagnostic.quote, diagnostic.span)
    for related in diagnostic.related:
        lines.append(f"  {_printable(related.file)}:{related.span}: {_printable(related.message)}")
        lines += _quoted(related.quote, related.span)
    if diagnostic.hint:
        lines.append(f"  hint: {_printable(diagnostic.hint)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str, span: Span) -> list[str]:
    if not text.strip() or span.column > len(text) + 1:
        return []
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(text.rstrip())
    end = max(min(end, len(text)), start + 1)
    first = max(0, start - _WIDTH // 2) if len(text) > _WIDTH else 0
    shown = text[first : first + _WIDTH]
    before = _printable(text[first:start])
    marked = _printable(text[start : min(end, first + _WIDTH)])
    number = str(span.line)
    gutter = " " * len(number)
    return [
        f"  {number} | {_printable(shown).rstrip()}",
        f"  {gutter} | {' ' * _columns(before)}{'^' * max(1, _columns(marked))}",
    ]


def _printable(text: str) -> str:
    """``text`` on one line, with control characters made visible: a file must not drive the terminal."""
    if text.isprintable():
        return text
    return "".join(" " if c == "\t" else c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def _columns(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c) for c in text)
