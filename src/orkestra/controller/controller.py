"""Workers that take keys from a queue and reconcile them.

A reconcile that returns is done; one that raises runs again after a back-off of its own key. Which worker runs it
does not matter, and nothing a reconcile does can end a worker.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from orkestra.controller.backlog import Priority
from orkestra.controller.turns import Turns
from orkestra.controller.workqueue import QueueShutDown, WorkQueue
from orkestra.k8s.objects import ObjectKey

_log = logging.getLogger(__name__)

DEFAULT_WORKERS = 3
RECONCILE_DEADLINE = 300.0
"""Seconds one reconcile may take before it is cancelled and counts as failed."""


@dataclass(frozen=True, slots=True)
class Result:
    """``requeue_after``: run again in so many seconds even if nothing changes; None: only on a change."""

    requeue_after: float | None = None


DONE = Result()

Reconcile = Callable[[ObjectKey], Awaitable[Result]]


class Observer(Protocol):
    """What a controller tells metrics; every method must be quick and must not raise."""

    def reconciled(self, seconds: float, error: BaseException | None) -> None: ...

    def workers_changed(self, total: int, processing: int) -> None: ...


class Controller:
    """``on_error(key, error, failures)`` hears of every failed reconcile; ``failures`` counts them in a row.

    ``turns``: shared by the controllers of a process, so that they do not all begin at once.
    """

    def __init__(
        self,
        name: str,
        reconcile: Reconcile,
        *,
        queue: WorkQueue[ObjectKey] | None = None,
        workers: int = DEFAULT_WORKERS,
        deadline: float = RECONCILE_DEADLINE,
        on_error: Callable[[ObjectKey, Exception, int], None] | None = None,
        observer: Observer | None = None,
        turns: Turns | None = None,
    ) -> None:
        self.name = name
        self.queue: WorkQueue[ObjectKey] = queue if queue is not None else WorkQueue()
        self._reconcile = reconcile
        self._wanted = _checked(workers)
        self._deadline = deadline
        self._on_error = on_error
        self._observer = observer
        self._turns = turns if turns is not None else Turns()
        self._group: asyncio.TaskGroup | None = None
        self._workers: set[asyncio.Task[None]] = set()
        self._busy: set[asyncio.Task[None]] = set()
        self._retired: set[asyncio.Task[None]] = set()
        self._spawned = 0

    # -- state ----------------------------------------------------------------------------------------------------
    @property
    def workers(self) -> int:
        """Workers wanted; a surplus one that is busy still finishes its key."""
        return self._wanted

    @property
    def processing(self) -> int:
        """Workers that are reconciling now."""
        return len(self._busy)

    # -- running --------------------------------------------------------------------------------------------------
    async def run(self) -> None:
        """Work until ``stop`` (returns; the queue stays shut) or cancellation.

        Cancellation cuts reconciles off where they wait; what they were working on stays queued, and ``run`` may be
        called again: a leader deposed and elected again goes on where it was.
        """
        try:
            async with asyncio.TaskGroup() as self._group:
                self._adjust()
        finally:
            self._group = None

    async def stop(self, timeout: float) -> bool:
        """Take nothing more, let reconciles end within ``timeout`` seconds, cancel the rest; True if all ended."""
        self.queue.shut_down()
        ended = await self.queue.wait_idle(timeout)
        for worker in [*self._workers]:
            if not ended:
                self._retired.add(worker)
                worker.cancel()
        return ended

    def set_workers(self, count: int) -> None:
        """Change the number of workers, running or not. Raises ValueError below 1."""
        self._wanted = _checked(count)
        if self._group is not None and not self.queue.is_shut_down:
            self._adjust()

    # -- inside ---------------------------------------------------------------------------------------------------
    def _adjust(self) -> None:
        assert self._group is not None
        staying = self._workers - self._retired
        for _ in range(self._wanted - len(staying)):
            self._spawned += 1
            worker = self._group.create_task(self._work(), name=f"{self.name} worker {self._spawned}")
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
            worker.add_done_callback(self._retired.discard)
        surplus = len(staying) - self._wanted
        # Idle workers go first and at once; a busy one goes when its key is done.
        for worker in sorted(staying, key=self._busy.__contains__)[: max(surplus, 0)]:
            self._retired.add(worker)
            if worker not in self._busy:
                worker.cancel()
        self._observe_workers()

    async def _work(self) -> None:
        worker = asyncio.current_task()
        assert worker is not None
        while worker not in self._retired:
            try:
                key, priority = await self.queue.get()
            except QueueShutDown:
                return
            self._busy.add(worker)
            self._observe_workers()
            try:
                await self._turns.begin()
                await self._handle(key, priority)
            except asyncio.CancelledError:
                self.queue.add(key, priority)  # cut off in the middle: it must run again if we ever run again
                raise
            finally:
                self._busy.discard(worker)
                self.queue.done(key)
                self._observe_workers()
            # A reconcile that never waits must not keep watches and other controllers from running.
            await asyncio.sleep(0)

    async def _handle(self, key: ObjectKey, priority: Priority) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        error: Exception | None = None
        try:
            async with asyncio.timeout(self._deadline):
                result = await self._reconcile(key)
        except asyncio.CancelledError as cancelled:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            error = RuntimeError("the reconcile was cancelled from within")
            error.__cause__ = cancelled
        except TimeoutError as late:
            error = late
        except Exception as failed:
            error = failed
        if error is None:
            self.queue.forget(key)
            if result.requeue_after is not None:
                self.queue.add_after(key, result.requeue_after, priority)
        else:
            self._fail(key, priority, error)
        if self._observer is not None:
            self._observer.reconciled(loop.time() - began, error)

    def _fail(self, key: ObjectKey, priority: Priority, error: Exception) -> None:
        delay = self.queue.add_rate_limited(key, priority)
        failures = self.queue.num_requeues(key)
        if self._on_error is None:
            _log.warning("%s %s failed (%d in a row), again in %.3f s: %r", self.name, key, failures, delay, error)
            return
        try:
            self._on_error(key, error, failures)
        except Exception as second:
            _log.error("the error hook of %s failed on %s: %r", self.name, key, second)

    def _observe_workers(self) -> None:
        if self._observer is not None:
            self._observer.workers_changed(len(self._workers - self._retired), len(self._busy))


def _checked(workers: int) -> int:
    if workers < 1:
        raise ValueError(f"a controller needs at least one worker, not {workers}")
    return workers
