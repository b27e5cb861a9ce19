"""Regular expressions with RE2's syntax and its promise: time linear in the input, whatever the pattern.

Patterns of schemas and CEL rules come from users and meet values from other users. Python's ``re`` backtracks
(``^(a+)+$`` takes half a minute against thirty letters), so it is used only for the subset of patterns whose meaning
is the same in both engines and whose cost is provably small, on short values; there it is twenty times faster.
Everything else goes to RE2, which is also the judge of what is a valid pattern.

Syntax: https://github.com/google/re2/wiki/Syntax, which Go's regexp package shares.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, Protocol, cast

_SHORT = 128
"""Longest value the backtracking engine may see; with at most two repetitions its work stays under n^3 / 2 steps."""
_MOST_REPEATS = 2
_SPACE = r"\t\n\f\r "
_TOKEN = re.compile(
    r"(?P<class>\[\^?[^\[\]\\&~|]*(?:\\[dw\-./_\\][^\[\]\\&~|]*)*\])"
    r"|(?P<open>\((?:\?:)?(?!\?))|(?P<close>\))|(?P<or>\|)"
    r"|(?P<repeat>[*+?]\??|\{\d{1,3}(?:,\d{0,3})?\}\??)"
    r"|(?P<start>\^)|(?P<end>\$)|(?P<space>\\s)|(?P<escape>\\[dwDW.\-/+*?()\[\]{}|^$\\])"
    r"|(?P<plain>[^\\\[\](){}*+?|^$])"
)


_ONE_BYTE = re.compile(r"(?:[^\\]|\\Q.*?(?:\\E|\Z)|\\[^CQ])*\\C", re.DOTALL)
r"""``\C`` in use: RE2 has it, Go's regexp has not."""

_SURROGATE = re.compile("[\ud800-\udfff]")

MAX_DEPTH: Final = 1000
"""Groups within groups. Source: Go regexp/syntax parse.go (maxHeight)."""


class RegexError(ValueError):
    """A pattern RE2 does not accept; the text says why, in Go's words."""


class _Match(Protocol):
    def group(self, index: int = 0, /) -> str: ...
    def start(self, index: int = 0, /) -> int: ...
    def end(self, index: int = 0, /) -> int: ...


class _Engine(Protocol):
    def search(self, text: str, /) -> _Match | None: ...
    def finditer(self, text: str, /) -> Iterator[_Match]: ...


class Regex:
    """A compiled pattern. Matching is a search: anchor with ``^`` and ``$`` to match whole values."""

    __slots__ = ("_exact", "_quick", "pattern")

    def __init__(self, pattern: str) -> None:
        """Raises RegexError."""
        if pattern.count("(") > MAX_DEPTH and _depth(pattern) > MAX_DEPTH:
            raise RegexError("error parsing regexp: expression nests too deeply")
        if _SURROGATE.search(pattern):
            raise RegexError("error parsing regexp: invalid UTF-8")
        if "\\C" in pattern and _ONE_BYTE.match(pattern):
            raise RegexError("error parsing regexp: invalid escape sequence: `\\C`")
        self.pattern = pattern
        translated = _translate(pattern)
        self._quick = _compile_quick(translated)
        self._exact: _Engine | None = None if self._quick else _compile_exact(pattern)

    def is_match(self, text: str) -> bool:
        if self._quick is not None and len(text) <= _SHORT:
            return self._quick.search(text) is not None
        return self._linear().search(_unicode(text)) is not None

    def find(self, text: str) -> str | None:
        """The leftmost match, or None."""
        found = self._linear().search(_unicode(text))
        return found.group(0) if found else None

    def find_all(self, text: str, limit: int = -1) -> list[str]:
        """Non-overlapping matches from the left; an empty match beside the match before it does not count."""
        out: list[str] = []
        last_end = -1
        for found in self._linear().finditer(_unicode(text)):
            if 0 <= limit <= len(out):
                break
            if found.end() == found.start() == last_end:
                continue
            out.append(found.group(0))
            last_end = found.end()
        return out

    def _linear(self) -> _Engine:
        if self._exact is None:
            self._exact = _compile_exact(self.pattern)
        return self._exact


