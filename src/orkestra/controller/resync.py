"""Looks at everything again from time to time, in case something was missed or time itself matters.

Keys come in with low priority and spread over the whole period, so that a resync is a drizzle and not a flood.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable

from orkestra.controller.backlog import Priority
from orkestra.controller.workqueue import WorkQueue
from orkestra.k8s.objects import ObjectKey

_STEP = 0.25
"""Seconds between two portions at the least; below it the timers would cost more than the spreading gains."""
_JITTER = 0.1


async def resync(
    queue: WorkQueue[ObjectKey],
    keys: Callable[[], Iterable[ObjectKey]],
    period: float,
    *,
    random_fraction: Callable[[], float] = random.random,
) -> None:
    """Add all of ``keys()`` once per ``period`` seconds (give or take a tenth) until cancelled. 0: never."""
    if period <= 0:
        return
    loop = asyncio.get_running_loop()
    # The first round starts late: the initial list has just brought every key.
    await asyncio.sleep(period * random_fraction())
    while not queue.is_shut_down:
        began = loop.time()
        length = period * (1 + _JITTER * (2 * random_fraction() - 1))
        pending = [*keys()]
        portions = max(1, min(len(pending), int(length / _STEP)))
        for at in range(portions):
            for key in pending[at::portions]:
                queue.add(key, Priority.LOW)
            await asyncio.sleep(max(0.0, began + length * (at + 1) / portions - loop.time()))
