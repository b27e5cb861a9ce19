"""Message bytes -> the JSON form."""

from __future__ import annotations

import struct
from base64 import b64encode
from typing import Any

from orkestra.devserver.protobuf.scalars import DECODERS, text
from orkestra.devserver.protobuf.table import Field, by_number
from orkestra.devserver.protobuf.wire import VARINT, fields, read_varint, signed
from orkestra.k8s.errors import BadRequest
from orkestra.k8s.objects import Object

DEEPEST = 64


def decode_message(message: str, data: memoryview, depth: int = 0) -> Object:
    """Raises BadRequest on malformed bytes and on nesting beyond DEEPEST."""
    if depth > DEEPEST:
        raise BadRequest("malformed protobuf: nested too deeply")
    known = by_number(message)
    out: Object = {}
    for number, wire_type, raw in fields(data):
        field = known.get(number)
        if field is None:
            continue
        if field.is_map:
            key, value = _entry(field, raw, depth)
            out.setdefault(field.name, {})[key] = value
        elif field.is_repeated:
            out.setdefault(field.name, []).extend(_elements(field, wire_type, raw, depth))
        else:
            value = _value(field, raw, depth)
            if field.is_inline:
                out.update(value)
            elif field.is_present_when_zero or value not in ("", 0, False, None, {}, []):
                out[field.name] = value
            else:
                out.pop(field.name, None)
    return out


def _entry(field: Field, raw: int | memoryview, depth: int) -> tuple[str, Any]:
    if not isinstance(raw, memoryview):
        raise _mismatch(field)
    key, value = "", _value(field, b"" if field.kind in "sym" else 0, depth)
    for number, _, part in fields(raw):
        if number == 1 and isinstance(part, memoryview):
            key = text(part)
        elif number == 2:
            value = _value(field, part, depth)
    return key, value


def _elements(field: Field, wire_type: int, raw: int | memoryview, depth: int) -> list[Any]:
    if field.kind in "ib" and wire_type != VARINT and isinstance(raw, memoryview):
        at, out = 0, []
        while at < len(raw):  # packed
            number, at = read_varint(raw, at)
            out.append(_value(field, number, depth))
        return out
    return [_value(field, raw, depth)]


def _value(field: Field, raw: int | memoryview | bytes, depth: int) -> Any:
    if field.kind in "ib":
        if not isinstance(raw, int):
            raise _mismatch(field)
        return bool(raw) if field.kind == "b" else signed(raw)
    if isinstance(raw, int):
        raise _mismatch(field)
    view = memoryview(raw)
    if field.kind == "s":
        return text(view)
    if field.kind == "y":
        return b64encode(view).decode()
    if field.kind == "d":
        if len(view) != 8:
            raise _mismatch(field)
        number = struct.unpack("<d", view)[0]
        return number if number - number == 0 else None  # JSON has no infinity
    special = DECODERS.get(field.message)
    return special(view) if special else decode_message(field.message, view, depth + 1)


def _mismatch(field: Field) -> BadRequest:
    return BadRequest(f"malformed protobuf: field {field.name or field.number} has the wrong wire type")
