"""Start and stop in order; nobody waits for somebody else's missing kind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from orkestra.controller.controller import DONE, Controller, Result
from orkestra.controller.leader import LeaderElector
from orkestra.controller.manager import Manager, Unit
from orkestra.controller.recorder import NORMAL, Recorder
from orkestra.controller.sources import Source, itself
from orkestra.informer.factory import InformerFactory
from orkestra.informer.target import Target
from orkestra.k8s.errors import NotFound
from orkestra.k8s.objects import ObjectKey
from tests.fake_api import WEBSITES, FakeApi
from tests.unit.controller.test_leader import LEASE, LeaseServer, Wire
from tests.unit.controller.test_recorder import EventServer, website
from tests.virtual_time import settle, virtual_time


class World:
    """A manager over a fake server, and what its controllers did."""

    def __init__(self, *, server: LeaseServer | None = None, seconds: float = 0.0) -> None:
        self.api = FakeApi()
        self.factory = InformerFactory(self.api)
        self.events = EventServer()
        self.recorder = Recorder(self.events, controller="orkestra.io/runtime", instance="host_1")
        self.seconds = seconds
        self.done: list[str] = []
        self.stop = asyncio.Event()
        self.wire = Wire(server) if server else None
        self.manager = Manager(
            self.factory, elect=self.elect if server else None, recorder=self.recorder, stop_timeout=20
        )

    def elect(self, lead: Callable[[], asyncio.Future[None]]) -> LeaderElector:
        assert self.wire is not None
        return LeaderElector(self.wire, LEASE, on_started=lead)

    def add(self, namespace: str, *, resync_period: float = 0.0) -> Controller:
        async def reconcile(key: ObjectKey) -> Result:
            await asyncio.sleep(self.seconds)
            self.done.append(str(key))
            return DONE

        informer = self.factory.acquire(Target(WEBSITES, namespace))
        controller = Controller(namespace or "all", reconcile)
        Source(informer, controller.queue, itself)
        self.manager.add(Unit(controller, [informer], informer.lister.keys, resync_period))
        return controller

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.Task[None]]:
        task = asyncio.create_task(self.manager.run(self.stop))
        await settle()
        try:
            yield task
        finally:
            self.stop.set()
            await asyncio.wait_for(task, 120)


@virtual_time
async def test_it_syncs_then_works_then_stops() -> None:
    world = World()
    world.api.put("old")
    world.add("")
    async with world.running():
        await asyncio.sleep(1)
        world.api.put("new")
        await asyncio.sleep(1)
        assert world.done == ["default/old", "default/new"]
    assert world.api.watchers == 0


@virtual_time
async def test_a_missing_kind_holds_up_only_its_own_controller() -> None:
    world = World()
    world.api.list_faults.extend(NotFound("not served") for _ in range(2))
    first, second = world.add("shop"), world.add("default")
    world.api.put("web")
    async with world.running():
        await asyncio.sleep(0.5)
        assert (first.processing, second.processing, world.done) == (0, 0, [])
        await asyncio.sleep(30)
        assert set(world.done) == {"default/web"}


@virtual_time
async def test_a_graceful_stop_lets_a_reconcile_end_and_writes_the_last_events() -> None:
    world = World(seconds=10)
    world.api.put("web")
    world.add("")
    async with world.running():
        await asyncio.sleep(1)
        world.recorder.record(website(), NORMAL, "Stopping", "bye")
    assert world.done == ["default/web"]
    assert len(world.events.events) == 1


@virtual_time
async def test_a_stop_has_a_deadline() -> None:
    world = World(seconds=100_000)
    world.api.put("web")
    world.add("")
    start = asyncio.get_running_loop().time()
    async with world.running():
        await asyncio.sleep(1)
    assert asyncio.get_running_loop().time() - start < 25
    assert world.done == []


@virtual_time
async def test_a_resync_brings_everything_back_now_and_then() -> None:
    world = World()
    world.api.put("web")
    world.add("", resync_period=30)
    async with world.running():
        await asyncio.sleep(305)
    assert 9 <= len(world.done) <= 13


@virtual_time
async def test_a_follower_keeps_warm_and_does_not_work_until_it_leads() -> None:
    server = LeaseServer()
    leader, follower = World(server=server), World(server=server)
    for world in (leader, follower):
        world.add("")
        world.api.put("web")
    async with leader.running():
        await asyncio.sleep(1)
        assert leader.manager.is_leading and leader.done == ["default/web"]
        async with follower.running():
            await asyncio.sleep(30)
            assert (follower.manager.is_leading, follower.done) == (False, [])
            assert follower.api.watchers == 1
            leader.stop.set()
            await asyncio.sleep(10)
            assert follower.manager.is_leading and follower.done == ["default/web"]


@virtual_time
async def test_a_deposed_leader_works_again_when_it_leads_again() -> None:
    server = LeaseServer()
    world = World(server=server, seconds=5)
    world.add("")
    async with world.running():
        await asyncio.sleep(5)
        assert world.wire is not None
        world.wire.is_cut = True
        await asyncio.sleep(6)
        world.api.put("web")
        await asyncio.sleep(3)
        assert not world.manager.is_leading or world.done == []
        await asyncio.sleep(10)
        assert (world.manager.is_leading, world.done) == (False, [])
        world.api.put("meanwhile")
        world.wire.is_cut = False
        await asyncio.sleep(30)
        assert world.manager.is_leading
        assert sorted(world.done) == ["default/meanwhile", "default/web"]


@virtual_time
async def test_a_cancelled_manager_leaves_nothing_running() -> None:
    world = World(seconds=1000)
    world.api.put("web")
    world.add("")
    task = asyncio.create_task(world.manager.run(world.stop))
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await settle()
    assert world.api.watchers == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}
