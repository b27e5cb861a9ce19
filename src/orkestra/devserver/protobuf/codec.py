"""The envelope: magic bytes, then ``runtime.Unknown`` with the type and the object's bytes
(k8s.io/apimachinery pkg/runtime/serializer/protobuf/protobuf.go, pkg/runtime/generated.proto)."""

from __future__ import annotations

from orkestra.devserver.protobuf.decoder import decode_message
from orkestra.devserver.protobuf.encoder import encode_message
from orkestra.devserver.protobuf.scalars import text
from orkestra.devserver.protobuf.table import message_of
from orkestra.devserver.protobuf.wire import bytes_field, fields
from orkestra.k8s.errors import BadRequest, NotAcceptable, RequestEntityTooLarge, UnsupportedMediaType
from orkestra.k8s.objects import Object

CONTENT_TYPE = "application/vnd.kubernetes.protobuf"
MAGIC = b"k8s\x00"
LARGEST_BYTES = 3 * 1024 * 1024

_TYPE_META, _RAW, _ENCODING, _CONTENT_TYPE = 1, 2, 3, 4


def decode(body: bytes) -> Object:
    """The object of a request body, with apiVersion and kind.

    Raises BadRequest on malformed bytes, UnsupportedMediaType for a kind without a protobuf form, and
    RequestEntityTooLarge beyond LARGEST_BYTES.
    """
    if len(body) > LARGEST_BYTES:
        raise RequestEntityTooLarge(f"Request entity too large: limit is {LARGEST_BYTES}")
    if not body.startswith(MAGIC):
        raise BadRequest("the body does not start with the prefix of Kubernetes' protobuf encoding")
    api_version = kind = ""
    raw = memoryview(b"")
    for number, _, value in fields(memoryview(body)[len(MAGIC) :]):
        if not isinstance(value, memoryview):
            continue
        if number == _TYPE_META:
            named = {each: text(part) for each, _, part in fields(value) if isinstance(part, memoryview) and each < 3}
            api_version, kind = named.get(1, ""), named.get(2, "")
        elif number == _RAW:
            raw = value
        elif number == _ENCODING and len(value):
            raise UnsupportedMediaType("a content encoding within protobuf is not supported")
    if not api_version or not kind:
        raise BadRequest("the protobuf body names no apiVersion and kind")
    message = message_of(api_version, kind)
    if message is None:
        raise UnsupportedMediaType(f"no kind {kind!r} of {api_version!r} can be read from protobuf")
    return {"kind": kind, "apiVersion": api_version, **decode_message(message, raw)}


def encode(obj: Object) -> bytes:
    """The bytes of a response. Raises NotAcceptable for a kind without a protobuf form."""
    api_version, kind = str(obj.get("apiVersion") or ""), str(obj.get("kind") or "")
    message = message_of(api_version, kind) or ("meta.v1.Status" if kind == "Status" else None)
    if message is None:
        raise NotAcceptable(f"{kind} of {api_version} cannot be written as protobuf")
    type_meta = bytes_field(1, api_version.encode()) + bytes_field(2, kind.encode())
    raw = encode_message(message, obj)
    return (
        MAGIC
        + bytes_field(_TYPE_META, type_meta)
        + bytes_field(_RAW, raw)
        + bytes_field(_ENCODING, b"")
        + bytes_field(_CONTENT_TYPE, b"")
    )
