"""Workers: what they guarantee, whatever a reconcile does."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from orkestra.controller.backlog import Priority
from orkestra.controller.controller import DONE, Controller, Result
from orkestra.k8s.objects import ObjectKey
from tests.virtual_time import settle, virtual_time


def key(name: str) -> ObjectKey:
    return ObjectKey("default", name)


def now() -> float:
    return asyncio.get_running_loop().time()


@asynccontextmanager
async def running(controller: Controller) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(controller.run())
    await settle()
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class Work:
    """A reconcile that records what ran when, and does as it is told."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.ran: list[tuple[str, float]] = []
        self.at_once: Counter[str] = Counter()
        self.most_at_once = 0
        self.most_of_one_key = 0
        self.failures: dict[str, list[BaseException]] = {}
        self.results: dict[str, Result] = {}

    async def __call__(self, key: ObjectKey) -> Result:
        self.ran.append((key.name, now()))
        self.at_once[key.name] += 1
        self.most_at_once = max(self.most_at_once, self.at_once.total())
        self.most_of_one_key = max(self.most_of_one_key, self.at_once[key.name])
        try:
            if self.seconds:
                await asyncio.sleep(self.seconds)
            if self.failures.get(key.name):
                raise self.failures[key.name].pop(0)
        finally:
            self.at_once[key.name] -= 1
        return self.results.get(key.name, DONE)

    def times(self, name: str) -> list[float]:
        return [at for ran, at in self.ran if ran == name]


@virtual_time
async def test_as_many_run_at_once_as_there_are_workers_and_a_key_never_twice() -> None:
    work = Work(seconds=1)
    controller = Controller("web", work, workers=3)
    async with running(controller):
        for round_ in range(20):
            for name in "abcdef":
                controller.queue.add(key(name))
            await asyncio.sleep(0.1 * round_)
        await asyncio.sleep(30)
    assert (work.most_at_once, work.most_of_one_key) == (3, 1)
    assert {name for name, _ in work.ran} == set("abcdef")


@virtual_time
async def test_a_change_during_a_run_makes_it_run_again() -> None:
    work = Work(seconds=5)
    controller = Controller("web", work)
    async with running(controller):
        controller.queue.add(key("a"))
        await asyncio.sleep(1)
        for _ in range(10):
            controller.queue.add(key("a"))
        await asyncio.sleep(30)
    assert len(work.ran) == 2


@virtual_time
async def test_a_failing_key_backs_off_alone_and_success_forgets() -> None:
    work = Work()
    work.failures["bad"] = [RuntimeError("boom") for _ in range(8)]
    controller = Controller("web", work, workers=1)
    async with running(controller):
        controller.queue.add(key("bad"))
        controller.queue.add(key("good"))
        await asyncio.sleep(60)
        assert controller.queue.num_requeues(key("bad")) == 0
    gaps = [round(b - a, 4) for a, b in zip(work.times("bad"), work.times("bad")[1:], strict=False)]
    assert gaps == [0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64]
    assert work.times("good") == work.times("bad")[:1]


@virtual_time
async def test_a_result_asks_to_be_run_again_later() -> None:
    work = Work()
    work.results["a"] = Result(requeue_after=10)
    controller = Controller("web", work)
    async with running(controller):
        controller.queue.add(key("a"))
        await asyncio.sleep(25)
    first, *later = work.times("a")
    assert [round(at - first, 1) for at in later] == [10, 20]


@virtual_time
async def test_a_reconcile_beyond_its_deadline_fails_and_is_tried_again() -> None:
    errors: list[tuple[str, type[Exception], int]] = []
    work = Work(seconds=3600)
    controller = Controller(
        "web", work, deadline=30, on_error=lambda k, error, failures: errors.append((k.name, type(error), failures))
    )
    async with running(controller):
        controller.queue.add(key("a"))
        await asyncio.sleep(61)
    assert errors == [("a", TimeoutError, 1), ("a", TimeoutError, 2)]


@virtual_time
@pytest.mark.parametrize("error", [asyncio.CancelledError(), RecursionError(), AssertionError(), KeyError("x")])
async def test_nothing_a_reconcile_raises_ends_a_worker(error: BaseException) -> None:
    work = Work()
    work.failures["poison"] = [error]
    controller = Controller("web", work, workers=1)
    async with running(controller) as task:
        controller.queue.add(key("poison"))
        controller.queue.add(key("good"))
        await asyncio.sleep(1)
        assert not task.done()
    assert [name for name, _ in work.ran] == ["poison", "good", "poison"]


@virtual_time
async def test_an_error_hook_that_fails_ends_nothing() -> None:
    def hook(key: ObjectKey, error: Exception, failures: int) -> None:
        raise ValueError("the hook is broken too")

    work = Work()
    work.failures["a"] = [RuntimeError("boom")]
    controller = Controller("web", work, on_error=hook)
    async with running(controller) as task:
        controller.queue.add(key("a"))
        await asyncio.sleep(1)
        assert not task.done()
    assert len(work.ran) == 2


