"""What looks like a credential: the shapes of known ones, and the names under which passwords stand."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple


class Known(NamedTuple):
    """``rare``, one character, and ``needle`` are in every text that ``pattern`` finds anything in. Looking for the one
    costs next to nothing and for the other little; most patterns are never compiled."""

    rare: str
    needle: str
    what: str
    pattern: str


class Shaped(NamedTuple):
    """A stretch of a text that has the shape of a credential."""

    what: str
    start: int
    end: int


def _known(rare: str, needle: str, what: str, rest: str) -> Known:
    return Known(rare, needle, what, re.escape(needle) + rest)


_BASE64: Final = r"[A-Za-z0-9+/]"
_VALUE: Final = r"(?:=|[\"']?\s*,\s*[\"']?| )(?![-$({</\"'\[])[^\s\"',{$\]]{4,}"
"""What follows an option: its own value, or the next argument."""

_KNOWN: Final = (
    _known("G", "-----BEGIN ", "a private key", r"(?:[A-Z0-9]+ )*PRIVATE KEY-----"),
    _known("I", "AKIA", "a key of AWS", r"[0-9A-Z]{16}\b"),
    _known("I", "ASIA", "a key of AWS", r"[0-9A-Z]{16}\b"),
    _known("_", "gh", "a token of GitHub", "[pousr]_[A-Za-z0-9]{36}"),
    _known("_", "github_pat_", "a token of GitHub", "[A-Za-z0-9_]{40}"),
    _known("-", "glpat-", "a token of GitLab", "[-A-Za-z0-9_]{20}"),
    _known("x", "xox", "a token of Slack", "[abprs]-[-A-Za-z0-9]{10}"),
    _known("/", "hooks.slack.com/services/", "a webhook of Slack", "T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{16,}"),
    _known("_", "sk_live_", "a key of Stripe", "[A-Za-z0-9]{16}"),
    _known("_", "rk_live_", "a key of Stripe", "[A-Za-z0-9]{16}"),
    _known("I", "AIza", "a key of Google", "[-A-Za-z0-9_]{35}"),
    _known("_", "npm_", "a token of npm", r"[A-Za-z0-9]{36}\b"),
    _known("E", "pypi-AgE", "a token of a Python index", "[-A-Za-z0-9_]{50}"),
    _known("_", "dckr_pat_", "a token of Docker", "[-A-Za-z0-9_]{20}"),
    _known("G", "SG.", "a key of SendGrid", r"[-A-Za-z0-9_]{22}\.[-A-Za-z0-9_]{43}"),
    _known(".", "hvs.", "a token of Vault", "[-A-Za-z0-9_]{24}"),
    _known("_", "dop_v1_", "a token of DigitalOcean", "[0-9a-f]{64}"),
    _known("=", "AccountKey=", "a key of Azure Storage", rf"{_BASE64}{{40}}"),
    _known("J", "eyJ", "a signed token", r"[-A-Za-z0-9_]{10,}\.eyJ[-A-Za-z0-9_]{10,}\."),
    _known("B", "Bearer ", "a bearer token", r"(?=[^\s\"']*[0-9])[A-Za-z0-9+/._=-]{20,}"),
    _known("B", "Basic ", "a name and password", rf"(?=[^\s\"']*[0-9A-Z]){_BASE64}{{12,}}={{0,2}}(?![A-Za-z])"),
    _known("@", "://", "a password in a URL", r"[^/\s:@{}$<>\"']*:(?!\*)[^/\s:@{}$<>\"']{3,}@"),
    _known("-", "--", "a password on the command line", rf"(?:password|passwd|api-key|token){_VALUE}"),
)

_NAME = re.compile(
    r"(?:^|[-_.])(?:pass(?:word|wd|phrase)?|secret|token|credentials?|(?:api|access|private|secret|signing|encryption)"
    r"[-_.]?key)$",
    re.IGNORECASE,
)
_PLAINLY = re.compile(r"(?:^|[-_.])pass(?:word|wd|phrase)$", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_VARIABLE = re.compile(r"\$\{?\w+\}?|\$\(\w+\)", re.ASCII)
_WORDS: Final = ("pass", "secret", "token", "credential", "key")
_SCALAR: Final = r"(?P<value>\"[^\"]*\"?|'[^']*'?|[^\s,\]}#][^,\]}#\r\n]*)"
_PAIRS: Final = (  # compiled when one is asked for, as those above
    rf"(?<![\w.-])(?P<name>[\w.-]+)[\"']?\s*[:=]\s*{_SCALAR}",
    rf"\bname[\"']?:\s*[\"']?(?P<name>[\w.-]+)[\"']?\s*,\s*[\"']?value[\"']?:\s*{_SCALAR}",
)
_TOKEN_END: Final = r"[^\s\"',}\]]*"
_KEY_END: Final = "-----END "


def shaped(text: str) -> Iterator[Shaped]:
    """Every stretch of a text that has the shape of a known credential."""
    for rare, needle, what, pattern in _KNOWN:
        if rare in text and needle in text:
            for found in re.finditer(pattern, text):
                yield Shaped(what, found.start(), found.end())


def whole(found: Shaped, text: str) -> Shaped:
    """The same to the end of the credential, where its shape is known by how it begins."""
    if found.what == "a private key":
        end = text.find(_KEY_END, found.end)
        return found._replace(end=len(text) if end < 0 else end)
    if found.what == "a password in a URL":
        return found
    rest = re.compile(_TOKEN_END).match(text, found.end)
    return found._replace(end=rest.end()) if rest else found


def in_line(line: str) -> Iterator[tuple[int, int]]:
    """(start, end) of what looks like a credential in one line, of which nothing else is known."""
    for found in shaped(line):
        yield whole(found, line)[1:]
    if may_name(line):
        for pattern in _PAIRS:
            for pair in re.finditer(pattern, line):
                value = pair["value"].strip("\"'").strip()
                if is_literal(value) and (is_plain(pair["name"]) or (is_name(pair["name"]) and looks_random(value))):
                    yield pair.span("value")


def may_name(text: str) -> bool:
    """Whether a name of a credential can be anywhere in it."""
    lower = text.lower()
    return any(map(lower.__contains__, _WORDS))


def is_plain(name: str) -> bool:
    """Whether it is the name of a password, and of nothing else."""
    return bool(_PLAINLY.search(_CAMEL.sub("-", name)))


def is_name(name: str) -> bool:
    """Whether it is the name of a credential, or of where one is kept."""
    return bool(_NAME.search(_CAMEL.sub("-", name)))


def is_literal(text: str) -> bool:
    """Whether it says something itself: no template, no variable, not empty."""
    text = text.strip()
    return bool(text) and "{{" not in text and not _VARIABLE.fullmatch(text)


def looks_random(text: str) -> bool:
    """Long, of many different characters, letters of both cases and digits: no word, name, path or address."""
    if not 16 <= len(text) <= 4096 or not re.fullmatch(r"[A-Za-z0-9+/=_-]+", text, re.ASCII):
        return False
    sorts = (re.search("[a-z]", text), re.search("[A-Z]", text), re.search("[0-9]", text))
    return all(sorts) and _entropy(text) >= 3.5


def _entropy(text: str) -> float:
    """Bits a character."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())
