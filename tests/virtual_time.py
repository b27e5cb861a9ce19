"""An event loop whose clock jumps: waits cost no real time, and every run takes the same path.

``@virtual_time`` turns an ``async def test_…`` into an ordinary test that runs on such a loop. When every task waits
and a timer is pending, the clock moves to that timer at once. When nothing is pending at all, the test is stuck and
fails with ``NothingToWaitFor`` instead of hanging.
"""

from __future__ import annotations

import asyncio
import functools
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class NothingToWaitFor(AssertionError):
    """Every task waits for something that no timer and no other task will bring."""


class _JumpingSelector(selectors.SelectSelector):
    """Never blocks: turns the time it was asked to wait into a jump of the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready:
            return ready
        if timeout is None:
            raise NothingToWaitFor("all tasks wait and no timer is pending")
        if timeout > 0:
            self.now += timeout
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """``time()`` starts at 1000.0 and moves only when nothing else can run."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run ``main`` to its end on a fresh virtual-time loop."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)


def virtual_time(test: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Decorate an ``async def`` test (or helper) so that it runs on a virtual-time loop; fixtures pass through."""

    @functools.wraps(test)
    def runner(*args: P.args, **kwargs: P.kwargs) -> T:
        return run(test(*args, **kwargs))

    return runner


async def settle(rounds: int = 20) -> None:
    """Let every runnable task run, without moving the clock."""
    for _ in range(rounds):
        await asyncio.sleep(0)
