"""Patterns that are linear here, because RE2 never goes back, and exponential in engines that do: those of editors,
browsers and most languages, where the same pattern may end up."""

from __future__ import annotations

import re
from typing import Final

_TOKEN: Final = re.compile(
    r"(?P<open>\((?:\?(?:[a-zA-Z-]*:|P?<\w+>))?)|(?P<close>\))|(?P<or>\|)|(?P<anchor>[\^$]|\\[bBAz])"
    r"|(?P<atom>\[\^?\]?(?:\\.|[^\]\\])*\]|\\.|[^()|*+?{^$])|(?P<other>.)",
    re.DOTALL,
)
_REPEAT: Final = re.compile(r"[*+?]\??|\{\d+(?:,\d*)?\}\??")
_LONGEST: Final = 4096


def is_ambiguous(pattern: str) -> bool:
    """Whether a group that repeats without bound has an alternative made of repetitions alone, such as ``(a+)+``."""
    if len(pattern) > _LONGEST:
        return False
    at = 0
    # each open group: may its current alternative be cut anywhere, has it an unbounded repetition, had one before both
    groups = [[True, False, False]]
    while at < len(pattern):
        found = _TOKEN.match(pattern, at)
        if found is None:
            return False
        at = found.end()
        top = groups[-1]
        if found["open"]:
            groups.append([True, False, False])
            continue
        if found["or"]:
            top[:] = [True, False, top[2] or (top[0] and top[1])]
            continue
        if found["anchor"]:
            continue
        closed = groups.pop() if found["close"] and len(groups) > 1 else None
        repeat = _REPEAT.match(pattern, at)
        at = repeat.end() if repeat else at
        is_unbounded = repeat is not None and (repeat[0][0] in "*+" or ",}" in repeat[0])
        top = groups[-1]
        if closed is not None:
            is_loose = closed[2] or (closed[0] and closed[1])
            if is_loose and is_unbounded:
                return True
            top[0] = top[0] and (repeat is not None or is_loose)
            top[1] = top[1] or is_unbounded or is_loose
        else:
            top[0] = top[0] and repeat is not None
            top[1] = top[1] or is_unbounded
    return False
