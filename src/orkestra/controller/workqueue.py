"""The work queue: keys to reconcile, now, later, or after a back-off that grows with each failure.

``Backlog`` holds the ordering guarantees; this adds waiting, time and limits. All delayed keys share one timer heap
and one timer of the event loop, so 10,000 of them cost one wake-up at a time. Not thread-safe: one event loop.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from orkestra.controller.backlog import Backlog, Priority
from orkestra.controller.courtesy import Courtesy
from orkestra.controller.ratelimit import ExponentialBackoff

K = TypeVar("K", bound=Hashable)

_HEAP_SLACK = 64
"""Stale heap entries tolerated beside the live ones before the heap is rebuilt."""


class QueueShutDown(Exception):
    """The queue was shut down and has nothing left to hand out."""


class WorkQueue(Generic[K]):
    """``max_depth`` bounds the keys that wait (0: no bound); at the bound only keys not known yet are refused.

    ``observe_latency`` is told the seconds each key waited between becoming ready and being handed out. ``courtesy``:
    shared with other queues. One that ``gives_way`` works on one LOW key at a time while others are busy with changes.
    """

    def __init__(
        self,
        *,
        limiter: ExponentialBackoff[K] | None = None,
        max_depth: int = 0,
        observe_latency: Callable[[float], None] | None = None,
        courtesy: Courtesy | None = None,
        gives_way: bool = False,
    ) -> None:
        self._backlog: Backlog[K] = Backlog()
        self._limiter = limiter if limiter is not None else ExponentialBackoff[K]()
        self._max_depth = max_depth
        self._observe_latency = observe_latency
        self._courtesy = courtesy if courtesy is not None else Courtesy()
        self._gives_way = gives_way
        self._ready_since: dict[K, float] = {}
        self._delayed: dict[K, tuple[float, int, Priority]] = {}
        self._heap: list[tuple[float, int, K]] = []
        self._tickets = 0
        # uvloop turns a timer that is nearly due into a plain handle, which does not tell its time: kept beside it
        self._timer: asyncio.Handle | None = None
        self._fires_at = 0.0
        self._getters: deque[asyncio.Future[None]] = deque()
        self._idle = asyncio.Event()
        self._idle.set()
        self._shut_down = False
        self.refused = 0
        """Adds refused because the queue was full."""

    # -- adding ---------------------------------------------------------------------------------------------------
    def add(self, key: K, priority: Priority = Priority.HIGH) -> bool:
        """Queue ``key``. False if it was refused: the queue is full and did not know the key, or is shut down."""
        if self._shut_down:
            return False
        if 0 < self._max_depth <= len(self._backlog) and not self._knows(key):
            self.refused += 1
            return False
        self._add_known(key, priority)
        return True

    def add_after(self, key: K, delay: float, priority: Priority = Priority.HIGH) -> None:
        """Queue ``key`` in ``delay`` seconds. Of several delays for one key the earliest counts."""
        if self._shut_down:
            return
        if delay <= 0:
            self._add_known(key, priority)
            return
        when = asyncio.get_running_loop().time() + delay
        known = self._delayed.get(key)
        if known is not None:
            priority = max(priority, known[2])
            if known[0] <= when:
                self._delayed[key] = (known[0], known[1], priority)
                return
        self._tickets += 1
        self._delayed[key] = (when, self._tickets, priority)
        heapq.heappush(self._heap, (when, self._tickets, key))
        if len(self._heap) > 2 * len(self._delayed) + _HEAP_SLACK:
            self._heap = [(at, ticket, k) for k, (at, ticket, _) in self._delayed.items()]
            heapq.heapify(self._heap)
        self._arm()

    def add_rate_limited(self, key: K, priority: Priority = Priority.HIGH) -> float:
        """Queue ``key`` after its back-off; the seconds that is."""
        delay = self._limiter.when(key)
        self.add_after(key, delay, priority)
        return delay

    def forget(self, key: K) -> None:
        """Start the back-off of ``key`` over (it succeeded, or is gone for good). A queued add stays."""
        self._limiter.forget(key)

    def num_requeues(self, key: K) -> int:
        return self._limiter.failures(key)

    # -- taking ---------------------------------------------------------------------------------------------------
    async def get(self) -> tuple[K, Priority]:
        """Wait for a key; the caller must call ``done`` for it. Raises QueueShutDown once nothing will come.

        Waits without a deadline by design: an idle worker has nothing else to do, and ``shut_down`` ends the wait.
        """
        while True:
            taken = self.get_nowait()
            if taken is not None:
                return taken
            if self._shut_down:
                raise QueueShutDown
            getter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._getters.append(getter)
            try:
                await getter
            except asyncio.CancelledError:
                # This wake-up was for somebody: pass it on rather than leave a ready key with no worker.
                if getter.done() and not getter.cancelled():
                    self._wake(1)
                elif getter in self._getters:
                    self._getters.remove(getter)
                raise

    def get_nowait(self) -> tuple[K, Priority] | None:
        now = asyncio.get_running_loop().time()
        is_low_enough = self._gives_way and self._backlog.running_low > 0 and self._courtesy.has_others(self, now)
        taken = self._backlog.pop(may_be_low=not is_low_enough)
        if taken is None:
            return None
        self._idle.clear()
        if taken[1] is Priority.HIGH:
            self._courtesy.note(self, now)
        if self._gives_way and self._backlog:
            self._wake(1)  # a worker may have been refused what it was woken for, and now be needed
        since = self._ready_since.pop(taken[0], None)
        if self._observe_latency is not None and since is not None:
            self._observe_latency(now - since)
        return taken

    def done(self, key: K) -> None:
        """End the work on ``key``; if it was added meanwhile it is queued again. KeyError if it does not run."""
        if self._backlog.done(key):
            self._mark_ready(key)
            self._wake(1)
        elif self._gives_way and self._backlog:
            self._wake(1)
        if not self._backlog.running:
            self._idle.set()

    # -- state ----------------------------------------------------------------------------------------------------
    def depth(self) -> int:
        """Keys ready and waiting; delayed and running ones do not count."""
        return len(self._backlog)

    @property
    def delayed(self) -> int:
        return len(self._delayed)

    @property
    def running(self) -> int:
        return self._backlog.running

    @property
    def is_shut_down(self) -> bool:
        return self._shut_down

    # -- ending ---------------------------------------------------------------------------------------------------
    def shut_down(self, *, drain: bool = False) -> None:
        """Accept nothing more. ``drain``: hand out what is ready first; else drop it. Delayed keys are dropped."""
        self._shut_down = True
        self._delayed.clear()
        self._heap.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not drain:
            self._backlog.clear()
            self._ready_since.clear()
        self._wake(len(self._getters))

    async def wait_idle(self, timeout: float) -> bool:
        """Wait until no key is being worked on, at most ``timeout`` seconds; whether that came true."""
        try:
            async with asyncio.timeout(timeout):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True

    # -- inside ---------------------------------------------------------------------------------------------------
    def _knows(self, key: K) -> bool:
        return self._backlog.holds(key) or key in self._delayed

    def _add_known(self, key: K, priority: Priority) -> None:
        if self._backlog.add(key, priority):
            self._mark_ready(key)
            self._wake(1)

    def _mark_ready(self, key: K) -> None:
        if self._observe_latency is not None:
            self._ready_since[key] = asyncio.get_running_loop().time()

    def _wake(self, count: int) -> None:
        while count > 0 and self._getters:
            getter = self._getters.popleft()
            if not getter.done():
                getter.set_result(None)
                count -= 1

    def _arm(self) -> None:
        when = self._heap[0][0]
        if self._timer is not None:
            if self._fires_at <= when:
                return
            self._timer.cancel()
        self._set_timer(when)

    def _set_timer(self, when: float) -> None:
        self._fires_at = when
        self._timer = asyncio.get_running_loop().call_at(when, self._release_due)

    def _release_due(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        while self._heap and self._heap[0][0] <= now:
            _, ticket, key = heapq.heappop(self._heap)
            delayed = self._delayed.get(key)
            if delayed is None or delayed[1] != ticket:
                continue  # brought forward: another entry stands for this key
            del self._delayed[key]
            self._add_known(key, delayed[2])
        if self._heap:
            # A loop clock of coarse resolution may fire a timer early; never re-arm it in the past.
            self._set_timer(max(self._heap[0][0], now + 0.001))
