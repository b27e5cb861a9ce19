"""What can be wrong with a template that compiles."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Trouble(Enum):
    """REFUSED: the render fails whenever it gets there. DOUBTFUL: it fails for some values, or reads a value as what
    nobody means. FORMAT: printf prints its own complaints. CONSTANT: a condition that is the same for all data. NEVER:
    a comparison with what the field never is. UNUSED: a value that never counts. REVERSED: a piped value in the place
    of another."""

    REFUSED = "refused"
    DOUBTFUL = "doubtful"
    FORMAT = "format"
    CONSTANT = "constant"
    NEVER = "never"
    UNUSED = "unused"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class Problem:
    """``line`` and ``column`` (from 1) are those of the template's text, ``width`` is in characters."""

    trouble: Trouble
    message: str
    line: int
    column: int
    width: int
    hint: str = ""
