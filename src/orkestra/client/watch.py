"""Watch streams: bytes -> lines -> events whose bodies stay undecoded.

A stream is newline-delimited JSON (k8s.io/apiserver pkg/endpoints/handlers/watch.go). Only the envelope and
``metadata`` are decoded here; the object itself stays ``msgspec.Raw`` until somebody needs it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from orkestra.client.errors import MessageTooLarge, ProtocolError
from orkestra.k8s.errors import status_error
from orkestra.k8s.objects import ObjectKey

ADDED, MODIFIED, DELETED, BOOKMARK, ERROR = "ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"
INITIAL_EVENTS_END = "k8s.io/initial-events-end"
"""Annotation of the bookmark that ends a WatchList: k8s.io/api meta/v1 InitialEventsAnnotationKey."""

MAX_LINE_BYTES = 8 * 1024 * 1024


class OwnerReference(msgspec.Struct, rename="camel", gc=False, frozen=True):
    """``metadata.ownerReferences[]``."""

    api_version: str = ""
    kind: str = ""
    name: str = ""
    uid: str = ""
    controller: bool | None = None
    block_owner_deletion: bool | None = None


class ObjectMeta(msgspec.Struct, rename="camel", gc=False):
    """What caches, queues and ownership need of ``metadata``; managedFields and the rest are skipped unread."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    generation: int = 0
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    owner_references: list[OwnerReference] = []
    finalizers: list[str] = []
    deletion_timestamp: str | None = None
    creation_timestamp: str | None = None

    @property
    def key(self) -> ObjectKey:
        return ObjectKey(self.namespace, self.name)

    @property
    def is_terminating(self) -> bool:
        return bool(self.deletion_timestamp)


class WatchEvent(msgspec.Struct, gc=False):
    """One change. ``type`` is ADDED, MODIFIED, DELETED or BOOKMARK (an ERROR raises instead).

    ``raw`` is the object's JSON, a view into the received line: ``bytes(event.raw)`` copies it out. A BOOKMARK
    carries only ``meta.resource_version``; ``initial_events_end`` marks the one that ends a WatchList.
    """

    type: str
    meta: ObjectMeta
    raw: msgspec.Raw
    initial_events_end: bool = False


class _Envelope(msgspec.Struct, gc=False):
    type: str
    object: msgspec.Raw


class _Head(msgspec.Struct, gc=False):
    metadata: ObjectMeta


_decode_envelope = msgspec.json.Decoder(_Envelope).decode
_decode_head = msgspec.json.Decoder(_Head).decode


def decode_meta(raw: msgspec.Raw | bytes) -> ObjectMeta:
    """The metadata of one object's JSON. Explicit nulls count as absent. Raises ProtocolError."""
    try:
        return _decode_head(raw).metadata
    except msgspec.MsgspecError:
        return _decode_meta_with_nulls(raw)


def _decode_meta_with_nulls(raw: msgspec.Raw | bytes) -> ObjectMeta:
    """Rare path: aggregated API servers may send ``labels: null`` and the like."""
    try:
        body = msgspec.json.decode(raw)
        given = body.get("metadata") if isinstance(body, dict) else None
        if not isinstance(given, dict):
            raise ProtocolError("an object without metadata")
        return msgspec.convert({name: value for name, value in given.items() if value is not None}, ObjectMeta)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ProtocolError(f"an object without readable metadata: {error}") from None


def decode_event(line: bytes) -> WatchEvent:
    """One line of a watch. Raises the matching StatusError for an ERROR event, ProtocolError for garbage."""
    try:
        envelope = _decode_envelope(line)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ProtocolError(f"a watch line is not an event: {error}") from None
    kind = envelope.type
    if kind == ERROR:
        raise status_error(_decoded_status(envelope.object))
    meta = decode_meta(envelope.object)
    if kind == BOOKMARK:
        if not meta.resource_version:
            raise ProtocolError("a bookmark without a resourceVersion")
        ends = meta.annotations.get(INITIAL_EVENTS_END) == "true"
        return WatchEvent(BOOKMARK, meta, envelope.object, ends)
    if kind not in (ADDED, MODIFIED, DELETED):
        raise ProtocolError(f"unknown watch event type {kind[:40]!r}")
    if not meta.name:
        raise ProtocolError("a watch event about an object without a name")
    return WatchEvent(kind, meta, envelope.object)


def _decoded_status(raw: msgspec.Raw) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.MsgspecError, RecursionError):
        return None


class LineSplitter:
    """Chunks in, whole lines out; each byte is searched once, however small the chunks."""

    __slots__ = ("_held", "_held_bytes", "_limit")

    def __init__(self, max_line_bytes: int = MAX_LINE_BYTES) -> None:
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._limit = max_line_bytes

    def feed(self, chunk: bytes) -> list[bytes]:
        """The lines completed by ``chunk``, without newlines; empty ones are dropped. Raises MessageTooLarge."""
        if b"\n" not in chunk:
            self._hold(chunk)
            return []
        lines = chunk.split(b"\n")
        rest = lines.pop()
        if self._held:
            self._hold(lines[0])
            lines[0] = b"".join(self._held)
            self._held.clear()
            self._held_bytes = 0
        limit = self._limit
        for line in lines:
            if len(line) > limit:
                raise self._too_large()
        if rest:
            self._hold(rest)
        return [line for line in lines if line and line != b"\r"]

    @property
    def has_partial_line(self) -> bool:
        return self._held_bytes > 0

    def _hold(self, part: bytes) -> None:
        self._held.append(part)
        self._held_bytes += len(part)
        if self._held_bytes > self._limit:
            raise self._too_large()

    def _too_large(self) -> MessageTooLarge:
        return MessageTooLarge(f"a watch event is larger than {self._limit} bytes")
