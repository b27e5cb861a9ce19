"""The work queue in time: delays, back-off, bounds, waiting workers, shutting down."""

from __future__ import annotations

import asyncio

import pytest

from orkestra.controller.backlog import Priority
from orkestra.controller.workqueue import QueueShutDown, WorkQueue
from tests.virtual_time import settle, virtual_time

LOW, HIGH = Priority.LOW, Priority.HIGH


def now() -> float:
    return asyncio.get_running_loop().time()


@virtual_time
async def test_a_waiting_worker_gets_the_key_that_is_added() -> None:
    queue: WorkQueue[str] = WorkQueue()
    worker = asyncio.create_task(queue.get())
    await settle()
    queue.add("a")
    assert await worker == ("a", HIGH)


@virtual_time
async def test_one_add_wakes_one_worker() -> None:
    queue: WorkQueue[str] = WorkQueue()
    workers = [asyncio.create_task(queue.get()) for _ in range(3)]
    await settle()
    queue.add("a")
    await settle()
    assert [worker.done() for worker in workers] == [True, False, False]
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)


@virtual_time
async def test_a_worker_cancelled_as_it_is_woken_passes_the_key_on() -> None:
    queue: WorkQueue[str] = WorkQueue()
    first, second = (asyncio.create_task(queue.get()) for _ in range(2))
    await settle()
    queue.add("a")
    first.cancel()
    assert await second == ("a", HIGH)


@virtual_time
async def test_a_cancelled_worker_leaves_no_trace() -> None:
    queue: WorkQueue[str] = WorkQueue()
    worker = asyncio.create_task(queue.get())
    await settle()
    worker.cancel()
    await settle()
    queue.add("a")
    assert await queue.get() == ("a", HIGH)


@virtual_time
async def test_a_delayed_key_comes_when_it_is_due_and_the_earliest_delay_counts() -> None:
    queue: WorkQueue[str] = WorkQueue()
    start = now()
    queue.add_after("a", 30)
    queue.add_after("a", 10)
    queue.add_after("a", 20)
    assert (queue.depth(), queue.delayed) == (0, 1)
    assert await queue.get() == ("a", HIGH)
    assert now() - start == pytest.approx(10)
    queue.done("a")
    await asyncio.sleep(100)
    assert queue.depth() == 0, "the later delays were dropped"


def test_delays_too_short_for_a_timer_of_uvloop_are_no_error() -> None:
    uvloop = pytest.importorskip("uvloop")

    async def scenario() -> list[str]:
        queue: WorkQueue[str] = WorkQueue()
        for place, key in enumerate("abc"):
            queue.add_after(key, 0.0003 - place * 0.0001)  # each sooner than the one before
        return sorted([(await queue.get())[0] for _ in range(3)])

    assert uvloop.run(scenario()) == ["a", "b", "c"]


@virtual_time
async def test_ten_thousand_delayed_keys_come_in_order_through_one_timer() -> None:
    queue: WorkQueue[int] = WorkQueue()
    for key in range(10_000):
        queue.add_after(key, 1 + (key * 7919 % 10_000) / 100)
    came = []
    while queue.delayed or queue.depth():
        key, _ = await queue.get()
        came.append(key)
        queue.done(key)
    assert sorted(came) == list(range(10_000))
    assert came == sorted(came, key=lambda key: key * 7919 % 10_000)


@virtual_time
async def test_bringing_delays_forward_again_and_again_does_not_grow_the_heap() -> None:
    queue: WorkQueue[str] = WorkQueue()
    for step in range(10_000):
        queue.add_after("a", 20_000 - step)
    assert len(queue._heap) < 200
    assert queue.delayed == 1


@virtual_time
async def test_failures_back_off_and_success_forgets_them() -> None:
    queue: WorkQueue[str] = WorkQueue()
    assert [queue.add_rate_limited("a") for _ in range(3)] == [0.005, 0.01, 0.02]
    assert queue.num_requeues("a") == 3
    queue.forget("a")
    assert queue.num_requeues("a") == 0
    assert await queue.get() == ("a", HIGH), "forget does not take back what is queued"


@virtual_time
async def test_a_full_queue_refuses_only_keys_it_does_not_know() -> None:
    queue: WorkQueue[str] = WorkQueue(max_depth=2)
    queue.add("running")
    await queue.get()
    queue.add_after("delayed", 5)
    assert queue.add("a") and queue.add("b")
    assert not queue.add("c")
    assert queue.add("a", HIGH) and queue.add("running") and queue.add("delayed")
    assert queue.refused == 1
    queue.done("running")
    await asyncio.sleep(10)
    assert queue.depth() == 4, "a retry is never lost to the bound"


@virtual_time
async def test_a_low_priority_delay_is_raised_by_a_high_one() -> None:
    queue: WorkQueue[str] = WorkQueue()
    queue.add_after("a", 5, LOW)
    queue.add_after("a", 9, HIGH)
    assert await queue.get() == ("a", HIGH)


@virtual_time
async def test_latency_is_the_time_from_ready_to_taken() -> None:
    seen: list[float] = []
    queue: WorkQueue[str] = WorkQueue(observe_latency=seen.append)
    queue.add("a")
    await asyncio.sleep(3)
    await queue.get()
    queue.add("a")
    await asyncio.sleep(2)
    queue.done("a")
    await asyncio.sleep(1)
    await queue.get()
    assert seen == [pytest.approx(3), pytest.approx(1)], "time under work is not waiting"


@virtual_time
async def test_shutting_down_drops_what_waits_and_ends_waiting_workers() -> None:
    queue: WorkQueue[str] = WorkQueue()
    queue.add("running")
    await queue.get()
    queue.add("waiting")
    queue.add_after("delayed", 1)
    queue.shut_down()
    with pytest.raises(QueueShutDown):
        await queue.get()
    assert not queue.add("late")
    assert not await queue.wait_idle(timeout=5)
    queue.done("running")
    assert await queue.wait_idle(timeout=5)


@virtual_time
async def test_shutting_down_with_drain_hands_out_what_is_ready() -> None:
    queue: WorkQueue[str] = WorkQueue()
    queue.add("a")
    queue.shut_down(drain=True)
    assert await queue.get() == ("a", HIGH)
    with pytest.raises(QueueShutDown):
        await queue.get()


@virtual_time
async def test_workers_waiting_at_shutdown_are_told() -> None:
    queue: WorkQueue[str] = WorkQueue()
    workers = [asyncio.create_task(queue.get()) for _ in range(2)]
    await settle()
    queue.shut_down()
    outcomes = await asyncio.gather(*workers, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [QueueShutDown, QueueShutDown]
