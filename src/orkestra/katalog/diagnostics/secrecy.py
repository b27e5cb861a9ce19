"""Credentials stay where they are: findings go to logs and to pull requests, and quote the lines they are about.

What is known to be a credential is blotted out wherever a finding would show it; a line of which nothing is known, in a
file that does not parse for instance, is looked at by itself. Columns stay as they are, so carets still point.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from orkestra.katalog.credentials import in_line

BLOT: Final = "*"
_SHORT: Final = 4
"""So few characters may be part of any word: they count in quotation marks only."""
_ENDS: Final = ('"', "…", "'")


class Concealed:
    """The credentials of one run: where they stand, and what they are."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, int], list[tuple[int, int]]] = {}
        self._texts: dict[tuple[str, int], dict[str, None]] = {}
        self._known: dict[str, None] = {}

    def add(self, file: str, at: tuple[object, ...], written: str, meant: str) -> None:
        """``at``: the first four of a Span; ``written`` is what stands there, ``meant`` its text without quotes."""
        line, column, _, end = (n if isinstance(n, int) else 0 for n in at[:4])
        rows = written.split("\n")
        for n, row in enumerate(rows):
            start = column if n == 0 else 1 + len(row) - len(row.lstrip())
            stop = end if n == len(rows) - 1 else 1 + len(row)
            self._places.setdefault((file, line + n), []).append((start - 1, stop - 1))
        found = {row.strip().strip("\"'"): None for text in (written, meant) for row in text.split("\n")}
        found.pop("", None)
        self._texts.setdefault((file, line), {}).update(found)
        self._known.update(found)

    def on_line(self, file: str, line: int) -> tuple[str, ...]:
        """The credentials that begin on a line."""
        return tuple(self._texts.get((file, line), ()))

    def in_quote(self, quote: str, file: str, line: int) -> str:
        """A line as it may be shown."""
        if not quote:
            return quote
        for start, end in (*self._places.get((file, line), ()), *in_line(quote)):
            end = min(end, len(quote))
            if start < end:
                quote = quote[:start] + BLOT * (end - start) + quote[end:]
        for credential in self._known:
            if credential in quote and not _is_word(credential):
                quote = quote.replace(credential, BLOT * len(credential))
        return quote

    def in_message(self, text: str) -> str:
        """A sentence as it may be shown."""
        return without(text, self._known) if self._known and text else text


def _is_word(credential: str) -> bool:
    """Whether it may be in a sentence and mean something else there."""
    return credential.isalpha() or len(credential) <= _SHORT


def without(text: str, credentials: Iterable[str]) -> str:
    """``text`` with every credential in it blotted out, and the beginnings of those that were cut short."""
    for credential in credentials:
        is_word = _is_word(credential)
        head = credential[:_SHORT]
        at = text.find(head)
        while at >= 0:
            width = _alike(text, at, credential)
            is_whole = width == len(credential) or text[at + width : at + width + 1] in _ENDS
            if is_whole and (not is_word or text[at - 1 : at] in _ENDS):
                text = text[:at] + BLOT * 3 + text[at + width :]
                width = 3
            at = text.find(head, at + width)
    return text


def _alike(text: str, at: int, credential: str) -> int:
    """How many characters of a credential stand at ``at``."""
    pairs = zip(text[at : at + len(credential)], credential, strict=False)
    return next((n for n, (one, other) in enumerate(pairs) if one != other), min(len(text) - at, len(credential)))


def is_told_by(text: str, credentials: Iterable[str]) -> bool:
    """Whether a text that must be printed as it is or not at all holds a credential."""
    return without(text, credentials) != text or any(True for line in text.splitlines() for _ in in_line(line))
