"""Taking secrets out of what is about to be shown: by field name, by the look of a text, by kind of object."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MASK = "***"
MAX_TEXT_CHARS = 2000
_MAX_DEPTH = 6
_SECRET_NAME = re.compile(
    r"pass(word|wd)?$|secret$|token$|authorization|credential|api[-_]?key|private[-_]?key|(client-)?key-data$"
    r"|kubeconfig$|cookie",
    re.IGNORECASE,
)
_SECRET_TEXT = re.compile(
    r"(?P<scheme>\b(?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{8,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"
    r"|(?P<before>://[^/\s:@]*:)[^/\s@]+(?P<after>@)",
    re.DOTALL,
)


def mask(value: Any, name: str = "", depth: int = 0) -> Any:
    """``value`` as JSON, without secrets: by field name, by the look of a text, and the data of Secret objects."""
    if isinstance(value, (bool, int, float)):
        return MASK if name and _SECRET_NAME.search(name) and not isinstance(value, bool) else value
    if value is None:
        return None
    if name and _SECRET_NAME.search(name):
        return MASK
    if depth >= _MAX_DEPTH:
        return "…"
    if isinstance(value, Mapping):
        is_secret = value.get("kind") == "Secret" and "metadata" in value
        return {
            str(key): MASK if is_secret and key in ("data", "stringData") else mask(item, str(key), depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple, set, frozenset)) and not hasattr(value, "_fields"):
        return [mask(item, "", depth + 1) for item in value]
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"<{len(value)} bytes>"
    return mask_text(str(value))


def mask_text(text: str) -> str:
    """``text`` without bearer tokens, private keys, JWTs and passwords in URLs; at most 2,000 characters."""
    if len(text) > MAX_TEXT_CHARS:
        text = text[:MAX_TEXT_CHARS] + "…"
    return _SECRET_TEXT.sub(_masked_match, text)


def _masked_match(found: re.Match[str]) -> str:
    return f"{found['scheme'] or found['before'] or ''}{MASK}{found['after'] or ''}"
