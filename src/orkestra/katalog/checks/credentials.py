"""Literal credentials have no place in a file that lives in Git."""

from __future__ import annotations

import re
from collections.abc import Iterator

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.source.nodes import ListNode, MapNode, ScalarNode

_NAME = re.compile(
    r"(?:^|[-_.])(?:pass(?:word|wd|phrase)?|secret|token|credentials?|(?:api|access|private|secret|signing|encryption)"
    r"[-_.]?key)$",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_KNOWN = re.compile(
    r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}"
    r"|\bgithub_pat_[A-Za-z0-9_]{40}"
    r"|\bglpat-[-A-Za-z0-9_]{20}|\bxox[abprs]-[-A-Za-z0-9]{10}|\bsk_live_[A-Za-z0-9]{16}|\bAIza[-A-Za-z0-9_]{35}"
    r"|\beyJ[-A-Za-z0-9_]{10,}\.eyJ[-A-Za-z0-9_]{10,}\.|://[^/\s:@{}$]+:[^/\s:@{}$]{3,}@"
)
_HINT = "take it from the CR, a Secret (fromSecret) or a random function with once: true"


def check_credentials(checked: Checked) -> None:
    for entry_id, node in checked.decoder.entry_nodes.items():
        for name, value, is_secret in _literals(node, is_secret=".secrets[" in entry_id):
            text = value.text
            if "{{" in text or not text.strip() or re.fullmatch(r"\$\{?\w+\}?", text.strip(), re.ASCII):
                continue
            is_named = is_secret and bool(_NAME.search(_CAMEL.sub("-", name)))
            if is_named or _KNOWN.search(text[:8192]):
                checked.report(1701, f"{name[:60]}: a literal credential", value.span, _HINT)


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
