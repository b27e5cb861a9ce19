"""One cached object: its JSON as it came, less what nobody reads, and its metadata.

Bytes cost a quarter of the decoded form and most objects are decoded rarely. ``managedFields`` and kubectl's
last-applied annotation are cut out on arrival by splitting the JSON at its top two levels only; the rest is copied
unread.
"""

from __future__ import annotations

from sys import intern
from typing import Any

import msgspec

from orkestra.client.watch import ObjectMeta, OwnerReference, decode_meta
from orkestra.k8s.objects import Object, ObjectKey

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""k8s.io/api core/v1 LastAppliedConfigAnnotation."""

_Members = dict[str, msgspec.Raw]
_split = msgspec.json.Decoder(_Members).decode
_dump = msgspec.json.encode
_decode = msgspec.json.decode

# Shared by every object that has none; nobody may write to cached metadata.
_NO_STRINGS: dict[str, str] = {}
_NO_OWNERS: list[OwnerReference] = []
_NO_NAMES: list[str] = []


class Cached(msgspec.Struct, gc=False, eq=False):
    """``raw`` is None where only metadata is watched. Read-only: ``meta`` is shared by everyone who looks.

    No part of a cycle, so the collector is spared walking tens of thousands of them; equal only to itself.
    """

    meta: ObjectMeta
    raw: bytes | None

    @property
    def key(self) -> ObjectKey:
        return ObjectKey(self.meta.namespace, self.meta.name)

    def object(self) -> Object:
        """The object, decoded afresh on each call, so the caller may change it. LookupError if only metadata is kept.

        It has no ``managedFields`` and no last-applied annotation.
        """
        if self.raw is None:
            raise LookupError(f"{self.key}: only metadata is cached")
        decoded: Object = _decode(self.raw)
        return decoded

    def __repr__(self) -> str:
        return f"Cached({self.key} @{self.meta.resource_version})"


def keep(
    meta: ObjectMeta, raw: msgspec.Raw | bytes, *, metadata_only: bool = False, api_version: str = "", kind: str = ""
) -> Cached:
    """The form in which an object is cached. ``meta`` is taken over and compacted.

    ``api_version`` and ``kind`` are added where the object lacks them: lists of built-in kinds leave them out.
    """
    _compact(meta)
    if metadata_only:
        return Cached(meta, None)
    return Cached(meta, trimmed(bytes(raw), api_version, kind))


def keep_object(obj: Object | bytes, *, metadata_only: bool = False) -> Cached:
    """As ``keep``, for the answer to a write, decoded or not. Raises ProtocolError on unreadable metadata."""
    raw = obj if isinstance(obj, bytes) else _encode(obj)
    return keep(decode_meta(raw), raw, metadata_only=metadata_only)


def trimmed(raw: bytes, api_version: str = "", kind: str = "") -> bytes:
    """``raw`` without managedFields and the last-applied annotation, and with apiVersion and kind."""
    has_ballast = b'"managedFields"' in raw or b"last-applied-configuration" in raw
    needs_type = bool(kind) and b'"kind"' not in raw[:64]
    if not has_ballast and not needs_type:
        return raw
    members = _split(raw)
    if has_ballast:
        members["metadata"] = _trimmed_metadata(members["metadata"])
    if needs_type and "kind" not in members:
        typed: dict[str, Any] = {"apiVersion": api_version, "kind": kind}
        return _encode(typed | members)
    return _encode(members)


def _encode(value: object) -> bytes:
    """JSON in no more memory than it needs: msgspec leaves up to half of its result's buffer unused."""
    return bytes(memoryview(_dump(value)))


def _trimmed_metadata(metadata: msgspec.Raw) -> msgspec.Raw:
    members = _split(metadata)
    members.pop("managedFields", None)
    annotations = members.get("annotations")
    if annotations is not None and b"last-applied-configuration" in bytes(annotations):
        kept = _split(annotations)
        kept.pop(LAST_APPLIED, None)
        if kept:
            members["annotations"] = msgspec.Raw(_dump(kept))
        else:
            del members["annotations"]
    return msgspec.Raw(_dump(members))


def _compact(meta: ObjectMeta) -> None:
    """Share between objects what repeats from object to object, and within one what repeats its name.

    Strings of one object only are not interned: the table of interned strings costs more per entry than it saves.
    """
    name = meta.name
    meta.namespace = intern(meta.namespace)
    if meta.creation_timestamp is not None:
        meta.creation_timestamp = intern(meta.creation_timestamp)  # objects are made in bursts
    if meta.labels:
        meta.labels = {intern(k): name if v == name else intern(v) for k, v in meta.labels.items()}
    else:
        meta.labels = _NO_STRINGS
    annotations = meta.annotations
    if annotations:
        annotations.pop(LAST_APPLIED, None)
    meta.annotations = {intern(k): v for k, v in annotations.items()} if annotations else _NO_STRINGS
    owners = meta.owner_references
    meta.owner_references = [_compact_owner(owner, name) for owner in owners] if owners else _NO_OWNERS
    meta.finalizers = [intern(finalizer) for finalizer in meta.finalizers] if meta.finalizers else _NO_NAMES


def _compact_owner(owner: OwnerReference, name: str) -> OwnerReference:
    return OwnerReference(
        intern(owner.api_version),
        intern(owner.kind),
        name if owner.name == name else owner.name,
        owner.uid,
        owner.controller,
        owner.block_owner_deletion,
    )
