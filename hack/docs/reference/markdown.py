"""Small pieces of Markdown."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

WIDTH = 120


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table. Cells may hold Markdown; a bar in them is escaped here."""
    lines = [_row(head), "|" + "---|" * len(head)]
    return lines + [_row(row) for row in rows]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def cells(line: str) -> list[str]:
    """The cells of a table's line, as they were given to ``table``."""
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def code(text: str) -> str:
    """``text`` as a code span, whatever backquotes it holds."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def wrapped(text: str, *, indent: str = "") -> list[str]:
    """A paragraph, or a list item with ``indent`` before its further lines."""
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def headings(text: str) -> list[str]:
    """The headings of a page, without those inside code blocks."""
    found: list[str] = []
    is_code = False
    for line in text.splitlines():
        if line.startswith("```"):
            is_code = not is_code
        elif not is_code and (match := re.match(r"#+ (.*)", line)):
            found.append(match[1].strip())
    return found
