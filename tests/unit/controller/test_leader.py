"""Leader election: at most one writes, whatever clocks, networks and rivals do."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest

from orkestra.client.errors import ConnectionFailed
from orkestra.controller.leader import LeaderElector, Timing, new_identity
from orkestra.k8s.errors import AlreadyExists, Conflict, NotFound
from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey
from tests.virtual_time import virtual_time

LEASE = ObjectKey("orkestra-system", "orkestra")


def now() -> float:
    return asyncio.get_running_loop().time()


class LeaseServer:
    """One Lease, with optimistic locking."""

    def __init__(self) -> None:
        self.lease: Object | None = None
        self.version = 0
        self.updates: list[tuple[float, str]] = []

    def store(self, obj: Object) -> Object:
        self.version += 1
        self.lease = copy.deepcopy(obj)
        self.lease["metadata"]["resourceVersion"] = str(self.version)
        self.updates.append((now(), obj["spec"]["holderIdentity"]))
        return copy.deepcopy(self.lease)

    @property
    def spec(self) -> dict[str, Any]:
        assert self.lease is not None
        spec: dict[str, Any] = self.lease["spec"]
        return spec


class Wire:
    """One candidate's connection: it may be cut, or swallow everything."""

    def __init__(self, server: LeaseServer) -> None:
        self.server = server
        self.is_cut = False
        self.is_silent = False
        self.unanswered: asyncio.Event | None = None
        """Where there is one, updates are done and not answered for a second; it is set meanwhile."""

    async def _pass(self) -> None:
        await asyncio.sleep(0.01)
        if self.is_silent:
            await asyncio.sleep(10_000)
        if self.is_cut:
            raise ConnectionFailed("no route to host")

    async def get(self, info: ResourceInfo, key: ObjectKey) -> Object:
        await self._pass()
        assert (info.plural, key) == ("leases", LEASE)
        if self.server.lease is None:
            raise NotFound("leases not found")
        return copy.deepcopy(self.server.lease)

    async def create(self, info: ResourceInfo, obj: Object, *, field_manager: str) -> Object:
        await self._pass()
        if self.server.lease is not None:
            raise AlreadyExists("leases already exists")
        return self.server.store(obj)

    async def update(self, info: ResourceInfo, obj: Object, *, field_manager: str = "") -> Object:
        await self._pass()
        if self.server.lease is None:
            raise NotFound("leases not found")
        if obj["metadata"].get("resourceVersion") != self.server.lease["metadata"]["resourceVersion"]:
            raise Conflict("the object has been modified")
        stored = self.server.store(obj)
        if self.unanswered is not None:
            self.unanswered.set()
            await asyncio.sleep(1)
        return stored


class Candidate:
    def __init__(self, server: LeaseServer, name: str, *, wind_down: float = 0.0) -> None:
        self.wire = Wire(server)
        self.terms: list[list[float]] = []
        self.stopped = 0
        self.wind_down = wind_down
        self.elector = LeaderElector(self.wire, LEASE, on_started=self.lead, on_stopped=self.note_stop, identity=name)

    async def lead(self) -> None:
        term = [now()]
        self.terms.append(term)
        try:
            await asyncio.sleep(1_000_000)
        except asyncio.CancelledError:
            await asyncio.sleep(self.wind_down)
            raise
        finally:
            term.append(now())

    def note_stop(self) -> None:
        self.stopped += 1


@asynccontextmanager
async def competing(*candidates: Candidate) -> AsyncIterator[list[asyncio.Task[None]]]:
    tasks = [asyncio.create_task(candidate.elector.run()) for candidate in candidates]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until_leading(candidate: Candidate, within: float) -> None:
    async with asyncio.timeout(within):
        while not candidate.elector.is_leading:  # noqa: ASYNC110  # is_leading is a reading of the clock, not an event
            await asyncio.sleep(0.05)


