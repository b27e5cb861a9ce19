"""Did you mean: the closest of the known words."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_MAX_WORD = 64


def closest(word: str, known: Iterable[str]) -> str:
    """The known word nearest to ``word``, capitals aside; empty when none is near."""
    if len(word) > _MAX_WORD:
        return ""
    by_lower = {candidate.lower(): candidate for candidate in known}
    lower = word.lower()
    if lower in by_lower:
        return by_lower[lower]
    near = get_close_matches(lower, by_lower, n=1, cutoff=0.7)
    if near:
        return by_lower[near[0]]
    return by_lower.get(lower + "s", by_lower.get(lower.removesuffix("s"), ""))


def hint_for(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word, or lists the words when there are few and none is near."""
    words = list(known)
    near = closest(word, words)
    if near:
        return f'did you mean "{near}"?'
    return f"known: {', '.join(words)}" if 0 < len(words) <= 12 else ""
