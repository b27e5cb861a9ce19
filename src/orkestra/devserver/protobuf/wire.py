"""Protobuf's wire format: varints, lengths and tags (protobuf.dev, "Encoding")."""

from __future__ import annotations

from collections.abc import Iterator

from orkestra.k8s.errors import BadRequest

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
LONGEST_VARINT = 10


def fields(data: memoryview) -> Iterator[tuple[int, int, int | memoryview]]:
    """(field number, wire type, value) of each field. Raises BadRequest on what is no message."""
    at, end = 0, len(data)
    while at < end:
        tag, at = read_varint(data, at)
        number, wire_type = tag >> 3, tag & 7
        if not number:
            raise BadRequest("malformed protobuf: field number 0")
        value: int | memoryview
        if wire_type == VARINT:
            value, at = read_varint(data, at)
        elif wire_type == LENGTH:
            size, at = read_varint(data, at)
            if size > end - at:
                raise BadRequest("malformed protobuf: a field is longer than its message")
            value, at = data[at : at + size], at + size
        elif wire_type in (FIXED64, FIXED32):
            size = 8 if wire_type == FIXED64 else 4
            if size > end - at:
                raise BadRequest("malformed protobuf: the message ends within a field")
            value, at = data[at : at + size], at + size
        else:
            raise BadRequest(f"malformed protobuf: wire type {wire_type}")
        yield number, wire_type, value


def read_varint(data: memoryview, at: int) -> tuple[int, int]:
    """(unsigned value below 2**64, position after it)"""
    value = 0
    for index in range(LONGEST_VARINT):
        if at + index >= len(data):
            raise BadRequest("malformed protobuf: the message ends within a number")
        byte = data[at + index]
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value & (2**64 - 1), at + index + 1
    raise BadRequest("malformed protobuf: a number is too long")


def signed(value: int) -> int:
    return value - 2**64 if value >= 2**63 else value


def varint(value: int) -> bytes:
    value &= 2**64 - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def number_field(number: int, value: int) -> bytes:
    return varint(number << 3 | VARINT) + varint(value)


def bytes_field(number: int, value: bytes) -> bytes:
    return varint(number << 3 | LENGTH) + varint(len(value)) + value