@virtual_time
async def test_one_of_many_leads_and_keeps_leading() -> None:
    server = LeaseServer()
    candidates = [Candidate(server, f"replica-{number}") for number in range(5)]
    async with competing(*candidates):
        for _ in range(6000):
            await asyncio.sleep(0.1)
            assert sum(candidate.elector.is_leading for candidate in candidates) <= 1
        leaders = [candidate for candidate in candidates if candidate.elector.is_leading]
        assert len(leaders) == 1
        assert [len(candidate.terms) for candidate in candidates].count(1) == 1
        assert {candidate.elector.leader for candidate in candidates} == {leaders[0].elector.identity}
        assert server.spec["leaseTransitions"] == 0


@virtual_time
async def test_the_lease_says_what_other_clients_expect() -> None:
    server = LeaseServer()
    first = Candidate(server, "first")
    async with competing(first):
        await until_leading(first, 5)
        acquired = server.spec["acquireTime"]
        await asyncio.sleep(10)
        assert server.spec["leaseDurationSeconds"] == 15
        assert server.spec["acquireTime"] == acquired
        assert server.spec["renewTime"].endswith("Z") and len(server.spec["renewTime"]) == 27
        renewals = [at for at, _ in server.updates]
        assert all(1.9 <= later - earlier <= 2.2 for earlier, later in pairwise(renewals))


@virtual_time
async def test_a_leader_that_stops_gives_the_lease_back_at_once() -> None:
    server = LeaseServer()
    first, second = Candidate(server, "first"), Candidate(server, "second")
    async with competing(first) as (running,):
        await until_leading(first, 5)
        async with competing(second):
            await asyncio.sleep(20)
            running.cancel()
            start = now()
            await until_leading(second, 10)
            assert now() - start < 5
            assert (first.stopped, first.elector.is_leading) == (1, False)
            assert server.spec["leaseTransitions"] == 1


@virtual_time
async def test_a_leader_that_stops_while_a_renewal_is_on_its_way_gives_the_lease_back_all_the_same() -> None:
    server = LeaseServer()
    one = Candidate(server, "one")
    async with competing(one) as (task,):
        await asyncio.sleep(1)
        one.wire.unanswered = asyncio.Event()
        await one.wire.unanswered.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert server.spec["holderIdentity"] == ""
    assert server.updates[-2][1] == "one", "the renewal had reached the server"


@virtual_time
async def test_a_leader_winding_down_keeps_the_lease_until_its_last_write() -> None:
    server = LeaseServer()
    first, second = Candidate(server, "first", wind_down=25), Candidate(server, "second")
    async with competing(first) as (running,):
        await until_leading(first, 5)
        async with competing(second):
            await asyncio.sleep(5)
            running.cancel()
            await until_leading(second, 60)
            assert first.terms[0][1] <= second.terms[0][0]


@virtual_time
@pytest.mark.parametrize("fault", ["is_cut", "is_silent"])
async def test_an_unreachable_leader_stops_before_anyone_can_follow(fault: str) -> None:
    server = LeaseServer()
    first, second = Candidate(server, "first"), Candidate(server, "second")
    async with competing(first, second):
        await asyncio.sleep(30)
        leader, follower = (first, second) if first.elector.is_leading else (second, first)
        last_renewal = server.updates[-1][0]
        setattr(leader.wire, fault, True)
        while not follower.elector.is_leading:
            assert not (leader.elector.is_leading and now() - last_renewal > 10.1)
            await asyncio.sleep(0.05)
        assert not leader.elector.is_leading
        assert leader.terms[0][1] < follower.terms[0][0] - 4, "with seconds to spare"
        assert now() - last_renewal < 25
        setattr(leader.wire, fault, False)
        await asyncio.sleep(60)
        assert (leader.elector.is_leading, len(leader.terms)) == (False, 1)


@virtual_time
async def test_one_lost_request_does_not_cost_the_lease() -> None:
    server = LeaseServer()
    first = Candidate(server, "first")
    async with competing(first):
        await until_leading(first, 5)
        await asyncio.sleep(5)
        first.wire.is_silent = True
        await asyncio.sleep(2.5)
        first.wire.is_silent = False
        await asyncio.sleep(30)
        assert len(first.terms) == 1 and first.elector.is_leading


