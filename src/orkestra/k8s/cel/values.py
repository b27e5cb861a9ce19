"""CEL values that Python has no exact counterpart for.

``int`` stands for CEL's int (64 bits, checked), ``float`` for double, ``list`` and ``dict`` for themselves.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

INT_MIN, INT_MAX = -(2**63), 2**63 - 1
UINT_MAX = 2**64 - 1
NANOSECONDS = 1_000_000_000


class Uint(int):
    """An unsigned 64-bit integer; equal to an int of the same value, but another type."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """``ns``: nanoseconds, 64 bits signed."""

    ns: int


@dataclass(frozen=True, slots=True, order=True)
class Timestamp:
    """``ns``: nanoseconds since 1970-01-01T00:00:00Z, years 1 to 9999."""

    ns: int


@dataclass(frozen=True, slots=True)
class TypeValue:
    """A type as a value: ``type(1)``, ``int``."""

    name: str


@dataclass(frozen=True, slots=True)
class Optional:
    """``optional.of(value)`` or ``optional.none()``."""

    value: Any = None
    has_value: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Quantity:
    """A Kubernetes resource quantity, exact."""

    amount: Fraction


@dataclass(frozen=True, slots=True)
class Url:
    scheme: str
    host: str
    hostname: str
    port: str
    escaped_path: str
    query: str
    text: str


@dataclass(frozen=True, slots=True)
class Ip:
    address: ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Cidr:
    """An address with a prefix; the address may have bits beyond the prefix."""

    address: ipaddress.IPv4Address | ipaddress.IPv6Address
    prefix_length: int


@dataclass(frozen=True, slots=True)
class Semver:
    major: int
    minor: int
    patch: int
    prerelease: tuple[int | str, ...] = ()
    build: str = ""


@dataclass(frozen=True, slots=True)
class NamedFormat:
    """``format.dns1123Label()``; the check is looked up by name."""

    name: str


class SetList(list[Any]):
    """A list with ``x-kubernetes-list-type: set``: equal in any order, ``+`` is a union."""

    __slots__ = ()


class MapList(list[Any]):
    """A list with ``x-kubernetes-list-type: map``: equal in any order, ``+`` merges by keys."""

    __slots__ = ("keys",)

    def __init__(self, items: list[Any], keys: tuple[str, ...]) -> None:
        super().__init__(items)
        self.keys = keys


_NAMES: dict[type, str] = {
    bool: "bool", int: "int", Uint: "uint", float: "double", str: "string", bytes: "bytes", type(None): "null_type",
    list: "list", SetList: "list", MapList: "list", dict: "map", Duration: "google.protobuf.Duration",
    Timestamp: "google.protobuf.Timestamp", TypeValue: "type", Optional: "optional_type",
    Quantity: "kubernetes.Quantity", Url: "kubernetes.URL", Ip: "net.IP", Cidr: "net.CIDR",
    Semver: "kubernetes.Semver", NamedFormat: "kubernetes.NamedFormat",
}  # fmt: skip


def type_name(value: Any) -> str:
    """The name ``type(value)`` shows."""
    return _NAMES.get(type(value), "dyn")
