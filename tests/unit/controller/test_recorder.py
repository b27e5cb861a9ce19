"""Events: told once, counted, folded, bounded, and never anybody's failure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from orkestra.client.api import PatchType
from orkestra.client.errors import ConnectionFailed
from orkestra.controller.event_cache import FOLDED_PREFIX, EventCache, Kind, cut
from orkestra.controller.recorder import NORMAL, WARNING, Recorder
from orkestra.k8s.errors import Forbidden, NotFound
from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey
from tests.virtual_time import virtual_time

KIND = Kind("u-1", WARNING, "Failed", "Reconcile")


def website(name: str = "web", **metadata: Any) -> Object:
    meta = {"name": name, "namespace": "shop", "uid": f"uid-{name}", "resourceVersion": "7", **metadata}
    return {"apiVersion": "example.com/v1", "kind": "Website", "metadata": meta}


class EventServer:
    def __init__(self) -> None:
        self.events: dict[ObjectKey, Object] = {}
        self.writes = 0
        self.fault: Exception | None = None

    async def create(self, info: ResourceInfo, obj: Object, *, field_manager: str) -> Object:
        self.writes += 1
        await asyncio.sleep(0.01)
        if self.fault:
            raise self.fault
        assert info.group == "events.k8s.io"
        self.events[ObjectKey(obj["metadata"]["namespace"], obj["metadata"]["name"])] = obj
        return obj

    async def patch(
        self, info: ResourceInfo, key: ObjectKey, patch: Any, *, patch_type: PatchType, field_manager: str = ""
    ) -> Object:
        self.writes += 1
        await asyncio.sleep(0.01)
        if self.fault:
            raise self.fault
        if key not in self.events:
            raise NotFound("events not found")
        assert set(patch) == {"series"}, "all else of an event is immutable"
        self.events[key].update(patch)
        return self.events[key]

    @property
    def notes(self) -> list[tuple[str, int]]:
        return [(event["note"], event.get("series", {}).get("count", 1)) for event in self.events.values()]


@asynccontextmanager
async def recording(server: EventServer) -> AsyncIterator[Recorder]:
    recorder = Recorder(server, controller="orkestra.io/runtime", instance="host_1")
    task = asyncio.create_task(recorder.run())
    try:
        yield recorder
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@virtual_time
async def test_an_event_says_all_the_api_asks_for() -> None:
    server = EventServer()
    async with recording(server) as recorder:
        recorder.record(website(), NORMAL, "Deleting", "removing 2 children", action="Delete")
        assert await recorder.flush(timeout=5)
    ((key, event),) = server.events.items()
    assert key.namespace == "shop" and key.name.startswith("web.")
    assert event["regarding"] == {
        "apiVersion": "example.com/v1",
        "kind": "Website",
        "name": "web",
        "namespace": "shop",
        "uid": "uid-web",
        "resourceVersion": "7",
    }
    told = {field: event[field] for field in ("type", "reason", "action", "note", "reportingController")}
    assert told == {
        "type": "Normal",
        "reason": "Deleting",
        "action": "Delete",
        "note": "removing 2 children",
        "reportingController": "orkestra.io/runtime",
    }
    assert event["eventTime"].endswith("Z") and event["reportingInstance"] == "host_1"


@virtual_time
async def test_the_same_event_again_is_counted_not_repeated() -> None:
    server = EventServer()
    async with recording(server) as recorder:
        for _ in range(5):
            recorder.record(website(), WARNING, "Failed", "no quota")
            await recorder.flush(timeout=5)
    assert server.notes == [("no quota", 5)]


@virtual_time
async def test_an_event_the_server_forgot_is_told_anew() -> None:
    server = EventServer()
    async with recording(server) as recorder:
        for _ in range(2):
            recorder.record(website(), WARNING, "Failed", "no quota")
            await recorder.flush(timeout=5)
            server.events.clear()
        recorder.record(website(), WARNING, "Failed", "no quota")
        await recorder.flush(timeout=5)
    assert server.notes == [("no quota", 1)]


@virtual_time
@pytest.mark.parametrize("fault", [Forbidden("namespace is terminating"), ConnectionFailed("down"), ValueError("bug")])
async def test_a_server_that_refuses_events_disturbs_nobody(fault: Exception) -> None:
    server = EventServer()
    server.fault = fault
    async with recording(server) as recorder:
        recorder.record(website(), WARNING, "Failed", "one")
        assert await recorder.flush(timeout=5)
        assert recorder.dropped == 1
        server.fault = None
        recorder.record(website(), WARNING, "Failed", "two")
        assert await recorder.flush(timeout=5)
    assert server.notes == [("two", 1)]


@virtual_time
async def test_recording_is_bounded_while_nothing_is_written() -> None:
    recorder = Recorder(EventServer(), controller="orkestra.io/runtime", instance="host_1")
    for number in range(3000):
        recorder.record(website(f"web-{number}"), WARNING, "Failed", "no quota")
    assert recorder.dropped == 2000
    assert not await recorder.flush(timeout=1)


@virtual_time
async def test_events_of_cluster_scoped_objects_live_in_default() -> None:
    server = EventServer()
    async with recording(server) as recorder:
        recorder.record(website("odd:name", namespace=""), NORMAL, "Seen", "x")
        await recorder.flush(timeout=5)
    (key,) = server.events
    assert key.namespace == "default" and key.name.startswith("event.")


@virtual_time
async def test_odd_objects_are_no_reason_to_fail() -> None:
    server = EventServer()
    async with recording(server) as recorder:
        for odd in ({}, {"metadata": None}, {"metadata": {"name": 7}}):
            recorder.record(odd, NORMAL, "R" * 500, "x" * 5000)
        assert await recorder.flush(timeout=5)
    assert all(len(event["reason"]) <= 128 for event in server.events.values())


def test_notes_are_cut_to_1024_bytes_between_characters() -> None:
    assert cut("short") == "short"
    for text in ("x" * 2000, "ä" * 2000, "\U0001f600" * 2000, "a" + "ä" * 1023):
        assert len(cut(text).encode()) <= 1024
        assert cut(text).endswith("...")
    assert cut("bad \ud800 surrogate") == "bad ? surrogate"


def test_events_that_differ_only_in_their_note_are_folded_after_ten() -> None:
    cache = EventCache()
    known = [cache.admit(KIND, f"pod {number} failed", now=0.0) for number in range(15)]
    notes = [entry.note for entry in known if entry is not None]
    assert notes[:10] == [f"pod {number} failed" for number in range(10)]
    assert len({id(entry) for entry in known[10:]}) == 1
    assert known[14] is not None and known[14].count == 5
    assert known[14].note == FOLDED_PREFIX + "pod 14 failed"


def test_folding_ends_after_ten_minutes() -> None:
    cache = EventCache()
    for number in range(12):
        cache.admit(KIND, f"pod {number} failed", now=0.0)
    fresh = cache.admit(KIND, "pod 99 failed", now=601.0)
    assert fresh is not None and fresh.note == "pod 99 failed"


def test_one_noisy_object_is_limited_and_others_are_not() -> None:
    cache = EventCache()
    admitted = [cache.admit(KIND, "again", now=0.0) for _ in range(40)]
    assert sum(entry is not None for entry in admitted) == 25
    assert cache.admit(KIND._replace(uid="u-2"), "again", now=0.0) is not None
    assert cache.admit(KIND, "again", now=299.0) is None
    assert cache.admit(KIND, "again", now=301.0) is not None


def test_the_cache_is_bounded() -> None:
    cache = EventCache()
    for number in range(10_000):
        cache.admit(KIND._replace(uid=f"u-{number}"), "x", now=0.0)
    assert max(len(cache._known), len(cache._notes), len(cache._buckets)) == 4096
