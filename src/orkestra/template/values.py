"""The values templates work with, as Go sees them.

Data are JSON-like: dict, list, str, int, float, bool, None. An integer of the data is Go's int64, one that the
template itself wrote or counted is Go's int, one byte of a string is uint8; the difference shows in ``printf "%T"``
and in the messages of wrong verbs, so the latter two are subclasses of ``int``. Go's strings are bytes: one that was
cut inside a character carries the stray bytes as surrogate escapes until the result is finished.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

MAX_INT64: Final = 2**63 - 1
MIN_INT64: Final = -(2**63)


class Int(int):
    """Go's int: a literal, a length, an index of a range."""

    __slots__ = ()


class Byte(int):
    """Go's uint8: one byte of a string."""

    __slots__ = ()


class Missing:
    """Go's invalid value: what a key that is not there yields when ``missing="go"``."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()

SMALL_INTS: Final = tuple(Int(i) for i in range(256))
_TYPE_NAMES: Final[dict[type, str]] = {
    bool: "bool",
    int: "int64",
    Int: "int",
    Byte: "uint8",
    float: "float64",
    str: "string",
    list: "[]interface {}",
    tuple: "[]interface {}",
    dict: "map[string]interface {}",
    type(None): "<nil>",
    Missing: "<nil>",
}
_STRAY: Final = re.compile("[\ud800-\udfff]")
_LONE_SURROGATE: Final = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # stands for no byte


def go_int(number: int) -> Int:
    return SMALL_INTS[number] if 0 <= number < 256 else Int(number)


def type_name(value: Any) -> str:
    """Go's name of the value's type, as error messages and ``%T`` show it."""
    name = _TYPE_NAMES.get(type(value))
    if name == "int64" and not MIN_INT64 <= value <= MAX_INT64:
        return "float64"  # what Kubernetes' decoder makes of it
    if name is None:
        name = "map[string]interface {}" if isinstance(value, Mapping) else type(value).__name__
    return name


def go_bytes(text: str) -> bytes:
    """The bytes Go would hold for ``text``."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a lone surrogate of the data; Go's JSON decoder replaces it
        return finished(text).encode()


def from_bytes(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def byte_length(text: str) -> int:
    return len(text) if text.isascii() else len(go_bytes(text))


def finished(text: str) -> str:
    """``text`` as valid Unicode: stray bytes that meet again form their character, others become U+FFFD."""
    if text.isascii() or not _STRAY.search(text):
        return text
    whole = _LONE_SURROGATE.sub("\ufffd", text)
    return _STRAY.sub("\ufffd", from_bytes(whole.encode("utf-8", "surrogateescape")))


def plain(value: Any) -> Any:
    """The value with Python's own types, as it leaves the engine."""
    kind = type(value)
    if kind is str:
        return finished(value)
    if kind is Int or kind is Byte:
        return int(value)
    return None if value is MISSING else value
