"""JSON leaves as the Go types behind the built-in schemas take them."""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from orkestra.k8s.quantity import QuantityError, canonical_quantity

Fix = Callable[[Any], Any]

_SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_MICROS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", re.ASCII)


_GO_KINDS = {"array": "slice", "object": "map", "number": "int64"}


class Mismatch(Exception):
    """A value of the wrong type. ``path`` grows while the error travels up; ``struct`` is the innermost struct."""

    def __init__(self, found: Any, wanted: str, text: str = "") -> None:
        super().__init__(text)
        self.found = json_type(found)
        self.wanted = wanted
        self.text = text
        self.path: list[str] = []
        self.struct = ""

    def conversion_message(self) -> str:
        """As apimachinery's converter words it, which reads what a strategic merge made."""
        if self.text:
            return self.text
        found = _GO_KINDS.get(self.found.partition(" ")[0], self.found)
        if self.wanted.startswith("[]"):
            return f"cannot restore slice from {found}"
        if self.wanted.startswith("map["):
            return f"cannot restore map from {found}"
        if "." in self.wanted:
            return f"cannot restore struct from: {found}"
        return f"unrecognized type: {self.wanted}"

    def message(self) -> str:
        if self.text:
            return self.text
        where = ".".join(reversed(self.path))
        return f"json: cannot unmarshal {self.found} into Go struct field {self.struct}.{where} of type {self.wanted}"


def json_type(value: Any) -> str:
    match value:
        case bool():
            return "bool"
        case str():
            return "string"
        case int():
            return "number"
        case float():
            return f"number {value!r}"
        case list():
            return "array"
        case dict():
            return "object"
    return "null"


def string(value: Any) -> Any:
    if type(value) is str:
        return value
    raise Mismatch(value, "string")


def boolean(value: Any) -> Any:
    if value is True or value is False:
        return value
    raise Mismatch(value, "bool")


def number(value: Any) -> Any:
    if type(value) is int or type(value) is float:
        return value
    raise Mismatch(value, "float64")


def integer(bits: int) -> Fix:
    low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    wanted = f"int{bits}"

    def fix(value: Any) -> Any:
        if type(value) is int and low <= value <= high:
            return value
        mismatch = Mismatch(value, wanted)
        if type(value) is int:
            mismatch.found = f"number {value}"
        raise mismatch

    return fix


def int_or_string(value: Any) -> Any:
    if type(value) is int or type(value) is str:
        return value
    raise Mismatch(value, "intstr.IntOrString")


def quantity(value: Any) -> Any:
    if type(value) is str and len(value) < 4 and value.isdecimal() and value.isascii() and value[0] != "0":
        return value
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        try:
            return canonical_quantity(value)
        except QuantityError:
            pass
    raise Mismatch(
        value,
        "resource.Quantity",
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    )


def base64(value: Any) -> Any:
    if type(value) is not str:
        raise Mismatch(value, "[]uint8")
    if _BASE64.fullmatch(value):
        return value
    cleaned = value.replace("\n", "").replace("\r", "")
    if _BASE64.fullmatch(cleaned):
        return binascii.b2a_base64(binascii.a2b_base64(cleaned), newline=False).decode()
    sound = re.match(r"[A-Za-z0-9+/]*", value)
    raise Mismatch(value, "[]uint8", f"illegal base64 data at input byte {sound.end() if sound else 0}")


def time_of(value: Any) -> Any:
    if type(value) is str and _SECONDS.fullmatch(value):
        return value
    return _moment(value).strftime("%Y-%m-%dT%H:%M:%SZ")


def micro_time_of(value: Any) -> Any:
    if type(value) is str and _MICROS.fullmatch(value):
        return value
    return _moment(value).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _moment(value: Any) -> datetime:
    if type(value) is not str:
        raise Mismatch(value, "string")
    try:
        found = datetime.fromisoformat(value)
        if found.tzinfo is None or "T" not in value:
            raise ValueError(value)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        text = f'parsing time "{value[:64]}" as "2006-01-02T15:04:05Z07:00": cannot parse "{value[:64]}" as "2006"'
        raise Mismatch(value, "Time", text) from None
