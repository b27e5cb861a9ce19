"""size, type, dyn, and conversions between scalar types (cel-go common/types, common/stdlib)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from orkestra.k8s.cel.errors import CelError, no_such_overload
from orkestra.k8s.cel.functions import times
from orkestra.k8s.cel.functions.addresses import format_cidr
from orkestra.k8s.cel.operators import checked_int, checked_uint
from orkestra.k8s.cel.values import (
    INT_MAX,
    INT_MIN,
    NANOSECONDS,
    UINT_MAX,
    Cidr,
    Duration,
    Ip,
    Timestamp,
    TypeValue,
    Uint,
    type_name,
)
from orkestra.k8s.literals import format_float

_INTEGER = re.compile(r"[+-]?\d+", re.A)
_FLOAT = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)", re.A | re.I)


def _conversion_problem(value: Any, wanted: str) -> CelError:
    return CelError(f"type conversion error from '{type_name(value)}' to '{wanted}'")


def size(value: Any) -> int:
    if isinstance(value, str | bytes | list | dict):
        return len(value)
    raise no_such_overload()


def to_int(value: Any) -> int:
    match value:
        case bool():
            pass
        case int():
            return checked_int(int(value))
        case float():
            if not -(2.0**63) < value < 2.0**63:
                raise CelError("integer overflow")
            return int(value)
        case str():
            if _INTEGER.fullmatch(value) and len(value) <= 20 and INT_MIN <= int(value) <= INT_MAX:
                return int(value)
            raise _conversion_problem(value, "int")
        case Timestamp():
            return value.ns // NANOSECONDS
        case Duration():
            return value.ns
    raise no_such_overload()


def to_uint(value: Any) -> Uint:
    match value:
        case bool():
            pass
        case int():
            return checked_uint(int(value))
        case float():
            if not -1 < value < 2.0**64:
                raise CelError("unsigned integer overflow")
            return checked_uint(int(value))
        case str():
            if value.isascii() and value.isdigit() and len(value) <= 20 and int(value) <= UINT_MAX:
                return Uint(int(value))
            raise _conversion_problem(value, "uint")
    raise no_such_overload()


def to_double(value: Any) -> float:
    match value:
        case bool():
            pass
        case int() | float():
            return float(value)
        case str():
            if _FLOAT.fullmatch(value):
                found = float(value)
                if not math.isinf(found) or "inf" in value.lower():
                    return found
            raise _conversion_problem(value, "double")
    raise no_such_overload()


def to_string(value: Any) -> str:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(int(value))
        case float():
            return format_float(value)
        case bytes():
            try:
                return value.decode()
            except UnicodeDecodeError:
                raise CelError("invalid UTF-8 in bytes, cannot convert to string") from None
        case Timestamp():
            return times.format_timestamp(value)
        case Duration():
            return times.format_duration(value)
        case Ip():
            return str(value.address)
        case Cidr():
            return format_cidr(value)
    raise no_such_overload()


def to_bytes(value: Any) -> bytes:
    if type(value) is bytes:
        return value
    if type(value) is str:
        return value.encode("utf-8", "replace")
    raise no_such_overload()


_BOOLEANS = {
    "1": True, "t": True, "T": True, "true": True, "TRUE": True, "True": True,
    "0": False, "f": False, "F": False, "false": False, "FALSE": False, "False": False,
}  # fmt: skip


def to_bool(value: Any) -> bool:
    if type(value) is bool:
        return value
    if type(value) is str:
        if value in _BOOLEANS:
            return _BOOLEANS[value]
        raise _conversion_problem(value, "bool")
    raise no_such_overload()


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "size": size,
    "type": lambda value: TypeValue(type_name(value)),
    "dyn": lambda value: value,
    "int": to_int,
    "uint": to_uint,
    "double": to_double,
    "string": to_string,
    "bytes": to_bytes,
    "bool": to_bool,
    "duration": times.to_duration,
    "timestamp": times.to_timestamp,
}
