"""Addresses and networks, of both families."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final

from orkestra.template.errors import FunctionError
from orkestra.template.functions.arguments import text
from orkestra.template.functions.function import Domain
from orkestra.template.functions.objectfields import scalar_text

NET: Final = Domain("net", [])
function = NET.function

# Go's net.IP.IsPrivate: RFC 1918 and RFC 4193, and not the many more that Python calls private.
_PRIVATE: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
_LONGEST: Final = 64


@lru_cache(maxsize=256)
def _network(cidr: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(cidr, strict=False) if "/" in cidr and len(cidr) <= _LONGEST else None
    except ValueError:
        return None


def _address(ip: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(ip) if len(ip) <= _LONGEST and "%" not in ip else None
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


@function(
    "cidrContains(cidr string, ip string) bool",
    "Whether the address is in the network.",
    '{{ cidrContains "10.0.0.0/8" "10.1.2.3" }}',
    "true",
)
def cidr_contains(cidr: Any, ip: Any) -> bool:
    range_text, ip_text = text(cidr), text(ip)
    if not range_text or not ip_text:
        return False
    network, address = _network(range_text), _address(ip_text)
    if network is None:
        raise FunctionError(f'"{range_text[:_LONGEST]}" is no network: expected one such as 10.0.0.0/8')
    if address is None:
        raise FunctionError(f'"{ip_text[:_LONGEST]}" is no IP address')
    return address in network


@function("ipValid(ip string) bool", "Whether it is an IP address.", '{{ ipValid "10.0.0.256" }}', "false")
def ip_valid(ip: Any) -> bool:
    return _address(scalar_text(ip)) is not None


@function(
    "ipIsPrivate(ip string) bool",
    "Whether it is an address of a private network (10/8, 172.16/12, 192.168/16, fc00::/7).",
    '{{ ipIsPrivate "192.168.1.1" }}',
    "true",
)
def ip_is_private(ip: Any) -> bool:
    address = _address(scalar_text(ip))
    return address is not None and any(address in (_network(cidr) or ()) for cidr in _PRIVATE)
