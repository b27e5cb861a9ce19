"""Shared informers: handlers, own writes, sharing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from orkestra.client.watch import ObjectMeta
from orkestra.informer.cached import Cached, keep
from orkestra.informer.factory import InformerFactory, wait_all_synced
from orkestra.informer.index import OWNER_UID, owner_uids
from orkestra.informer.informer import Informer
from orkestra.informer.mutation import CacheMutated, MutationDetector
from orkestra.informer.target import Target
from orkestra.k8s.errors import NotFound
from orkestra.k8s.objects import ObjectKey
from tests.fake_api import WEBSITES, FakeApi
from tests.virtual_time import settle, virtual_time

WEB = ObjectKey("default", "web")


class Ear:
    """A handler that remembers what it heard."""

    def __init__(self) -> None:
        self.heard: list[tuple[str | None, str | None]] = []

    def __call__(self, old: Cached | None, new: Cached | None) -> None:
        self.heard.append((old and old.meta.resource_version, new and new.meta.resource_version))


@asynccontextmanager
async def running(api: FakeApi, target: Target | None = None) -> AsyncIterator[Informer]:
    async with InformerFactory(api) as factory:
        informer = factory.acquire(target or Target(WEBSITES))
        factory.start()
        assert await informer.wait_synced(timeout=60)
        await settle()
        yield informer


@virtual_time
async def test_the_echo_of_an_own_write_is_not_made_ready_again(monkeypatch: pytest.MonkeyPatch) -> None:
    api = FakeApi()
    async with running(api) as informer:
        writer = informer.add_handler(Ear())
        informer.record_write(api.put("web"), writer=writer)
        kept: list[str] = []

        def counting(meta: ObjectMeta, raw: bytes, **choices: bool) -> Cached:
            kept.append(meta.name)
            return keep(meta, raw, **choices)  # type: ignore[arg-type]

        monkeypatch.setattr("orkestra.informer.reflector.keep", counting)
        await settle()
        assert kept == []
        api.put("web", spec={"by": "user"})
        await settle()
        assert kept == ["web"]


@virtual_time
async def test_a_late_handler_hears_of_what_is_there_as_additions() -> None:
    api = FakeApi()
    api.put("web")
    async with running(api) as informer:
        initial: list[bool] = []

        def listen(old: Cached | None, new: Cached | None) -> None:
            initial.append([*informer._audience][-1].is_initial)

        registration = informer.add_handler(listen)
        assert initial == [True]
        api.put("web")
        await settle()
        assert initial == [True, False]
        informer.remove_handler(registration)
        api.put("web")
        await settle()
        assert len(initial) == 2


@virtual_time
async def test_one_handlers_bug_is_not_the_others_outage() -> None:
    api = FakeApi()

    def broken(old: Cached | None, new: Cached | None) -> None:
        raise RuntimeError("bug")

    async with running(api) as informer:
        informer.add_handler(broken)
        ear = Ear()
        informer.add_handler(ear)
        api.put("web")
        await settle()
        assert ear.heard == [(None, "101")]
        assert informer.last_error is None


@virtual_time
async def test_the_writer_is_not_told_of_its_own_write_and_others_are() -> None:
    api = FakeApi()
    async with running(api) as informer:
        writers, others = Ear(), Ear()
        writer = informer.add_handler(writers)
        informer.add_handler(others)
        informer.record_write(api.put("web"), writer=writer)
        assert informer.get(WEB) is not None
        await settle()
        assert (writers.heard, others.heard) == ([], [(None, "101")])


@virtual_time
async def test_a_users_change_between_our_read_and_our_write_reaches_us() -> None:
    api = FakeApi()
    api.put("web")
    async with running(api) as informer:
        ear = Ear()
        writer = informer.add_handler(ear)
        ear.heard.clear()
        api.put("web", spec={"by": "user"})
        informer.record_write(api.put("web", spec={"by": "user"}, status={}), writer=writer)
        await settle()
        assert ear.heard == [("101", "103")]


@virtual_time
async def test_a_watch_faster_than_the_answer_does_not_make_our_write_news() -> None:
    api = FakeApi()
    async with running(api) as informer:
        writers, others = Ear(), Ear()
        writer = informer.add_handler(writers)
        informer.add_handler(others)
        with informer.writing(WEB, writer):
            answer = api.put("web")
            await settle()
            assert informer.get(WEB) is not None, "the cache is not held back"
            informer.record_write(answer, writer=writer)
        with informer.writing(WEB, writer):
            uid = api.delete("web")
            await settle()
            informer.record_delete(WEB, uid, writer=writer)
        await settle()
        assert (writers.heard, others.heard) == ([], [(None, "101"), ("101", None)])


@virtual_time
async def test_what_others_do_while_our_write_is_under_way_is_told_once_at_its_end() -> None:
    api = FakeApi()
    api.put("web")
    async with running(api) as informer:
        ear = Ear()
        writer = informer.add_handler(ear)
        ear.heard.clear()
        with informer.writing(WEB, writer):
            api.put("web")
            answer = api.put("web")
            api.put("web")
            await settle()
            informer.record_write(answer, writer=writer)
            assert ear.heard == []
        assert ear.heard == [("101", "104")]


@virtual_time
async def test_a_write_that_fails_hides_nothing() -> None:
    api = FakeApi()
    async with running(api) as informer:
        ear = Ear()
        writer = informer.add_handler(ear)
        with pytest.raises(TimeoutError), informer.writing(WEB, writer):
            api.put("web")  # it arrived, only the answer was lost
            await settle()
            raise TimeoutError
        assert ear.heard == [(None, "101")]


@virtual_time
async def test_other_keys_and_other_handlers_are_told_while_a_write_is_under_way() -> None:
    api = FakeApi()
    async with running(api) as informer:
        writers, others = Ear(), Ear()
        writer = informer.add_handler(writers)
        informer.add_handler(others)
        with informer.writing(WEB, writer):
            api.put("web")
            api.put("different")
            await settle()
            assert (writers.heard, others.heard) == ([(None, "102")], [(None, "101"), (None, "102")])


@virtual_time
async def test_our_own_deletion_is_final_at_once() -> None:
    api = FakeApi()
    api.put("web")
    async with running(api) as informer:
        writers, others = Ear(), Ear()
        writer = informer.add_handler(writers)
        informer.add_handler(others)
        writers.heard.clear()
        others.heard.clear()
        informer.record_delete(WEB, api.delete("web"), writer=writer)
        assert informer.get(WEB) is None
        await settle()
        assert (writers.heard, others.heard) == ([], [("101", None)])


@virtual_time
async def test_a_write_outside_an_informers_sight_is_not_cached() -> None:
    api = FakeApi()
    async with running(api, Target(WEBSITES, "shop", "tier=web")) as informer:
        informer.record_write(api.put("web", "elsewhere", metadata={"labels": {"tier": "web"}}))
        informer.record_write(api.put("web", "shop", metadata={"labels": {"tier": "db"}}))
        informer.record_write(api.put("web", "shop", metadata={"labels": {"tier": "web"}}))
        assert [item.key for item in informer.lister.list()] == [ObjectKey("shop", "web")]


@virtual_time
async def test_the_same_target_is_watched_once_and_until_the_last_user_leaves() -> None:
    api = FakeApi()
    async with InformerFactory(api) as factory:
        one, two = factory.acquire(Target(WEBSITES)), factory.acquire(Target(WEBSITES))
        other = factory.acquire(Target(WEBSITES, "shop"))
        assert one is two and one is not other
        factory.start()
        factory.start()
        assert await wait_all_synced([one, other], timeout=5) == []
        await settle()
        assert api.watchers == 2
        factory.release(one)
        await settle()
        assert api.watchers == 2
        factory.release(two)
        factory.release(two)
        await settle()
        assert api.watchers == 1
        again = factory.acquire(Target(WEBSITES))
        assert again is not one
    assert api.watchers == 0


@virtual_time
async def test_a_metadata_watch_becomes_a_full_one_if_bodies_are_wanted_before_it_starts() -> None:
    api = FakeApi()
    api.put("web", spec={"replicas": 1})
    async with InformerFactory(api) as factory:
        slim = factory.acquire(Target(WEBSITES, metadata_only=True), indexes={OWNER_UID: owner_uids})
        ear = Ear()
        slim.add_handler(ear)
        full = factory.acquire(Target(WEBSITES))
        assert full is slim
        assert factory.acquire(Target(WEBSITES, metadata_only=True)) is full
        factory.start()
        assert await full.wait_synced(timeout=5)
        cached = full.get(WEB)
        assert cached is not None and cached.object()["spec"] == {"replicas": 1}
        assert ear.heard == [(None, "101")]


@virtual_time
async def test_a_running_metadata_watch_is_left_alone() -> None:
    api = FakeApi()
    async with InformerFactory(api) as factory:
        slim = factory.acquire(Target(WEBSITES, metadata_only=True))
        factory.start()
        full = factory.acquire(Target(WEBSITES))
        factory.start()
        assert full is not slim
        assert await wait_all_synced([slim, full], timeout=5) == []
        assert len([*factory]) == 2


@virtual_time
async def test_one_missing_kind_does_not_hold_up_another() -> None:
    class Picky(FakeApi):
        pass

    api = Picky()
    api.list_faults.append(NotFound("not served"))
    async with InformerFactory(api) as factory:
        missing, fine = factory.acquire(Target(WEBSITES)), factory.acquire(Target(WEBSITES, "shop"))
        factory.start()
        assert await wait_all_synced([missing, fine], timeout=0.5) == [missing]
        assert (missing.is_missing, fine.has_synced) == (True, True)


@virtual_time
async def test_an_informer_that_breaks_restarts_and_ends_no_other() -> None:
    api = FakeApi()
    async with InformerFactory(api) as factory:
        broken, fine = factory.acquire(Target(WEBSITES)), factory.acquire(Target(WEBSITES, "shop"))
        run, calls = broken.run, 0

        async def breaking() -> None:
            nonlocal calls
            calls += 1
            if calls == 1:
                raise RuntimeError("bug in the machine")
            await run()

        broken.run = breaking  # type: ignore[method-assign]  # the bug under test
        factory.start()
        assert await fine.wait_synced(timeout=1)
        assert await broken.wait_synced(timeout=10)


@virtual_time
async def test_changes_of_state_are_told_for_metrics() -> None:
    api = FakeApi()
    api.list_faults.append(NotFound("not served"))
    moves: list[str] = []
    async with InformerFactory(
        api, on_state=lambda target, before, after: moves.append(f"{before.value} {after.value}")
    ) as factory:
        informer = factory.acquire(Target(WEBSITES))
        factory.start()
        assert await informer.wait_synced(timeout=10)
    assert moves == ["empty listing", "listing missing", "missing listing", "listing watching"]


@virtual_time
async def test_informers_start_only_inside_the_factory() -> None:
    factory = InformerFactory(FakeApi())
    factory.acquire(Target(WEBSITES))
    with pytest.raises(RuntimeError, match="async with"):
        factory.start()


@virtual_time
async def test_changing_cached_metadata_is_caught_where_the_detector_is_armed() -> None:
    api = FakeApi()
    api.put("web", metadata={"labels": {"tier": "web"}})
    informer = Informer(api, Target(WEBSITES), detector=MutationDetector())
    task = asyncio.create_task(informer.run())
    assert await informer.wait_synced(timeout=5)
    informer.check_mutations()
    cached = informer.get(WEB)
    assert cached is not None
    cached.meta.labels["tier"] = "oops"
    with pytest.raises(CacheMutated, match="default/web"):
        informer.check_mutations()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
