"""Where something is declared."""

from __future__ import annotations

from typing import NamedTuple


class Position(NamedTuple):
    """Where something is declared; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"
