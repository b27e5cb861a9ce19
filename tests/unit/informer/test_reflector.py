"""The list-and-watch machine: what each kind of bad day does to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from orkestra.client.errors import ConnectionFailed
from orkestra.client.watch import WatchEvent
from orkestra.informer.informer import Informer
from orkestra.informer.states import TRANSITIONS, Signal, State
from orkestra.informer.target import Target
from orkestra.k8s.errors import (
    BadRequest,
    Expired,
    Forbidden,
    InternalError,
    NotFound,
    StatusError,
    TooManyRequests,
    Unauthorized,
)
from orkestra.k8s.gvk import ResourceInfo
from tests.fake_api import WEBSITES, FakeApi
from tests.virtual_time import settle, virtual_time


def now() -> float:
    return asyncio.get_running_loop().time()


@asynccontextmanager
async def running(api: Any, *, synced: bool = True, **options: Any) -> AsyncIterator[Informer]:
    informer = Informer(api, Target(WEBSITES), **options)
    task = asyncio.create_task(informer.run())
    if synced:
        assert await informer.wait_synced(timeout=60)
    await settle()
    try:
        yield informer
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def names(informer: Informer) -> set[str]:
    return {item.meta.name for item in informer.lister}


def test_every_state_but_the_waiting_ones_knows_every_signal_it_can_get() -> None:
    resting = {State.EMPTY, State.MISSING, State.FORBIDDEN}
    for state in State:
        signals = {signal for (at, signal) in TRANSITIONS if at is state}
        failures = {Signal.EXPIRED, Signal.FAILED, Signal.ABSENT, Signal.DENIED}
        if state in resting:
            assert signals == {Signal.START}
        else:
            assert signals == failures | {Signal.LISTED if state is State.LISTING else Signal.ENDED}


@virtual_time
async def test_it_lists_then_follows_the_watch() -> None:
    api = FakeApi()
    api.put("a")
    async with running(api) as informer:
        assert (names(informer), informer.state) == ({"a"}, State.WATCHING)
        api.put("b")
        api.delete("a")
        await settle()
        assert names(informer) == {"b"}
        assert api.lists[0].get("resource_version", "") == "", "the newest state, not any old one"


@virtual_time
async def test_all_pages_of_a_list_arrive() -> None:
    api = FakeApi()
    api.page_size = 3
    for number in range(10):
        api.put(f"web-{number}")
    async with running(api) as informer:
        assert len(informer.lister) == 10


@virtual_time
async def test_a_watch_that_ends_is_resumed_without_listing_again() -> None:
    api = FakeApi()
    async with running(api) as informer:
        api.put("a")
        await settle()
        await asyncio.sleep(60)
        api.cut()
        api.put("b")
        await settle()
        assert names(informer) == {"a", "b"}
        assert [watch["resource_version"] for watch in api.watches] == ["100", "101"]
        assert len(api.lists) == 1


@virtual_time
async def test_a_bookmark_moves_the_point_to_resume_from() -> None:
    api = FakeApi()
    async with running(api):
        api.revision = 900
        api.bookmark()
        await settle()
        await asyncio.sleep(60)
        api.cut()
        await settle()
        assert api.watches[-1]["resource_version"] == "900"


@virtual_time
async def test_a_broken_connection_is_resumed_after_a_back_off() -> None:
    api = FakeApi()
    async with running(api) as informer:
        api.put("a")
        await settle()
        start = now()
        api.cut(ConnectionFailed("reset by peer"))
        await settle()
        assert isinstance(informer.last_error, ConnectionFailed)
        await asyncio.sleep(2)
        assert (len(api.lists), api.watches[-1]["resource_version"]) == (1, "101")
        assert now() - start >= 0.8
        api.put("b")
        await settle()
        assert (names(informer), informer.last_error) == ({"a", "b"}, None)


@virtual_time
async def test_an_expired_version_lists_again_and_notices_what_went_meanwhile() -> None:
    api = FakeApi()
    seen: list[tuple[str, str]] = []
    api.put("stays")
    api.put("goes")
    async with running(api) as informer:
        informer.add_handler(lambda old, new: seen.append((old.meta.name if old else "", new.meta.name if new else "")))
        seen.clear()
        await asyncio.sleep(60)
        api.watch_faults.append(Expired("too old"))
        api.cut()
        api.delete("goes")
        api.put("comes")
        api.compact()
        await asyncio.sleep(5)
        assert names(informer) == {"stays", "comes"}
        assert sorted(seen) == [("", "comes"), ("goes", "")]
        assert len(api.lists) == 2


@virtual_time
async def test_a_storm_of_410_backs_off() -> None:
    api = FakeApi()
    async with running(api) as informer:
        api.watch_faults.extend(Expired("too old") for _ in range(1000))
        api.cut(Expired("too old"))
        await asyncio.sleep(600)
        assert len(api.lists) < 40
        api.watch_faults.clear()
        await asyncio.sleep(120)
        assert (informer.state, informer.last_error) == (State.WATCHING, None)


@virtual_time
async def test_watches_that_close_at_once_are_not_hammered() -> None:
    class Closing(FakeApi):
        async def watch(self, *args: Any, **query: Any) -> AsyncGenerator[WatchEvent, None]:
            self.watches.append(query)
            for nothing in ():
                yield nothing

    api = Closing()
    async with running(api):
        await asyncio.sleep(300)
        assert len(api.watches) < 30


@virtual_time
async def test_retry_after_is_honoured() -> None:
    api = FakeApi()
    api.list_faults.append(TooManyRequests("slow down", retry_after=25))
    start = now()
    async with running(api):
        assert 25 <= now() - start < 30


@virtual_time
async def test_a_kind_that_is_not_installed_shows_as_missing_until_it_is() -> None:
    api = FakeApi()
    api.list_faults.extend(NotFound("the server could not find the requested resource") for _ in range(3))
    async with running(api, synced=False) as informer:
        assert (informer.state, informer.is_missing, informer.has_synced) == (State.MISSING, True, False)
        assert not await informer.wait_synced(timeout=1)
        assert await informer.wait_synced(timeout=60)
        assert (informer.state, informer.is_missing) == (State.WATCHING, False)


@virtual_time
async def test_waking_ends_the_wait_for_a_missing_kind() -> None:
    api = FakeApi()
    api.list_faults.extend(NotFound("not served") for _ in range(6))
    async with running(api, synced=False) as informer:
        await asyncio.sleep(30)
        api.list_faults.clear()
        start = now()
        informer.wake()
        assert await informer.wait_synced(timeout=60)
        assert now() == start


@virtual_time
async def test_what_was_cached_stays_while_a_kind_is_gone() -> None:
    api = FakeApi()
    api.put("a")
    async with running(api) as informer:
        api.list_faults.append(NotFound("not served"))
        api.watch_faults.append(NotFound("not served"))
        await asyncio.sleep(60)
        api.cut()
        await settle()
        assert (informer.state, names(informer)) == (State.MISSING, {"a"})


@virtual_time
@pytest.mark.parametrize("verb", ["list", "watch"])
async def test_a_forbidden_verb_is_named_with_its_resource(verb: str) -> None:
    api = FakeApi()
    faults = api.list_faults if verb == "list" else api.watch_faults
    faults.append(Forbidden("User may not"))
    async with running(api, synced=False) as informer:
        assert informer.state is State.FORBIDDEN
        assert informer.denied == f"{verb} websites.example.com"
        await asyncio.sleep(10)
        assert (informer.state, informer.denied, informer.last_error) == (State.WATCHING, "", None)


@virtual_time
@pytest.mark.parametrize(
    "fault",
    [
        InternalError("etcd is down"),
        Unauthorized("token expired"),
        ConnectionFailed("refused"),
        ConnectionResetError("reset"),
        TimeoutError(),
        StatusError("teapot", code=418),
        ValueError("a bug"),
    ],
    ids=lambda fault: type(fault).__name__,
)
async def test_any_failure_of_a_list_shows_and_is_tried_again(fault: Exception) -> None:
    api = FakeApi()
    api.put("a")
    api.list_faults.append(fault)
    async with running(api, synced=False) as informer:
        assert informer.last_error is fault
        assert await informer.wait_synced(timeout=10)
        assert (names(informer), informer.last_error) == ({"a"}, None)


@virtual_time
async def test_a_watch_that_goes_silent_is_given_up_and_resumed() -> None:
    api = FakeApi()
    async with running(api) as informer:
        await asyncio.sleep(300)
        assert len(api.watches) == 1
        await asyncio.sleep(340)
        assert len(api.watches) == 2
        assert (api.watchers, informer.state) == (1, State.WATCHING)


@virtual_time
async def test_silence_after_bookmarks_is_noticed_sooner() -> None:
    api = FakeApi()
    async with running(api):
        await asyncio.sleep(100)
        api.bookmark()
        await settle()
        await asyncio.sleep(170)
        assert len(api.watches) == 1
        await asyncio.sleep(20)
        assert len(api.watches) == 2


@virtual_time
async def test_a_watch_with_a_sign_of_life_is_left_alone() -> None:
    api = FakeApi()
    async with running(api):
        for _ in range(60):
            await asyncio.sleep(60)
            api.bookmark()
            await settle()
        assert len(api.watches) == 1


@virtual_time
async def test_a_streamed_list_needs_one_request() -> None:
    api = FakeApi()
    for number in range(600):
        api.put(f"web-{number}")
    async with running(api, use_watch_list=True) as informer:
        assert (len(informer.lister), len(api.lists), len(api.watches)) == (600, 0, 1)
        api.put("more")
        await settle()
        assert "more" in names(informer)


@virtual_time
async def test_a_server_without_streamed_lists_is_paged_for_good() -> None:
    api = FakeApi()
    api.put("a")
    api.watch_faults.append(BadRequest("sendInitialEvents is forbidden"))
    async with running(api, use_watch_list=True) as informer:
        assert (names(informer), len(api.lists)) == ({"a"}, 1)


@virtual_time
async def test_an_event_storm_lets_other_tasks_run() -> None:
    api = FakeApi()
    async with running(api) as informer:
        turns = 0

        async def other() -> None:
            nonlocal turns
            while len(informer.lister) < 5000:
                turns += 1
                await asyncio.sleep(0)

        for number in range(5000):
            api.put(f"web-{number}")
        await other()
        assert turns >= 10


@virtual_time
async def test_namespace_selectors_and_metadata_reach_the_server() -> None:
    api = FakeApi()
    target = Target(WEBSITES, "shop", "tier=web", "metadata.name=a", metadata_only=True)
    informer = Informer(api, target)
    task = asyncio.create_task(informer.run())
    await settle()
    for request in (api.lists[0], api.watches[0]):
        assert (request["namespace"], request["label_selector"]) == ("shop", "tier=web")
        assert (request["field_selector"], request["metadata_only"]) == ("metadata.name=a", True)
    assert 300 <= api.watches[0]["timeout_seconds"] <= 600
    assert str(target) == "websites.example.com in namespace shop (tier=web,metadata.name=a)"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_a_cluster_scoped_target_reads_well() -> None:
    assert str(Target(ResourceInfo("", "v1", "Node", "nodes", namespaced=False))) == "nodes"
