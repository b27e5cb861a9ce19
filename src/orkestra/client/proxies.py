"""Which proxy a server is reached through: ``proxy-url`` of the cluster, else the environment.

The rules are Go's (golang.org/x/net http/httpproxy/proxy.go), so that an operator reaches what kubectl reaches.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from orkestra.client.errors import ConfigError


def choose_proxy(server: str, environ: Mapping[str, str]) -> str:
    """The proxy URL of the environment for ``server``, or "". Raises ConfigError on an unusable one."""
    parts = urlsplit(server)
    names = ("HTTPS_PROXY", "https_proxy") if parts.scheme == "https" else ("HTTP_PROXY", "http_proxy")
    named = next((environ[name] for name in names if environ.get(name)), "")
    if not named or is_bypassed(
        parts.hostname or "", parts.port, environ.get("NO_PROXY") or environ.get("no_proxy", "")
    ):
        return ""
    return checked_proxy(named if "://" in named else f"http://{named}", "/".join(names))


def checked_proxy(url: str, origin: str) -> str:
    """``url`` if it is a usable http(s) proxy; ``origin`` says where it was written. Raises ConfigError."""
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_usable = False
    if not is_usable:
        # the URL may hold a password: it is not repeated
        raise ConfigError(
            f"{origin}: not a usable proxy URL",
            hint="expected http://host:port or https://host:port; SOCKS is not supported",
        )
    return url


def is_bypassed(host: str, port: int | None, no_proxy: str) -> bool:
    """Whether NO_PROXY, or being this machine, takes ``host`` off the proxy."""
    host = host.lower().rstrip(".")
    address = _address(host)
    if host == "localhost" or (address is not None and address.is_loopback):
        return True
    return any(_matches(host, port, address, item.strip().lower()) for item in no_proxy.split(",") if item.strip())


def _matches(
    host: str, port: int | None, address: ipaddress.IPv4Address | ipaddress.IPv6Address | None, item: str
) -> bool:
    if item == "*":
        return True
    if "/" in item:
        try:
            return address is not None and address in ipaddress.ip_network(item, strict=False)
        except ValueError:
            return False
    if _address(item) is None:
        name, colon, tail = item.rpartition(":")
        if colon and tail.isdigit() and name:
            if port != int(tail):
                return False
            item = name
    wanted = _address(item.strip("[]"))
    if wanted is not None:
        return address == wanted
    item = item.removeprefix("*")
    return host.endswith(item) if item.startswith(".") else host == item or host.endswith(f".{item}")


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
