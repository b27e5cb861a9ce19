"""Static types: what the checker knows about an expression before any value exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Type:
    """``kind`` names it; lists, maps, optionals and types of types have ``params``; objects have ``fields``."""

    kind: str
    params: tuple[Type, ...] = ()
    fields: Mapping[str, Type] | None = field(default=None, compare=False, hash=False, repr=False)

    def __str__(self) -> str:
        if self.params:
            return f"{self.kind}({', '.join(map(str, self.params))})"
        return self.kind

    @property
    def is_param(self) -> bool:
        """A type yet to be found: ``A`` of a signature, or a fresh variable."""
        return self.kind[0] == "_" or (len(self.kind) == 1 and self.kind.isupper())


DYN = Type("dyn")
ERROR = Type("!error!")
NULL = Type("null")
BOOL = Type("bool")
INT = Type("int")
UINT = Type("uint")
DOUBLE = Type("double")
STRING = Type("string")
BYTES = Type("bytes")
DURATION = Type("duration")
TIMESTAMP = Type("timestamp")
QUANTITY = Type("kubernetes.Quantity")
URL = Type("kubernetes.URL")
IP = Type("net.IP")
CIDR = Type("net.CIDR")
SEMVER = Type("kubernetes.Semver")
FORMAT = Type("kubernetes.NamedFormat")

NULLABLE_KINDS = frozenset(
    found.kind for found in (NULL, DURATION, TIMESTAMP, QUANTITY, URL, IP, CIDR, SEMVER, FORMAT, Type("optional_type"))
)
"""Kinds null may stand in for (cel-go checker/types.go, internalIsAssignableNull)."""


def list_of(item: Type) -> Type:
    return Type("list", (item,))


def map_of(key: Type, value: Type) -> Type:
    return Type("map", (key, value))


def optional_of(value: Type) -> Type:
    return Type("optional_type", (value,))


def type_of(value: Type) -> Type:
    return Type("type", (value,))


def object_of(name: str, fields: Mapping[str, Type]) -> Type:
    """A type with known fields only. Objects are told apart by ``name``."""
    return Type(name, (), fields)


NAMED_TYPES = {
    "bool": BOOL, "int": INT, "uint": UINT, "double": DOUBLE, "string": STRING, "bytes": BYTES, "null_type": NULL,
    "list": list_of(DYN), "map": map_of(DYN, DYN), "type": type_of(DYN), "dyn": DYN,
    "google.protobuf.Duration": DURATION, "google.protobuf.Timestamp": TIMESTAMP, "optional_type": optional_of(DYN),
    "kubernetes.Quantity": QUANTITY, "kubernetes.URL": URL, "net.IP": IP, "net.CIDR": CIDR,
    "kubernetes.Semver": SEMVER, "kubernetes.NamedFormat": FORMAT,
}  # fmt: skip
"""Types that expressions may name: ``type(x) == int``."""
