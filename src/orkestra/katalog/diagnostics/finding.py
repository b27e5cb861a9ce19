"""A finding and the collector of a loading run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple, Protocol, TypeAlias

from orkestra.katalog.diagnostics.codes import CODES, Severity
from orkestra.katalog.diagnostics.secrecy import Concealed, is_told_by

LIMIT = 500
"""Findings kept per run: a generated file with one mistake a thousand times must stay readable."""

_BREAKS = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_QUOTE_LIMIT = 400
CREDENTIAL = 1701
"""The finding at whose place a credential stands."""


class Span(NamedTuple):
    """A stretch of one file; lines and columns count from 1, the end is exclusive. ``file`` is the name of its source,
    empty where the context says it."""

    line: int = 1
    column: int = 1
    end_line: int = 0
    end_column: int = 0
    file: str = ""

    @property
    def bare(self) -> Span:
        """Without the file, for whoever carries that beside it."""
        return Span(*self[:4]) if self.file else self

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


class HasSpan(Protocol):
    @property
    def span(self) -> Span: ...


@dataclass(frozen=True, slots=True)
class Related:
    """Another place the finding is about, such as the first of two equal keys."""

    file: str
    span: Span
    message: str
    quote: str = ""


class Edit(NamedTuple):
    """Text to put in the place of a stretch of the finding's file."""

    span: Span
    text: str


