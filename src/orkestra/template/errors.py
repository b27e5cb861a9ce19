"""What can go wrong with a template, and where: the only exceptions that leave this package."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_SHOWN_EXPRESSION = 80


class TemplateFault(Exception):
    """Either of the two errors below. ``line`` and ``column`` count from 1, in characters of the file that holds the
    template (when ``compile`` was told where the template starts)."""

    def __init__(self, message: str, line: int = 1, column: int = 1, name: str = "", expression: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.name = name
        self.expression = expression

    @property
    def place(self) -> str:
        return f"{self.name}:{self.line}:{self.column}" if self.name else f"{self.line}:{self.column}"


class TemplateSyntaxError(TemplateFault):
    """The text is not a template; raised by ``compile`` only. ``unknown``: the function that is not known, if it is
    that."""

    unknown = ""

    def __str__(self) -> str:
        return f"template: {self.place}: {self.message}"


class TemplateError(TemplateFault):
    """The template cannot be rendered with this data; raised by ``render`` and ``value``."""

    def __str__(self) -> str:
        at = f" at <{self.expression}>" if self.expression else ""
        return f"template: {self.place}: executing{at}: {self.message}"


class FunctionError(Exception):
    """Raised by a template function; the engine adds the function's name and the place of the call."""


class UnfinishedText(FunctionError):
    """A value would print more than the environment allows."""


@dataclass(frozen=True, slots=True)
class Source:
    """A template's text and where it begins, so that an offset into it becomes a place in a file."""

    text: str
    name: str = ""
    line: int = 1
    column: int = 1

    def locate(self, offset: int) -> tuple[int, int]:
        before = self.text[:offset]
        newlines = before.count("\n")
        if not newlines:
            return self.line, self.column + len(before)
        return self.line + newlines, len(before) - before.rfind("\n")

    def excerpt(self, start: int, end: int) -> str:
        found = " ".join(self.text[start:end].split())
        return found if len(found) <= _SHOWN_EXPRESSION else found[: _SHOWN_EXPRESSION - 1] + "…"

    def syntax_error(self, offset: int, message: str, *, unknown: str = "") -> TemplateSyntaxError:
        made = TemplateSyntaxError(message, *self.locate(offset), self.name)
        made.unknown = unknown
        return made

    def error(self, start: int, end: int, message: str) -> TemplateError:
        line, column = self.locate(start)
        return TemplateError(message, line, column, self.name, self.excerpt(start, end))


def suggest(word: str, known: Iterable[str]) -> str:
    """``; did you mean "toLower"?`` when one of ``known`` is close to ``word``, else nothing."""
    import difflib  # only errors need it, and every start of the command line would pay for it

    folded = {name.lower(): name for name in sorted(known, reverse=True)}
    close = difflib.get_close_matches(word.lower()[:64], folded, n=1, cutoff=0.7)
    return f'; did you mean "{folded[close[0]]}"?' if close else ""
