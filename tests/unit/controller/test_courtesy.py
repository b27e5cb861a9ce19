"""Queues that give way: what nobody waits for goes one at a time while others are busy with changes."""

from __future__ import annotations

import asyncio

from orkestra.controller.backlog import Priority
from orkestra.controller.courtesy import RECENT_SECONDS, Courtesy
from orkestra.controller.workqueue import WorkQueue
from tests.virtual_time import settle, virtual_time

HIGH, LOW = Priority.HIGH, Priority.LOW


def change(queue: WorkQueue[str], key: str) -> None:
    queue.add(key)
    assert queue.get_nowait() == (key, HIGH)
    queue.done(key)


def queues() -> tuple[WorkQueue[str], WorkQueue[str]]:
    courtesy = Courtesy()
    return WorkQueue(courtesy=courtesy), WorkQueue(courtesy=courtesy, gives_way=True)


@virtual_time
async def test_low_keys_go_one_at_a_time_while_another_queue_is_busy() -> None:
    busy, giving = queues()
    for key in "abc":
        giving.add(key, LOW)
    change(busy, "x")
    assert giving.get_nowait() == ("a", LOW)
    assert giving.get_nowait() is None
    giving.done("a")
    assert giving.get_nowait() == ("b", LOW)
    await asyncio.sleep(RECENT_SECONDS)
    assert giving.get_nowait() == ("c", LOW)


@virtual_time
async def test_a_change_is_handed_out_all_the_same() -> None:
    busy, giving = queues()
    giving.add("a", LOW)
    change(busy, "x")
    assert giving.get_nowait() == ("a", LOW)
    giving.add("b", LOW)
    giving.add("c")
    assert giving.get_nowait() == ("c", HIGH)


@virtual_time
async def test_its_own_changes_and_quiet_neighbours_hold_nothing_up() -> None:
    busy, giving = queues()
    change(busy, "x")
    await asyncio.sleep(RECENT_SECONDS)
    change(giving, "own")
    for key in "ab":
        giving.add(key, LOW)
    assert giving.get_nowait() == ("a", LOW)
    assert giving.get_nowait() == ("b", LOW)


@virtual_time
async def test_a_queue_that_does_not_give_way_hands_out_all() -> None:
    busy, giving = queues()
    change(giving, "x")
    for key in "ab":
        busy.add(key, LOW)
    assert busy.get_nowait() == ("a", LOW)
    assert busy.get_nowait() == ("b", LOW)


@virtual_time
async def test_workers_that_were_refused_work_again_when_it_is_quiet() -> None:
    busy, giving = queues()
    change(busy, "x")
    at_once = most = 0

    async def work() -> None:
        nonlocal at_once, most
        while True:
            key, _ = await giving.get()
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.3)
            at_once -= 1
            giving.done(key)

    workers = [asyncio.create_task(work()) for _ in range(3)]
    for number in range(20):
        giving.add(str(number), LOW)
    await asyncio.sleep(RECENT_SECONDS - 0.05)
    assert most == 1
    await asyncio.sleep(3)
    assert most == 3
    assert giving.depth() == 0
    for worker in workers:
        worker.cancel()


@virtual_time
async def test_a_worker_that_leaves_hands_the_turn_on() -> None:
    busy, giving = queues()
    change(busy, "x")
    giving.add("a", LOW)
    assert await giving.get() == ("a", LOW)
    giving.add("b", LOW)
    waiting = asyncio.create_task(giving.get())
    await settle()
    assert not waiting.done()
    giving.done("a")  # by a worker that takes nothing more
    await settle()
    assert await waiting == ("b", LOW)