@virtual_time
async def test_a_short_outage_does_not_cost_the_lease() -> None:
    server = LeaseServer()
    first = Candidate(server, "first")
    async with competing(first):
        await until_leading(first, 5)
        first.wire.is_cut = True
        await asyncio.sleep(7)
        first.wire.is_cut = False
        await asyncio.sleep(30)
        assert len(first.terms) == 1


@virtual_time
async def test_a_holder_with_a_clock_years_off_is_neither_robbed_nor_trusted_for_ever() -> None:
    server = LeaseServer()
    for skewed in ("1999-01-01T00:00:00.000000Z", "2099-01-01T00:00:00.000000Z"):
        spec = {
            "holderIdentity": "skewed",
            "leaseDurationSeconds": 15,
            "renewTime": skewed,
            "acquireTime": skewed,
            "leaseTransitions": 3,
        }
        server.store({"metadata": {"namespace": LEASE.namespace, "name": LEASE.name}, "spec": spec})
        rival = Candidate(server, "rival")
        async with competing(rival):
            await asyncio.sleep(14)
            assert not rival.elector.is_leading
            await asyncio.sleep(7)
            assert rival.elector.is_leading


@virtual_time
async def test_a_deposed_leader_stops_at_once_when_it_sees_it() -> None:
    server = LeaseServer()
    first = Candidate(server, "first")
    async with competing(first):
        await until_leading(first, 5)
        assert server.lease is not None
        usurped = copy.deepcopy(server.lease)
        usurped["spec"]["holderIdentity"] = "usurper"
        server.store(usurped)
        await asyncio.sleep(2.5)
        assert not first.elector.is_leading
        assert (first.stopped, first.elector.leader) == (1, "usurper")


@virtual_time
async def test_a_foreign_touch_of_the_lease_is_no_loss() -> None:
    server = LeaseServer()
    first = Candidate(server, "first")
    async with competing(first):
        await until_leading(first, 5)
        assert server.lease is not None
        labelled = copy.deepcopy(server.lease)
        labelled["metadata"]["labels"] = {"touched": "true"}
        server.store(labelled)
        await asyncio.sleep(30)
        assert len(first.terms) == 1 and first.elector.is_leading
        assert server.lease["metadata"]["labels"] == {"touched": "true"}


@virtual_time
async def test_a_deleted_lease_is_made_again() -> None:
    server = LeaseServer()
    first = Candidate(server, "first")
    async with competing(first):
        await until_leading(first, 5)
        server.lease = None
        await asyncio.sleep(30)
        assert len(first.terms) == 1 and first.elector.is_leading


@virtual_time
async def test_work_that_clings_delays_a_second_term_not_others() -> None:
    server = LeaseServer()
    first = Candidate(server, "first", wind_down=100)
    async with competing(first):
        await until_leading(first, 5)
        first.wire.is_cut = True
        await asyncio.sleep(12)
        first.wire.is_cut = False
        assert not first.elector.is_leading
        await asyncio.sleep(50)
        assert len(first.terms) == 1, "not twice at once"
        await asyncio.sleep(100)
        assert len(first.terms) == 2


@virtual_time
async def test_work_that_fails_or_ends_keeps_the_lease() -> None:
    server = LeaseServer()
    first = Candidate(server, "first")

    async def broken() -> None:
        raise RuntimeError("boom")

    first.elector._on_started = broken
    async with competing(first):
        await until_leading(first, 5)
        await asyncio.sleep(60)
        assert first.elector.is_leading


@pytest.mark.parametrize("wrong", [(10, 15, 2), (15, 10, 9), (15, 15, 2), (15, 10, 0)])
def test_timings_that_cannot_be_safe_are_refused(wrong: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="renewDeadline < leaseDuration"):
        Timing(*wrong)


def test_each_start_is_another_candidate() -> None:
    assert new_identity() != new_identity()
    assert "_" in new_identity()
