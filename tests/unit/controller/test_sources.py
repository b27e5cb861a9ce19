"""From a change to keys: mappers, predicates, priorities, resync."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from orkestra.client.watch import ObjectMeta, OwnerReference
from orkestra.controller import predicates
from orkestra.controller.backlog import Priority
from orkestra.controller.resync import resync
from orkestra.controller.sources import Source, every, itself, labelled, owner_of, owner_uid_of
from orkestra.controller.workqueue import WorkQueue
from orkestra.informer.cached import Cached
from orkestra.informer.factory import InformerFactory
from orkestra.informer.target import Target
from orkestra.k8s.objects import ObjectKey
from tests.fake_api import WEBSITES, FakeApi
from tests.virtual_time import settle, virtual_time

LOW, HIGH = Priority.LOW, Priority.HIGH


def item(name: str = "web", **meta: Any) -> Cached:
    return Cached(ObjectMeta(name=name, namespace="shop", uid=meta.pop("uid", "u"), **meta), None)


def owner(kind: str = "Website", group: str = "example.com", name: str = "parent", **more: Any) -> OwnerReference:
    return OwnerReference(api_version=f"{group}/v1", kind=kind, name=name, uid=f"uid-{name}", **more)


# -- mappers ------------------------------------------------------------------------------------------------------
def test_owner_of_finds_the_controller_of_the_right_kind() -> None:
    children = item(
        owner_references=[
            owner(name="not-controlling"),
            owner(kind="Other", name="other-kind", controller=True),
            owner(name="parent", controller=True),
        ]
    )
    assert list(owner_of("example.com", "Website")(children)) == [ObjectKey("shop", "parent")]
    assert list(owner_of("example.com", "Website", namespaced=False)(children)) == [ObjectKey("", "parent")]
    assert list(owner_of("other.com", "Website")(children)) == []


def test_owner_of_survives_a_malformed_api_version() -> None:
    odd = OwnerReference(api_version="a/b/c", kind="Website", name="x", uid="u", controller=True)
    assert list(owner_of("example.com", "Website")(item(owner_references=[odd]))) == []


def test_owner_uid_of_asks_for_each_owner() -> None:
    known = {"uid-b": ObjectKey("shop", "b")}
    children = item(owner_references=[owner(name="a"), owner(name="b")])
    assert list(owner_uid_of(known.get)(children)) == [ObjectKey("shop", "b")]


def test_labelled_reads_the_owner_from_labels() -> None:
    child = item(labels={"o/name": "web", "o/namespace": "shop"})
    assert list(labelled("o/name", "o/namespace")(child)) == [ObjectKey("shop", "web")]
    assert list(labelled("o/name")(child)) == [ObjectKey("", "web")]
    assert list(labelled("o/name")(item())) == []


# -- predicates ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("predicate", "change"),
    [
        (predicates.generation_changed, {"generation": 2}),
        (predicates.labels_changed, {"labels": {"a": "b"}}),
        (predicates.annotations_changed, {"annotations": {"a": "b"}}),
        (predicates.finalizers_changed, {"finalizers": ["x/y"]}),
    ],
)
def test_a_predicate_sees_its_own_change_and_no_other(predicate: predicates.Predicate, change: dict[str, Any]) -> None:
    assert predicate(item(), item(**change))
    assert not predicate(item(), item(resource_version="9"))
    assert predicates.desired_changed(item(), item(**change))
    assert not predicates.desired_changed(item(), item(resource_version="9"))


def test_additions_deletions_and_replacements_always_count() -> None:
    never = predicates.on_update(lambda old, new: False)
    assert never(None, item()) and never(item(), None)
    assert never(item(uid="old"), item(uid="new"))
    assert never(item(), item(deletion_timestamp="2026-01-01T00:00:00Z"))
    assert not never(item(), item())


def test_predicates_combine() -> None:
    both = predicates.all_of(predicates.generation_changed, predicates.labels_changed)
    assert not both(item(), item(generation=2))
    assert both(item(), item(generation=2, labels={"a": "b"}))


# -- sources ------------------------------------------------------------------------------------------------------
async def drained(queue: WorkQueue[ObjectKey]) -> list[tuple[str, Priority]]:
    taken = []
    while queue.depth():
        key, priority = await queue.get()
        taken.append((key.name, priority))
        queue.done(key)
    return taken


@virtual_time
async def test_what_was_there_comes_with_low_priority_and_changes_with_high() -> None:
    api = FakeApi()
    api.put("old")
    queue: WorkQueue[ObjectKey] = WorkQueue()
    async with InformerFactory(api) as factory:
        informer = factory.acquire(Target(WEBSITES))
        early = Source(informer, queue, itself)
        factory.start()
        assert await informer.wait_synced(timeout=5)
        await settle()
        assert await drained(queue) == [("old", LOW)]
        api.put("new")
        await settle()
        assert await drained(queue) == [("new", HIGH)]
        early.close()
        late = Source(informer, queue, itself)
        assert await drained(queue) == [("old", LOW), ("new", LOW)]
        api.put("old")
        await settle()
        assert await drained(queue) == [("old", HIGH)]
        late.close()
        api.put("old")
        await settle()
        assert queue.depth() == 0


@virtual_time
async def test_our_own_write_is_no_work_for_us() -> None:
    api = FakeApi()
    queue: WorkQueue[ObjectKey] = WorkQueue()
    async with InformerFactory(api) as factory:
        informer = factory.acquire(Target(WEBSITES))
        source = Source(informer, queue, itself)
        factory.start()
        assert await informer.wait_synced(timeout=5)
        await settle()
        informer.record_write(api.put("web"), writer=source.registration)
        await settle()
        assert queue.depth() == 0
        api.put("web")
        await settle()
        assert await drained(queue) == [("web", HIGH)]


@virtual_time
async def test_a_child_that_changes_hands_wakes_both_owners() -> None:
    api = FakeApi()
    queue: WorkQueue[ObjectKey] = WorkQueue()

    def owners(name: str) -> dict[str, Any]:
        reference = {"apiVersion": "example.com/v1", "kind": "Website", "name": name, "uid": name, "controller": True}
        return {"ownerReferences": [reference]}

    async with InformerFactory(api) as factory:
        informer = factory.acquire(Target(WEBSITES))
        Source(informer, queue, owner_of("example.com", "Website"))
        factory.start()
        assert await informer.wait_synced(timeout=5)
        await settle()
        api.put("child", metadata=owners("one"))
        await settle()
        await drained(queue)
        api.put("child", metadata=owners("two"))
        await settle()
        assert await drained(queue) == [("two", HIGH), ("one", HIGH)]


@virtual_time
async def test_a_predicate_keeps_status_writes_out() -> None:
    api = FakeApi()
    queue: WorkQueue[ObjectKey] = WorkQueue()
    async with InformerFactory(api) as factory:
        informer = factory.acquire(Target(WEBSITES))
        Source(informer, queue, itself, predicates.generation_changed)
        factory.start()
        assert await informer.wait_synced(timeout=5)
        await settle()
        api.put("web", metadata={"generation": 1})
        await settle()
        assert len(await drained(queue)) == 1
        api.put("web", metadata={"generation": 1})
        await settle()
        assert queue.depth() == 0


def test_every_maps_to_all() -> None:
    keys = [ObjectKey("", "a"), ObjectKey("", "b")]
    assert list(every(lambda: keys)(item())) == keys


# -- resync -------------------------------------------------------------------------------------------------------
@virtual_time
async def test_a_resync_brings_every_key_once_per_period_spread_out_and_low() -> None:
    queue: WorkQueue[ObjectKey] = WorkQueue()
    keys = [ObjectKey("", f"web-{number}") for number in range(1000)]
    task = asyncio.create_task(resync(queue, lambda: keys, 30, random_fraction=lambda: 0.5))
    loop = asyncio.get_running_loop()
    came: list[tuple[ObjectKey, float]] = []
    until = loop.time() + 15 + 60
    while loop.time() < until:
        most = queue.depth()
        assert most <= 30, "no flood"
        while queue.depth():
            key, priority = await queue.get()
            assert priority is LOW
            came.append((key, loop.time()))
            queue.done(key)
        await asyncio.sleep(0.25)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert sorted(key for key, _ in came)[::2] == sorted(keys)
    assert max(at for _, at in came) - min(at for _, at in came) > 55


@virtual_time
async def test_a_period_of_zero_means_never() -> None:
    queue: WorkQueue[ObjectKey] = WorkQueue()
    await resync(queue, lambda: [ObjectKey("", "a")], 0)
    assert queue.depth() == 0


@virtual_time
async def test_a_resync_of_nothing_does_not_spin() -> None:
    task = asyncio.create_task(resync(WorkQueue[ObjectKey](), tuple, 30))
    await asyncio.sleep(3600)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
