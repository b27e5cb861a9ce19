"""Kubernetes' url library: absolute URLs and absolute paths, as Go's net/url reads them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from orkestra.k8s.cel.errors import CelError
from orkestra.k8s.cel.functions.arguments import typed
from orkestra.k8s.cel.values import Url

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*", re.A)
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})", re.A)
_PATH_SAFE = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~$&+,/:;=@!'()*[]%")


def parse_url(text: str) -> Url:
    """Raises ValueError with Go's reason."""
    if any(ord(char) < 0x20 or ord(char) == 0x7F for char in text):
        raise ValueError("net/url: invalid control character in URL")
    if not text:
        raise ValueError("empty url")
    scheme, rest = _scheme(text)
    body, _, _ = rest.partition("#")
    body, _, query = body.partition("?")
    if not body.startswith("/"):
        if not scheme:
            raise ValueError("invalid URI for request")
        return Url(scheme, "", "", "", "", query, text)
    authority = ""
    if body.startswith("//") and (scheme or not body.startswith("///")):
        authority, slash, path = body[2:].partition("/")
        body = slash + path
    if _BAD_ESCAPE.search(body):
        raise ValueError("invalid URL escape")
    host = authority.rpartition("@")[2]
    hostname, port = _host_and_port(host)
    return Url(scheme.lower(), host, hostname, port, _escaped(body), query, text)


def _scheme(text: str) -> tuple[str, str]:
    head, colon, rest = text.partition(":")
    if colon and not re.search(r"[/?#]", head):
        if not head:
            raise ValueError("missing protocol scheme")
        if _SCHEME.fullmatch(head):
            return head, rest
        if text[0] != "/":
            raise ValueError("first path segment in URL cannot contain colon")
    return "", text


def _host_and_port(host: str) -> tuple[str, str]:
    if " " in host:
        raise ValueError("invalid character in host name")
    if host.startswith("["):
        inside, bracket, tail = host[1:].partition("]")
        if not bracket:
            raise ValueError("missing ']' in host")
        if tail and not (tail.startswith(":") and _is_port(tail[1:])):
            raise ValueError("invalid port after host")
        return inside, tail[1:]
    name, colon, port = host.rpartition(":")
    if not colon:
        return host, ""
    if not _is_port(port) or ":" in name:
        raise ValueError("invalid port after host")
    return name, port


def _is_port(text: str) -> bool:
    return not text or (text.isascii() and text.isdigit())


def _escaped(path: str) -> str:
    return "".join(chr(byte) if byte in _PATH_SAFE else f"%{byte:02X}" for byte in path.encode("utf-8", "replace"))


@typed(str)
def to_url(text: str) -> Url:
    try:
        return parse_url(text)
    except ValueError as problem:
        message = f'URL parse error during conversion from string: parse "{text}": {problem}'
        raise CelError(message) from None


@typed(str)
def is_url(text: str) -> bool:
    try:
        parse_url(text)
    except ValueError:
        return False
    return True


@typed(Url)
def query_of(url: Url) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for pair in url.query.split("&"):
        if not pair or ";" in pair or _BAD_ESCAPE.search(pair):
            continue
        name, _, value = pair.partition("=")
        out.setdefault(unquote_plus(name), []).append(unquote_plus(value))
    return out


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "url": to_url,
    "isURL": is_url,
    "getScheme": typed(Url)(lambda url: url.scheme),
    "getHost": typed(Url)(lambda url: url.host),
    "getHostname": typed(Url)(lambda url: url.hostname),
    "getPort": typed(Url)(lambda url: url.port),
    "getEscapedPath": typed(Url)(lambda url: url.escaped_path),
    "getQuery": query_of,
}
