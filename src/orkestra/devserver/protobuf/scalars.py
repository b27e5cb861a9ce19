"""Messages whose JSON form is no object: times, durations, quantities, int-or-string, raw JSON, wrapped lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from orkestra.devserver.protobuf.wire import bytes_field, fields, number_field, signed
from orkestra.k8s.errors import BadRequest

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INT_OR_STRING_IS_TEXT = 1


def _numbers(data: memoryview) -> dict[int, int]:
    return {number: signed(value) for number, _, value in fields(data) if isinstance(value, int)}


def text(data: memoryview) -> str:
    try:
        return str(data, "utf-8")
    except UnicodeDecodeError:
        raise BadRequest("malformed protobuf: a string is not UTF-8") from None


def _text_at(data: memoryview, wanted: int) -> str:
    out = ""
    for number, _, value in fields(data):
        if number == wanted and isinstance(value, memoryview):
            out = text(value)
    return out


def _time(data: memoryview, *, has_micros: bool = False) -> str | None:
    if not len(data):
        return None
    numbers = _numbers(data)
    try:
        moment = _EPOCH + timedelta(seconds=numbers.get(1, 0), microseconds=numbers.get(2, 0) // 1000)
    except OverflowError:
        raise BadRequest("malformed protobuf: a time is out of range") from None
    form = "%Y-%m-%dT%H:%M:%S"
    return f"{moment.strftime(form)}.{moment.microsecond:06d}Z" if has_micros else f"{moment.strftime(form)}Z"


def _moment(value: Any) -> bytes:
    if not isinstance(value, str) or not value:
        return b""
    try:
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return b""
    passed = moment.astimezone(UTC) - _EPOCH
    seconds = passed.days * 86400 + passed.seconds
    return number_field(1, seconds) + number_field(2, passed.microseconds * 1000)


def _int_or_string(data: memoryview) -> int | str:
    numbers = _numbers(data)
    return _text_at(data, 3) if numbers.get(1) == _INT_OR_STRING_IS_TEXT else numbers.get(2, 0)


def _from_int_or_string(value: Any) -> bytes:
    if isinstance(value, int):
        return number_field(1, 0) + number_field(2, value) + bytes_field(3, b"")
    return number_field(1, _INT_OR_STRING_IS_TEXT) + number_field(2, 0) + bytes_field(3, str(value).encode())


def _json(data: memoryview) -> Any:
    raw = b""
    for number, _, value in fields(data):
        if number == 1 and isinstance(value, memoryview):
            raw = bytes(value)
    try:
        return msgspec.json.decode(raw) if raw else None
    except (msgspec.DecodeError, RecursionError):
        raise BadRequest("malformed protobuf: embedded JSON does not parse") from None


def _strings(data: memoryview) -> list[str]:
    return [text(value) for number, _, value in fields(data) if number == 1 and isinstance(value, memoryview)]


def _duration(data: memoryview) -> str:
    """Nanoseconds as seconds, which Go's duration syntax reads back."""
    return f"{_numbers(data).get(1, 0) / 1e9:g}s"


DECODERS: dict[str, Callable[[memoryview], Any]] = {
    "meta.v1.Time": _time,
    "meta.v1.MicroTime": lambda data: _time(data, has_micros=True),
    "meta.v1.Duration": _duration,
    "meta.v1.FieldsV1": _json,
    "meta.v1.Verbs": _strings,
    "resource.Quantity": lambda data: _text_at(data, 1),
    "intstr.IntOrString": _int_or_string,
    "runtime.RawExtension": _json,
    "authentication.v1.ExtraValue": _strings,
    "authorization.v1.ExtraValue": _strings,
    "certificates.v1.ExtraValue": _strings,
}


def _wrap(value: Any) -> bytes:
    return bytes_field(1, msgspec.json.encode(value))


def _list(value: Any) -> bytes:
    return b"".join(bytes_field(1, str(each).encode()) for each in value or ())


ENCODERS: dict[str, Callable[[Any], bytes]] = {
    "meta.v1.Time": _moment,
    "meta.v1.MicroTime": _moment,
    "meta.v1.Duration": lambda value: number_field(1, int(float(str(value).rstrip("s") or 0) * 1e9)),
    "meta.v1.FieldsV1": _wrap,
    "meta.v1.Verbs": _list,
    "resource.Quantity": lambda value: bytes_field(1, str(value).encode()),
    "intstr.IntOrString": _from_int_or_string,
    "runtime.RawExtension": _wrap,
    "authentication.v1.ExtraValue": _list,
    "authorization.v1.ExtraValue": _list,
    "certificates.v1.ExtraValue": _list,
}
