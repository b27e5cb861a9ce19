"""Go's escapers: html, js, urlquery. Rules: go ``src/text/template/funcs.go`` and ``src/net/url/url.go``."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote_plus

from orkestra.template.values import go_bytes

_HTML: Final = str.maketrans(
    {'"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;", "\0": "\ufffd"},
)
_JAVASCRIPT: Final = {
    "\\": "\\\\",
    "'": "\\'",
    '"': '\\"',
    "<": "\\u003C",
    ">": "\\u003E",
    "&": "\\u0026",
    "=": "\\u003D",
}


def escape_html(text: str) -> str:
    return text.translate(_HTML)


def escape_javascript(text: str) -> str:
    return "".join(_escape_char(char) for char in text)


def escape_query(text: str) -> str:
    return quote_plus(go_bytes(text), safe="~")


def _escape_char(char: str) -> str:
    special = _JAVASCRIPT.get(char)
    if special is not None:
        return special
    if char < " ":
        return f"\\u00{ord(char):02X}"
    if char.isprintable() or char == "\x7f" or "\ud800" <= char <= "\udfff":
        return char
    return f"\\u{ord(char):04X}"
