"""What can go wrong, with its place: line and column count from 1, zero means unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orkestra.k8s.cel.types import Type


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem found before evaluation. ``offset`` counts characters from 0."""

    offset: int
    message: str


class CelError(Exception):
    """An evaluation that has no value. ``message`` is what the API server's CEL says in this case."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.message}" if self.line else self.message


class BudgetExceeded(CelError):
    """The evaluation took more steps than it may; it is not absorbed by ``&&`` and ``||``."""

    def __init__(self) -> None:
        super().__init__("operation cancelled: actual cost limit exceeded")


class CelCompileError(CelError):
    """An expression that does not parse or whose types do not fit: all its issues, the first one's place."""

    def __init__(self, text: str, issues: Sequence[Issue]) -> None:
        self.issues = tuple(sorted(issues, key=lambda issue: issue.offset))
        self.text = text
        first = self.issues[0]
        super().__init__(first.message, *locate(text, first.offset))

    @property
    def report(self) -> str:
        """All issues with the line each is on, as ``cel-go`` displays them (common/error.go)."""
        return "\n".join(_display(self.text, issue) for issue in self.issues)


class CelConstantError(CelCompileError):
    """An expression whose types fit (``result_type``), with a constant that cannot be converted as it asks."""

    def __init__(self, text: str, issue: Issue, result_type: Type) -> None:
        super().__init__(text, [issue])
        self.result_type = result_type


def locate(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of a character offset."""
    line = text.count("\n", 0, offset) + 1
    return line, offset - (text.rfind("\n", 0, offset) + 1) + 1


def _display(text: str, issue: Issue) -> str:
    line, column = locate(text, issue.offset)
    shown = (text.split("\n")[line - 1]).replace("\t", " ")
    marks = "".join("." if char.isascii() else "．" for char in shown[: column - 1])
    pointer = "^" if shown[column - 1 : column].isascii() else "＾"
    return f"ERROR: <input>:{line}:{column}: {issue.message}\n | {shown}\n | {marks}{pointer}"


def no_such_overload() -> CelError:
    return CelError("no such overload")
