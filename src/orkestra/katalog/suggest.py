"""Did you mean: the closest of the known words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from orkestra.katalog.diagnostics.finding import Advice

_MAX_WORD = 64


def closest(word: str, known: Iterable[str]) -> str:
    """The known word nearest to ``word``, capitals aside; empty when none is near."""
    if len(word) > _MAX_WORD:
        return ""
    by_lower = {candidate.lower(): candidate for candidate in known}
    lower = word.lower()
    if lower in by_lower:
        return by_lower[lower]
    near = _near(lower, by_lower)
    if near:
        return by_lower[near[0]]
    return by_lower.get(lower + "s", by_lower.get(lower.removesuffix("s"), ""))


def advice_for(word: str, known: Iterable[str], behind: Sequence[str] = ()) -> Advice | None:
    """Did you mean: as ``closest``, with what to write unless another word is nearly as near. ``behind``: the steps of
    a dotted path that ``word`` is the next step of."""
    words = list(known)
    near = closest(word, words)
    if not near:
        return None
    others = _near(word.lower(), [other.lower() for other in words if other != near])
    is_sure = near.lower() == word.lower() or not others or _likeness(word, near) > _likeness(word, others[0]) + 0.1
    path = "".join(f"{step}." for step in behind)
    return Advice(f'did you mean "{near}"?', path + near if is_sure else "", path + word)


def _near(word: str, known: Iterable[str]) -> list[str]:
    """The nearest word, if any is near."""
    from difflib import get_close_matches  # what is right needs none

    return get_close_matches(word, known, n=1, cutoff=0.7)


def _likeness(one: str, other: str) -> float:
    from difflib import SequenceMatcher

    return SequenceMatcher(None, one.lower(), other.lower()).ratio()


def hint_for(word: str, known: Iterable[str], behind: Sequence[str] = ()) -> str | Advice:
    """A hint that names the nearest known word, or lists the words when there are few and none is near."""
    words = list(known)
    near = advice_for(word, words, behind)
    if near:
        return near
    return f"known: {', '.join(words)}" if 0 < len(words) <= 12 else ""
