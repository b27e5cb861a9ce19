"""The JSON form -> message bytes, fields in the order of their numbers."""

from __future__ import annotations

import struct
from base64 import b64decode
from binascii import Error
from typing import Any

from orkestra.devserver.protobuf.scalars import ENCODERS
from orkestra.devserver.protobuf.table import Field, by_number
from orkestra.devserver.protobuf.wire import FIXED64, bytes_field, number_field, varint
from orkestra.k8s.errors import BadRequest
from orkestra.k8s.objects import Object


def encode_message(message: str, obj: Object) -> bytes:
    """Raises BadRequest where a value is not of its field's type. Keys no field has are left out."""
    out = []
    for number, field in by_number(message).items():
        if field.is_inline:
            out.append(bytes_field(number, encode_message(field.message, obj)))
            continue
        value = obj.get(field.name)
        if value is None:
            continue
        if field.is_map:
            if not isinstance(value, dict):
                raise _mismatch(field)
            for key, each in value.items():
                out.append(bytes_field(number, bytes_field(1, str(key).encode()) + _value(field, 2, each)))
        elif field.is_repeated:
            if not isinstance(value, list):
                raise _mismatch(field)
            out.extend(_value(field, number, each) for each in value)
        else:
            out.append(_value(field, number, value))
    return b"".join(out)


def _value(field: Field, number: int, value: Any) -> bytes:
    if field.kind in "ib":
        if not isinstance(value, int):
            raise _mismatch(field)
        return number_field(number, int(value))
    if field.kind == "d":
        if not isinstance(value, (int, float)):
            raise _mismatch(field)
        return varint(number << 3 | FIXED64) + struct.pack("<d", value)
    if field.kind == "y":
        try:
            return bytes_field(number, b64decode(str(value), validate=True))
        except (Error, ValueError):
            raise _mismatch(field) from None
    if field.kind == "s":
        if not isinstance(value, str):
            raise _mismatch(field)
        return bytes_field(number, value.encode())
    special = ENCODERS.get(field.message)
    if special is not None:
        return bytes_field(number, special(value))
    if not isinstance(value, dict):
        raise _mismatch(field)
    return bytes_field(number, encode_message(field.message, value))


def _mismatch(field: Field) -> BadRequest:
    return BadRequest(f"field {field.name or field.number} cannot be written as protobuf")
