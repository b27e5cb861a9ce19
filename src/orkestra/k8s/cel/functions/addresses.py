"""Kubernetes' ip and cidr libraries (k8s.io/apiserver pkg/cel/library/ip.go, cidr.go)."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

from orkestra.k8s.cel.errors import CelError, no_such_overload
from orkestra.k8s.cel.functions.arguments import typed
from orkestra.k8s.cel.values import Cidr, Ip

_LINK_LOCAL_MULTICAST = ipaddress.ip_network("224.0.0.0/24"), ipaddress.ip_network("ff02::/16")
_BROADCAST = ipaddress.ip_address("255.255.255.255")


def parse_ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Raises CelError: no zones, no IPv4 in IPv6, no leading zeros."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        problem = (
            f'IP Address "{text}" parse error during conversion from string: ParseAddr("{text}"): unable to parse IP'
        )
        raise CelError(problem) from None
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id:
            raise CelError(f'IP address "{text}" with zone value is not allowed')
        if address.ipv4_mapped is not None:
            raise CelError(f'IPv4-mapped IPv6 address "{text}" is not allowed')
    return address


def parse_cidr(text: str) -> Cidr:
    address, slash, bits = text.partition("/")
    is_number = bits.isascii() and bits.isdigit() and (bits == "0" or bits[0] != "0") and len(bits) <= 3
    if slash and is_number:
        try:
            found = parse_ip(address)
        except CelError as problem:
            if "not allowed" in problem.message:
                raise CelError(f'IPv4-mapped IPv6 address "{text}" is not allowed') from None
        else:
            if int(bits) <= found.max_prefixlen:
                return Cidr(found, int(bits))
    origin = "network address parse error during conversion from string"
    reason = "unable to parse IP" if slash else "no '/'"
    raise CelError(f'{origin}: {origin}: netip.ParsePrefix("{text}"): {reason}')


def format_cidr(value: Cidr) -> str:
    return f"{value.address}/{value.prefix_length}"


def _is_valid(parse: Callable[[str], Any]) -> Callable[..., bool]:
    @typed(str)
    def call(text: str) -> bool:
        try:
            parse(text)
        except CelError:
            return False
        return True

    return call


def to_ip(value: Any) -> Ip:
    if type(value) is str:
        return Ip(parse_ip(value))
    if type(value) is Cidr:
        return Ip(value.address)
    raise no_such_overload()


def _network(value: Cidr) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network((value.address, value.prefix_length), strict=False)


def contains_ip(cidr: Any, wanted: Any) -> bool:
    if type(cidr) is not Cidr or type(wanted) not in (str, Ip):
        raise no_such_overload()
    address = parse_ip(wanted) if type(wanted) is str else wanted.address
    return address.version == cidr.address.version and address in _network(cidr)


def contains_cidr(cidr: Any, wanted: Any) -> bool:
    if type(cidr) is not Cidr or type(wanted) not in (str, Cidr):
        raise no_such_overload()
    inner = parse_cidr(wanted) if type(wanted) is str else wanted
    return inner.prefix_length >= cidr.prefix_length and contains_ip(cidr, Ip(inner.address))


def _is_global_unicast(ip: Ip) -> bool:
    address = ip.address
    is_special = address.is_unspecified or address.is_loopback or address.is_multicast or _is_link_local(ip)
    return not is_special and address != _BROADCAST


def _is_link_local(ip: Ip) -> bool:
    return ip.address.is_link_local


@typed(str)
def is_canonical(text: str) -> bool:
    return str(parse_ip(text)) == text


@typed(Cidr)
def masked(value: Cidr) -> Cidr:
    return Cidr(_network(value).network_address, value.prefix_length)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "ip": to_ip,
    "isIP": _is_valid(parse_ip),
    "ip.isCanonical": is_canonical,
    "family": typed(Ip)(lambda ip: ip.address.version),
    "isUnspecified": typed(Ip)(lambda ip: ip.address.is_unspecified),
    "isLoopback": typed(Ip)(lambda ip: ip.address.is_loopback),
    "isLinkLocalMulticast": typed(Ip)(
        lambda ip: any(ip.address.version == net.version and ip.address in net for net in _LINK_LOCAL_MULTICAST)
    ),
    "isLinkLocalUnicast": typed(Ip)(_is_link_local),
    "isGlobalUnicast": typed(Ip)(_is_global_unicast),
    "cidr": typed(str)(parse_cidr),
    "isCIDR": _is_valid(parse_cidr),
    "containsIP": contains_ip,
    "containsCIDR": contains_cidr,
    "masked": masked,
    "prefixLength": typed(Cidr)(lambda cidr: cidr.prefix_length),
}
