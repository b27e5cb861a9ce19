from __future__ import annotations

import asyncio

from orkestra.devserver.changes import Change
from orkestra.devserver.controllers import start
from orkestra.devserver.controllers.queue import DelayQueue

from .fake import World, deployment_spec


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_an_item_waits_once_and_leaves_in_order() -> None:
    queue: DelayQueue[str] = DelayQueue(Clock())
    for item in ("a", "b", "a"):
        queue.add(item)
    assert [queue.pop(), queue.pop(), queue.pop()] == ["a", "b", None]


def test_the_earliest_wish_wins_and_now_beats_later() -> None:
    clock = Clock()
    queue: DelayQueue[str] = DelayQueue(clock)
    queue.add_after("a", 5)
    queue.add_after("a", 2)
    queue.add_after("a", 9)
    assert (queue.pop(), queue.seconds_to_next()) == (None, 2)
    clock.seconds = 2
    assert queue.pop() == "a"
    clock.seconds = 20
    assert (queue.pop(), queue.seconds_to_next()) == (None, None)
    queue.add_after("b", 5)
    queue.add("b")
    assert queue.pop() == "b"
    clock.seconds = 40
    assert queue.pop() is None


async def test_controllers_run_on_the_loop_until_stopped() -> None:
    world = World(is_started=False)
    controllers = start(world.cluster)
    world.create("deployments.apps", "web", deployment_spec(1))
    ready = asyncio.Event()

    def watch(change: Change) -> None:
        if change.info.kind == "Deployment" and change.obj.get("status", {}).get("readyReplicas") == 1:
            ready.set()

    world.cluster.subscribe(watch)
    async with asyncio.timeout(5):
        await ready.wait()
    await controllers.stop()
    world.create("deployments.apps", "late", deployment_spec(1))
    await asyncio.sleep(0.005)
    assert "status" not in world.get("deployments.apps", "late")