def _unicode(text: str) -> str:
    """``text`` with what no encoding has replaced, as Go's JSON does when it reads half a surrogate pair."""
    return text if text.isascii() or not _SURROGATE.search(text) else _SURROGATE.sub("\ufffd", text)


_KEPT: Final = 256
"""RE2 keeps what it has learnt of a pattern, from 50 KB to megabytes."""


@lru_cache(maxsize=_KEPT)
def compile_regex(pattern: str) -> Regex:
    """Compiles once per pattern; schemas repeat theirs a lot. Raises RegexError."""
    return Regex(pattern)


def _compile_quick(translated: str | None) -> re.Pattern[str] | None:
    if translated is None:
        return None
    try:
        return re.compile(translated, re.ASCII)
    except (re.error, RecursionError, OverflowError):  # no pattern for RE2 either, or too deep for this compiler only
        return None


def _compile_exact(pattern: str) -> _Engine:
    re2: Any = __import__("re2")  # imported late: most schemas never need it, and it costs 12 ms
    options = re2.Options()
    options.log_errors = False
    try:
        return cast(_Engine, re2.compile(pattern, options=options))
    except re2.error as problem:
        text = problem.args[0] if problem.args else ""
        text = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        raise RegexError(f"error parsing regexp: {_in_go_words(text)}") from None


def _in_go_words(text: str) -> str:
    head, colon, tail = text.partition(": ")
    head = {
        "invalid perl operator": "invalid or unsupported Perl syntax",
        "missing )": "missing closing )",
        "missing ]": "missing closing ]",
        "invalid character class range": "invalid character class range",
        "no argument for repetition operator": "missing argument to repetition operator",
        "bad repetition operator": "invalid nested repetition operator",
        "invalid repetition size": "invalid repeat count",
        "trailing \\": "trailing backslash at end of expression",
    }.get(head, head)
    if head == "unexpected )":
        tail = tail or ")"
    return f"{head}: `{tail}`" if colon or tail else head


def _translate(pattern: str) -> str | None:
    """The pattern in Python's dialect if it is in the safe common subset, else None.

    Refused: a repeated group that itself repeats or branches (exponential), more than two repetitions (a high
    power), lazy forms and everything the two engines read differently.
    """
    out: list[str] = []
    groups: list[bool] = []  # per open group: does it repeat or branch inside?
    closed_complex = False  # the atom just read is a group that repeats or branches
    has_atom = False
    repeats = at = 0
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None:
            return None
        at = token.end()
        kind, text = token.lastgroup, token.group()
        if kind == "class" and "--" in text:
            return None
        if kind == "repeat":
            if not has_atom or (text.endswith("?") and len(text) > 1) or _is_large(text):
                return None
            if text != "?":
                repeats += 1
                if closed_complex or repeats > _MOST_REPEATS:
                    return None
            if groups:
                groups[-1] = True
            out.append(text)
            has_atom = False
            continue
        has_atom, was_complex = kind not in ("open", "or", "start", "end"), False
        if kind == "open":
            groups.append(False)
        elif kind == "close":
            if not groups:
                return None
            was_complex = groups.pop()
            if groups and was_complex:
                groups[-1] = True
        elif kind == "or" and groups:
            groups[-1] = True
        closed_complex = was_complex
        out.append({"end": r"\Z", "space": f"[{_SPACE}]"}.get(kind or "", text))
    return None if groups else "".join(out)


def _depth(pattern: str) -> int:
    """How deep groups nest, escapes and classes set aside; in one pass."""
    deepest = depth = 0
    in_class = is_escaped = False
    for character in pattern:
        if is_escaped:
            is_escaped = False
        elif character == "\\":
            is_escaped = True
        elif character in "[]":
            in_class = character == "["
        elif character in "()" and not in_class:
            depth += 1 if character == "(" else -1
            deepest = max(deepest, depth)
    return deepest


def _is_large(repeat: str) -> bool:
    return repeat.startswith("{") and max(int(n) for n in re.findall(r"\d+", repeat)) > 255