@virtual_time
async def test_a_users_change_is_not_kept_waiting_by_the_initial_list() -> None:
    work = Work(seconds=1)
    controller = Controller("web", work, workers=1)
    for number in range(100):
        controller.queue.add(key(f"old-{number}"), Priority.LOW)
    async with running(controller):
        await asyncio.sleep(1.5)
        asked = now()
        controller.queue.add(key("change"))
        await asyncio.sleep(5)
    assert work.times("change")[0] - asked <= 1


@virtual_time
async def test_workers_are_added_while_running() -> None:
    work = Work(seconds=10)
    controller = Controller("web", work, workers=1)
    async with running(controller):
        for name in "abcd":
            controller.queue.add(key(name))
        await asyncio.sleep(1)
        controller.set_workers(4)
        await asyncio.sleep(1)
        assert (controller.workers, controller.processing) == (4, 4)


@virtual_time
async def test_surplus_workers_finish_their_key_and_go() -> None:
    work = Work(seconds=10)
    controller = Controller("web", work, workers=4)
    async with running(controller):
        for name in "abcdefgh":
            controller.queue.add(key(name))
        await asyncio.sleep(1)
        controller.set_workers(1)
        await asyncio.sleep(1)
        assert controller.processing == 4, "nobody is cut off"
        await asyncio.sleep(10)
        assert controller.processing == 1
        controller.set_workers(3)
        await asyncio.sleep(1)
        assert controller.processing == 3
        await asyncio.sleep(30)
    assert Counter(name for name, _ in work.ran) == Counter("abcdefgh")


@virtual_time
async def test_idle_workers_go_at_once_and_leave_no_key_behind() -> None:
    work = Work()
    controller = Controller("web", work, workers=5)
    async with running(controller):
        controller.queue.add(key("a"))
        controller.set_workers(1)
        await settle()
        controller.queue.add(key("b"))
        await asyncio.sleep(1)
    assert [name for name, _ in work.ran] == ["a", "b"]


@pytest.mark.parametrize("count", [0, -1])
def test_a_controller_has_at_least_one_worker(count: int) -> None:
    with pytest.raises(ValueError, match="at least one worker"):
        Controller("web", Work(), workers=count)


@virtual_time
async def test_stopping_lets_what_runs_end_and_takes_nothing_more() -> None:
    work = Work(seconds=5)
    controller = Controller("web", work, workers=2)
    async with running(controller) as task:
        for name in "abcd":
            controller.queue.add(key(name))
        await asyncio.sleep(1)
        assert await controller.stop(timeout=30)
        await asyncio.wait_for(task, 1)
    assert [name for name, _ in work.ran] == ["a", "b"]


@virtual_time
async def test_stopping_cuts_off_what_does_not_end_in_time() -> None:
    work = Work(seconds=3600)
    controller = Controller("web", work, workers=2)
    async with running(controller) as task:
        controller.queue.add(key("a"))
        await asyncio.sleep(1)
        start = now()
        assert not await controller.stop(timeout=10)
        await asyncio.wait_for(task, 1)
        assert now() - start == pytest.approx(10)


@virtual_time
async def test_a_controller_cut_off_can_run_again_and_has_lost_no_key() -> None:
    work = Work(seconds=10)
    controller = Controller("web", work, workers=1)
    controller.queue.add(key("a"))
    controller.queue.add(key("b"))
    async with running(controller):
        await asyncio.sleep(1)
    work.seconds = 0
    async with running(controller):
        await asyncio.sleep(1)
    assert Counter(name for name, _ in work.ran) == {"a": 2, "b": 1}


@virtual_time
async def test_metrics_hear_of_every_run_and_every_worker() -> None:
    class Seen:
        def __init__(self) -> None:
            self.runs: list[tuple[float, str]] = []
            self.workers: list[tuple[int, int]] = []

        def reconciled(self, seconds: float, error: BaseException | None) -> None:
            self.runs.append((seconds, type(error).__name__))

        def workers_changed(self, total: int, processing: int) -> None:
            self.workers.append((total, processing))

    seen, work = Seen(), Work(seconds=2)
    work.failures["a"] = [RuntimeError("boom")]
    controller = Controller("web", work, workers=2, observer=seen)
    async with running(controller):
        controller.queue.add(key("a"))
        await asyncio.sleep(10)
    assert seen.runs == [(2.0, "RuntimeError"), (2.0, "NoneType")]
    assert (2, 0) in seen.workers and (2, 1) in seen.workers


@virtual_time
async def test_a_reconcile_that_never_waits_lets_other_tasks_run() -> None:
    controller = Controller("web", Work(), workers=1)
    turns = 0
    async with running(controller):
        for number in range(500):
            controller.queue.add(key(str(number)))
        while controller.queue.depth():
            turns += 1
            await asyncio.sleep(0)
    assert turns >= 100


@virtual_time
async def test_an_idle_controller_does_not_wake_up() -> None:
    """The virtual clock only stands still if somebody busy-waits: a day must pass in a handful of loop turns."""
    controller = Controller("web", Work())
    async with running(controller):
        start = now()
        await asyncio.sleep(86400)
        assert now() - start == 86400
        assert controller.queue.delayed == 0
