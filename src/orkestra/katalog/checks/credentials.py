"""Literal credentials have no place in a file that lives in Git: values of known shapes wherever they stand, comments
included, and what stands under the name of a credential."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.diagnostics.finding import SourceText, Span
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode


class Known(NamedTuple):
    """``needle`` is in every text that ``pattern`` finds anything in; looking for it costs next to nothing, and most
    patterns are never compiled."""

    needle: str
    what: str
    pattern: str


def _known(needle: str, what: str, rest: str) -> Known:
    return Known(needle, what, re.escape(needle) + rest)


_BASE64: Final = r"[A-Za-z0-9+/]"
_VALUE: Final = r"(?:=|[\"']?\s*,\s*[\"']?| )(?![-$({</\"'\[])[^\s\"',{$\]]{4,}"
"""What follows an option: its own value, or the next argument."""

_KNOWN: Final = (
    _known("-----BEGIN ", "a private key", r"(?:[A-Z0-9]+ )*PRIVATE KEY-----"),
    _known("AKIA", "a key of AWS", r"[0-9A-Z]{16}\b"),
    _known("ASIA", "a key of AWS", r"[0-9A-Z]{16}\b"),
    _known("gh", "a token of GitHub", "[pousr]_[A-Za-z0-9]{36}"),
    _known("github_pat_", "a token of GitHub", "[A-Za-z0-9_]{40}"),
    _known("glpat-", "a token of GitLab", "[-A-Za-z0-9_]{20}"),
    _known("xox", "a token of Slack", "[abprs]-[-A-Za-z0-9]{10}"),
    _known("hooks.slack.com/services/", "a webhook of Slack", "T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{16,}"),
    _known("sk_live_", "a key of Stripe", "[A-Za-z0-9]{16}"),
    _known("rk_live_", "a key of Stripe", "[A-Za-z0-9]{16}"),
    _known("AIza", "a key of Google", "[-A-Za-z0-9_]{35}"),
    _known("npm_", "a token of npm", r"[A-Za-z0-9]{36}\b"),
    _known("pypi-AgE", "a token of a Python index", "[-A-Za-z0-9_]{50}"),
    _known("dckr_pat_", "a token of Docker", "[-A-Za-z0-9_]{20}"),
    _known("SG.", "a key of SendGrid", r"[-A-Za-z0-9_]{22}\.[-A-Za-z0-9_]{43}"),
    _known("hvs.", "a token of Vault", "[-A-Za-z0-9_]{24}"),
    _known("dop_v1_", "a token of DigitalOcean", "[0-9a-f]{64}"),
    _known("AccountKey=", "a key of Azure Storage", rf"{_BASE64}{{40}}"),
    _known("eyJ", "a signed token", r"[-A-Za-z0-9_]{10,}\.eyJ[-A-Za-z0-9_]{10,}\."),
    _known("Bearer ", "a bearer token", r"(?=[^\s\"']*[0-9])[A-Za-z0-9+/._=-]{20,}"),
    _known("Basic ", "a name and password", rf"(?=[^\s\"']*[0-9A-Z]){_BASE64}{{12,}}={{0,2}}(?![A-Za-z])"),
    _known("://", "a password in a URL", r"[^/\s:@{}$<>\"']*:(?!\*)[^/\s:@{}$<>\"']{3,}@"),
    _known("--", "a password on the command line", rf"(?:password|passwd|api-key|token){_VALUE}"),
)

_NAME = re.compile(
    r"(?:^|[-_.])(?:pass(?:word|wd|phrase)?|secret|token|credentials?|(?:api|access|private|secret|signing|encryption)"
    r"[-_.]?key)$",
    re.IGNORECASE,
)
_PLAINLY = re.compile(r"(?:^|[-_.])pass(?:word|wd|phrase)$", re.IGNORECASE)
_HINT_OF_NAMES = re.compile(r"pass|secret|token|credential|key", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_VARIABLE = re.compile(r"\$\{?\w+\}?|\$\(\w+\)", re.ASCII)
_HINT: Final = "take it from a Secret (valueFrom, fromSecret), from the CR, or from a random function with once: true"
_WIDEST: Final = 64


def check_credentials(checked: Checked) -> None:
    for source in checked.sources():
        for what, at in _in_text(source):
            _report(f"a literal credential: {what}", at, checked)
    for entry_id, node in checked.decoder.entry_nodes.items():
        for name, value, is_secret in _literals(node, is_secret=".secrets[" in entry_id):
            is_named = is_secret and _NAME.search(_CAMEL.sub("-", name))
            is_plain = not is_named and _PLAINLY.search(_CAMEL.sub("-", name))
            is_random = not is_named and ".secrets[" in entry_id and _looks_random(value.text)
            if (is_named or is_plain or is_random) and _is_literal(value):
                _report(f"{name[:60]}: a literal credential", value.span, checked)
    if checked.root is not None and any(_may_name(source.text) for source in checked.sources()):
        for name, value in _passwords(checked.root):
            _report(f"{name[:60]}: a literal credential", value.span, checked)


def _report(message: str, at: Span, checked: Checked) -> None:
    """One finding a line: the name and the shape of a value are two signs of one thing."""
    findings = checked.decoder.findings
    if not findings.has_at(1701, at.file, at.line):
        checked.report(1701, message, at, _HINT)


def _may_name(text: str) -> bool:
    lower = text.lower()
    return any(word in lower for word in ("pass", "secret", "token", "credential", "key"))


def _is_literal(value: ScalarNode) -> bool:
    text = value.text.strip()
    return bool(text) and "{{" not in text and not _VARIABLE.fullmatch(text) and not value.is_null


def _in_text(source: SourceText) -> Iterator[tuple[str, Span]]:
    """What is found by its shape, with its place."""
    text = source.text
    for needle, what, pattern in _KNOWN:
        if needle not in text:
            continue
        for found in re.finditer(pattern, text):
            before = text.rfind("\n", 0, found.start()) + 1
            line, column = text.count("\n", 0, found.start()) + 1, found.start() - before + 1
            width = min(len(found.group().partition("\n")[0]), _WIDEST)
            yield what, Span(line, column, line, column + width, source.name)


def _literals(entry: MapNode, *, is_secret: bool) -> Iterator[tuple[str, ScalarNode, bool]]:
    """(name, value, is it Secret data) of every literal that could hold a credential."""
    data = entry.get("data")
    if isinstance(data, MapNode):
        for name, (_, value) in data.entries.items():
            if isinstance(value, ScalarNode):
                yield name, value, is_secret
    env = entry.get("env")
    for item in env.items if isinstance(env, ListNode) else ():
        named, value_node = (item.get("name"), item.get("value")) if isinstance(item, MapNode) else (None, None)
        if isinstance(named, ScalarNode) and isinstance(value_node, ScalarNode):
            yield named.text, value_node, True


def _passwords(root: MapNode) -> Iterator[tuple[str, ScalarNode]]:
    """Literals under a key that is plainly a password's, or under a token's and like one, wherever they stand."""
    stack: list[Node] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, ListNode):
            stack.extend(item for item in node.items if not isinstance(item, ScalarNode))
        elif isinstance(node, MapNode):
            for name, (_, value) in node.entries.items():
                if not isinstance(value, ScalarNode):
                    stack.append(value)
                elif _HINT_OF_NAMES.search(name) and _is_literal(value):
                    split = _CAMEL.sub("-", name)
                    if _PLAINLY.search(split) or (_NAME.search(split) and _looks_random(value.text)):
                        yield name, value


def _looks_random(text: str) -> bool:
    """Long, of many different characters, letters of both cases and digits: no word, name, path or address."""
    if not 16 <= len(text) <= 4096 or not re.fullmatch(r"[A-Za-z0-9+/=_-]+", text, re.ASCII):
        return False
    sorts = (re.search("[a-z]", text), re.search("[A-Z]", text), re.search("[0-9]", text))
    return all(sorts) and _entropy(text) >= 3.5


def _entropy(text: str) -> float:
    """Bits a character."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())
