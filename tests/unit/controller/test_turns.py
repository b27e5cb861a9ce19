"""Work that begins in one turn of the loop, and work that waits for the next."""

from __future__ import annotations

import asyncio
from itertools import pairwise

from orkestra.controller.turns import Turns


async def started_by_turn(turns: Turns, count: int, rounds: int) -> list[int]:
    """How many of ``count`` workers have begun after each of so many turns of the loop."""
    begun = 0

    async def work() -> None:
        nonlocal begun
        await turns.begin()
        begun += 1

    workers = [asyncio.ensure_future(work()) for _ in range(count)]
    seen = []
    for _ in range(rounds):
        await asyncio.sleep(0)
        seen.append(begun)
    await asyncio.gather(*workers)
    return seen


async def test_few_begin_at_once() -> None:
    assert (await started_by_turn(Turns(4), 4, 1)) == [4]


async def test_many_begin_a_few_a_turn_and_all_of_them() -> None:
    seen = await started_by_turn(Turns(4), 18, 12)
    assert seen[0] == 4 and seen[-1] == 18
    assert all(later - earlier <= 4 for earlier, later in pairwise(seen))


async def test_those_that_came_first_begin_first() -> None:
    turns, order = Turns(1), []

    async def work(number: int) -> None:
        await turns.begin()
        order.append(number)

    await asyncio.gather(*(work(number) for number in range(5)))
    assert order == [0, 1, 2, 3, 4]


async def test_one_that_is_cancelled_keeps_no_place() -> None:
    turns = Turns(1)
    first, leaving, staying = (asyncio.ensure_future(turns.begin()) for _ in range(3))
    await asyncio.sleep(0)
    leaving.cancel()
    async with asyncio.timeout(1):
        await staying
    assert first.done() and leaving.cancelled()


async def test_an_idle_loop_is_left_alone() -> None:
    turns = Turns(2)
    await started_by_turn(turns, 5, 8)
    for _ in range(4):
        await asyncio.sleep(0)
    assert not turns._is_scheduled
    assert await started_by_turn(turns, 2, 1) == [2]
