"""From a line and column inside a scalar's text to the line and column of the file.

Quoting, escapes, block indentation and folding move characters; template errors count inside the text. The map is made
only when an error asks for it.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from orkestra.katalog.diagnostics.finding import Span
from orkestra.katalog.source.nodes import ScalarNode

_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r\n|.)", re.DOTALL)
_SPACE_ESCAPES = " tnrvfeNLP_\n\r\t"
_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")


class Origin:
    """Where a scalar's text came from: its file, its raw form and its first position. ``prefix``: as many characters
    stand before the text where its first line is counted."""

    __slots__ = ("_column", "_line", "_places", "_prefix", "_raw", "_style", "file", "text")

    def __init__(self, node: ScalarNode, prefix: int = 0) -> None:
        self._prefix = prefix
        self.file = node.source.name
        self.text = node.text
        self._raw = node.source.text[node.start.index : node.end.index]
        self._style = node.style
        self._line = node.start.line + 1
        self._column = node.start.column + 1
        self._places: tuple[list[int], list[int]] | None = None

    def locate(self, line: int = 1, column: int = 1) -> tuple[int, int]:
        """File line and column of a place in ``text`` (all from 1). A place outside it gives the nearest inside."""
        offset = _offset(self.text, line, column - self._prefix if line == 1 else column)
        if self._style not in ("|", ">", '"') and self._raw.startswith(self.text):
            return self._line, self._column + offset
        if self._places is None:
            starts = [0, *(found.end() for found in _BREAK.finditer(self._raw))]
            self._places = self._raw_offsets(), starts
        offsets, starts = self._places
        at = offsets[offset]
        row = bisect_right(starts, at) - 1
        return self._line + row, (self._column if row == 0 else 1) + at - starts[row]

    def span_at(self, line: int = 1, column: int = 1, length: int = 1) -> Span:
        at_line, at_column = self.locate(line, column)
        return Span(at_line, at_column, at_line, at_column + max(1, length), self.file)

    def _raw_offsets(self) -> list[int]:
        """Raw offset of every offset of the text, its end included. Text and raw form are aligned by their characters
        other than white space, which alone folding changes."""
        units = self._raw_units()
        offsets: list[int] = []
        at, used = 0, 0
        for character in self.text:
            if not character.isspace() and used < len(units):
                offsets.append(units[used][0])
                at = units[used][1]
                used += 1
            else:
                offsets.append(at)
        return [*offsets, at]

    def _raw_units(self) -> list[tuple[int, int]]:
        """(start, end) in the raw form of every character of the text that is not white space."""
        raw, at, end = self._raw, 0, len(self._raw)
        if self._style in ("|", ">"):
            header = _BREAK.search(raw)
            at = header.end() if header else end
        elif self._style:
            at, end = 1, end - 1
        units: list[tuple[int, int]] = []
        while at < end:
            step = 1
            if self._style == '"' and raw[at] == "\\":
                found = _ESCAPE.match(raw, at)
                step = found.end() - at if found else 1
                if found and found.group()[1] not in _SPACE_ESCAPES:
                    units.append((at, at + step))
            elif not raw[at].isspace():
                if self._style == "'" and raw.startswith("''", at):
                    step = 2
                units.append((at, at + step))
            at += step
        return units


def _offset(text: str, line: int, column: int) -> int:
    """Offset of a line and column (from 1); lines end at newlines, as template errors count them."""
    start = 0
    for _ in range(line - 1):
        found = text.find("\n", start)
        if found < 0:
            break
        start = found + 1
    return max(0, min(start + column - 1, len(text)))
