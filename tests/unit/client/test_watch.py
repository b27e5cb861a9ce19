"""Lines out of chunks, events out of lines."""

from __future__ import annotations

import msgspec
import pytest

from orkestra.client.errors import MessageTooLarge, ProtocolError
from orkestra.client.watch import LineSplitter, decode_event, decode_meta
from orkestra.k8s.errors import Expired, InternalError
from orkestra.k8s.objects import Object, ObjectKey

WEB: Object = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {
        "name": "web",
        "namespace": "shop",
        "uid": "u1",
        "resourceVersion": "7",
        "generation": 2,
        "labels": {"app": "web"},
        "finalizers": ["example.org/keep"],
        "deletionTimestamp": "2026-01-01T00:00:00Z",
        "ownerReferences": [{"apiVersion": "v1", "kind": "Shop", "name": "s", "uid": "u0", "controller": True}],
        "managedFields": [{"manager": "m", "fieldsV1": {"f:spec": {}}}],
    },
    "spec": {"replicas": 3},
}


def event(kind: str, obj: object) -> bytes:
    return msgspec.json.encode({"type": kind, "object": obj})


def test_event_decodes_metadata_and_leaves_the_body() -> None:
    found = decode_event(event("MODIFIED", WEB))
    assert (found.type, found.meta.key, found.meta.generation) == ("MODIFIED", ObjectKey("shop", "web"), 2)
    assert found.meta.is_terminating
    assert found.meta.owner_references[0].controller is True
    assert msgspec.json.decode(found.raw) == WEB


def test_bookmark_that_ends_the_initial_events_is_marked() -> None:
    meta = {"resourceVersion": "9", "annotations": {"k8s.io/initial-events-end": "true"}}
    found = decode_event(event("BOOKMARK", {"kind": "Deployment", "metadata": meta}))
    assert (found.initial_events_end, found.meta.resource_version) == (True, "9")


def test_ordinary_bookmark_ends_nothing() -> None:
    found = decode_event(event("BOOKMARK", {"metadata": {"resourceVersion": "9"}}))
    assert not found.initial_events_end


def test_only_a_bookmark_ends_the_initial_events() -> None:
    annotated = WEB | {"metadata": {"name": "web", "annotations": {"k8s.io/initial-events-end": "true"}}}
    assert not decode_event(event("ADDED", annotated)).initial_events_end


def test_error_event_raises_its_status() -> None:
    status = {"kind": "Status", "status": "Failure", "reason": "Expired", "code": 410, "message": "too old"}
    with pytest.raises(Expired, match="too old"):
        decode_event(event("ERROR", status))


def test_error_event_without_reason_is_told_by_its_code() -> None:
    with pytest.raises(InternalError):
        decode_event(event("ERROR", {"code": 500}))


@pytest.mark.parametrize(
    "line",
    [
        b"<html>please log in</html>",
        b"[]",
        b'{"type":"ADDED"}',
        b'{"type":"ADDED","object":null}',
        b'{"type":"ADDED","object":{"metadata":null}}',
        b'{"type":"ADDED","object":{"metadata":{"name":5}}}',
        b'{"type":"ADDED","object":{"metadata":{"namespace":"shop"}}}',
        b'{"type":"BOOKMARK","object":{"metadata":{}}}',
        b'{"type":"RENAMED","object":{"metadata":{}}}',
        b'{"type":"ADDED","object":' + b'{"metadata":' * 5000 + b"1" + b"}" * 5000 + b"}",
        b"\xff\xfe",
    ],
)
def test_garbage_is_a_protocol_error(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode_event(line)


def test_explicit_nulls_in_metadata_count_as_absent() -> None:
    meta = decode_meta(b'{"metadata":{"name":"web","labels":null,"finalizers":null,"creationTimestamp":null}}')
    assert (meta.name, meta.labels, meta.finalizers, meta.creation_timestamp) == ("web", {}, [], None)


def test_lines_are_joined_across_chunks() -> None:
    splitter = LineSplitter()
    assert splitter.feed(b'{"a"') == []
    assert splitter.has_partial_line
    assert splitter.feed(b':1}\n{"b":2}\n{"c') == [b'{"a":1}', b'{"b":2}']
    assert splitter.feed(b'":3}\n') == [b'{"c":3}']
    assert not splitter.has_partial_line


def test_blank_lines_are_dropped() -> None:
    assert LineSplitter().feed(b"\n\r\n{}\n\n") == [b"{}"]


def test_line_that_never_ends_is_bounded() -> None:
    splitter = LineSplitter(max_line_bytes=100)
    splitter.feed(b"x" * 60)
    with pytest.raises(MessageTooLarge, match="100 bytes"):
        splitter.feed(b"x" * 60)


@pytest.mark.parametrize(
    "chunks", [[b"x" * 60, b"x" * 60 + b"\n"], [b"x" * 120 + b"\n"], [b"{}\n" + b"x" * 120 + b"\n"]]
)
def test_line_longer_than_the_bound_is_refused_however_it_arrives(chunks: list[bytes]) -> None:
    splitter = LineSplitter(max_line_bytes=100)
    with pytest.raises(MessageTooLarge):
        for chunk in chunks:
            splitter.feed(chunk)