class Advice(NamedTuple):
    """A hint that can be followed without thinking: ``write`` in the place of what the finding is at, or of ``was`` at
    or just behind its start. An empty ``write`` leaves it a hint."""

    hint: str
    write: str = ""
    was: str = ""

    def __str__(self) -> str:
        return self.hint


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. ``quote`` is the text of the source line ``span`` starts on, cut to a bounded length; ``path`` leads
    to it in the document, where there is one. ``fix``: edits that do what the hint says, all or none of them; empty
    where that takes a person. No credential is in any of its texts but those of ``fix``, which must be what they are;
    ``credentials`` are those it is about, for whoever prints a fix."""

    code: str
    severity: Severity
    message: str
    file: str
    span: Span
    hint: str = ""
    related: tuple[Related, ...] = ()
    quote: str = ""
    path: str = ""
    fix: tuple[Edit, ...] = ()
    credentials: tuple[str, ...] = field(default=(), repr=False)

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    @property
    def is_unsupported(self) -> bool:
        """Recognised but not run by this version: validating passes, running must refuse."""
        return self.code.startswith("ORK19")

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        return (self.file, self.span.line, self.span.column, self.code, self.message)


class SourceText:
    """A file's name and text, cut into the lines YAML sees."""

    __slots__ = ("_lines", "_starts", "name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._lines: list[str] | None = None
        self._starts: list[int] | None = None

    def offset(self, line: int, column: int) -> int:
        """Where a line and column (from 1) are in the text; the end of the text for a line behind it."""
        if self._starts is None:
            self._starts = [0, *(found.end() for found in _BREAKS.finditer(self.text))]
        if line > len(self._starts):
            return len(self.text)
        return min(self._starts[line - 1] + column - 1, len(self.text))

    def lines(self) -> list[str]:
        """The lines with their breaks; the last one may have none."""
        self.offset(1, 1)
        starts = [*(self._starts or ()), len(self.text)]
        found = [self.text[a:b] for a, b in pairwise(starts)]
        return found if found and found[-1] else found[:-1]

    def line(self, number: int) -> str:
        """The line of that number (from 1), without its break; empty when there is none."""
        if self._lines is None:
            self._lines = _BREAKS.split(self.text)
        return self._lines[number - 1][:_QUOTE_LIMIT] if 0 < number <= len(self._lines) else ""


Hint: TypeAlias = str | Advice | Callable[[], str | Advice]


class Findings:
    """Collects the diagnostics of one run. Stages hold it, add to it and go on.

    ``sources``: every file that was parsed, by name, so that a place can be quoted wherever it is.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.sources: dict[str, SourceText] = {}
        self._found: dict[tuple[str, int, int, str, str], Diagnostic] = {}
        self._limit = limit
        self._dropped = 0
        self._concealed = Concealed()

    def conceal(self, source: SourceText, at: Span, text: str) -> None:
        """Keeps a credential out of what findings show: what stands at ``at``, and ``text``, which it means."""
        self._concealed.add(source.name, at.bare, self._written(source, at), text)

    def _written(self, source: SourceText, at: Span) -> str:
        if not at.end_line:
            return ""
        return source.text[source.offset(at.line, at.column) : source.offset(at.end_line, at.end_column)]

    def add(
        self,
        number: int,
        message: str,
        source: SourceText,
        at: Span,
        hint: Hint = "",
        related: Iterable[Related] = (),
    ) -> None:
        """Records a finding of code ``number`` at ``at``; the same finding at the same place is kept once. ``source``
        counts where ``at`` names no other.

        ``hint`` may be a function, called only for findings that are kept: looking for the nearest of many words costs
        more than all the rest.
        """
        code = CODES[number]
        source = self.sources.get(at.file, source)
        if number == CREDENTIAL:
            self.conceal(source, at, "")
        limit = self._limit if code.severity is Severity.ERROR else self._limit // 2
        if len(self._found) >= limit:
            self._dropped += 1
            return
        advice = hint if isinstance(hint, str | Advice) else hint()
        text, fix = (advice, ()) if isinstance(advice, str) else (advice.hint, _fix_of(advice, source, at.bare))
        quote = source.line(at.line)
        found = Diagnostic(
            code.name, code.severity, message, source.name, at.bare, text, tuple(related), quote, fix=fix
        )
        self._found.setdefault(found.sort_key, found)

    def take_over(self, others: Iterable[Diagnostic]) -> None:
        """Adds findings that were collected elsewhere."""
        for found in others:
            if len(self._found) < self._limit:
                self._found.setdefault(found.sort_key, found)
            else:
                self._dropped += 1

    def has_at(self, number: int, file: str, line: int) -> bool:
        """Whether a finding of code ``number`` is on that line already."""
        name = CODES[number].name
        return any(each.code == name and (each.file, each.span.line) == (file, line) for each in self._found.values())

    @property
    def is_full(self) -> bool:
        """Nothing more will be kept: what is only done to report may stop."""
        return len(self._found) >= self._limit

    @property
    def has_errors(self) -> bool:
        return any(found.is_error for found in self._found.values())

    def sorted(self) -> list[Diagnostic]:
        """All findings by file, line and column; a note at the end tells how many were left out."""
        found = [self._without_credentials(self._found[key]) for key in sorted(self._found)]
        if self._dropped:
            code, last = CODES[1017], found[-1]
            text = f"{self._dropped} more findings are not shown"
            found.append(Diagnostic(code.name, code.severity, text, last.file, last.span))
        return found

    def _without_credentials(self, found: Diagnostic) -> Diagnostic:
        hidden = self._concealed
        quote = hidden.in_quote(found.quote, found.file, found.span.line)
        message, hint = hidden.in_message(found.message), hidden.in_message(found.hint)
        credentials = hidden.on_line(found.file, found.span.line) if found.code == CODES[CREDENTIAL].name else ()
        related = found.related
        if related:
            related = tuple(
                replace(
                    other,
                    message=hidden.in_message(other.message),
                    quote=hidden.in_quote(other.quote, other.file, other.span.line),
                )
                for other in related
            )
        if (quote, message, hint, credentials) == (found.quote, found.message, found.hint, ()) and (
            related == found.related
        ):
            return found
        return replace(found, quote=quote, message=message, hint=hint, related=related, credentials=credentials)


def printable_fixes(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings without the fixes that would show a credential."""
    found = list(found)
    credentials = {text: None for each in found for text in each.credentials}
    return [
        replace(each, fix=()) if any(is_told_by(edit.text, credentials) for edit in each.fix) else each
        for each in found
    ]


def _fix_of(advice: Advice, source: SourceText, at: Span) -> tuple[Edit, ...]:
    if not advice.write or at.end_line != at.line:
        return ()
    if advice.was:
        start = source.line(at.line).find(advice.was, at.column - 1, at.column + len(advice.was) + 1)
        if start < 0:
            return ()
        at = Span(at.line, start + 1, at.line, start + 1 + len(advice.was))
    return (Edit(at, advice.write),)
