"""Starts and stops controllers in order: watch, sync, lead, work; and back.

Each controller waits for its own informers only, so a kind that is missing or forbidden holds up nobody else.
Followers keep their caches warm and their queues filled, and do no work.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from orkestra.controller.controller import Controller
from orkestra.controller.leader import LeaderElector
from orkestra.controller.recorder import Recorder
from orkestra.controller.resync import resync
from orkestra.informer.factory import InformerFactory
from orkestra.informer.informer import Informer
from orkestra.k8s.objects import ObjectKey

_log = logging.getLogger(__name__)

_PATIENCE = 30.0
"""Seconds between two mentions in the log that a controller still waits for its informers."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A controller, the informers it needs, and what it looks at again every ``resync_period`` seconds (0: never)."""

    controller: Controller
    informers: Sequence[Informer] = ()
    keys: Callable[[], Iterable[ObjectKey]] = tuple
    resync_period: float = 0.0


class Manager:
    """``elect`` makes the elector around the work of a leader; without it this process always leads."""

    def __init__(
        self,
        factory: InformerFactory,
        *,
        elect: Callable[[Callable[[], asyncio.Future[None]]], LeaderElector] | None = None,
        recorder: Recorder | None = None,
        stop_timeout: float = 30.0,
    ) -> None:
        self._factory = factory
        self._recorder = recorder
        self._stop_timeout = stop_timeout
        self._units: list[Unit] = []
        self._is_stopping = False
        self.elector: LeaderElector | None = None if elect is None else elect(self._start_leading)

    def add(self, unit: Unit) -> None:
        """Before ``run``. Units stop in the reverse of the order in which they were added."""
        self._units.append(unit)

    @property
    def is_leading(self) -> bool:
        return self.elector is None or self.elector.is_leading

    async def run(self, stop: asyncio.Event) -> None:
        """Run until ``stop`` is set, then stop in order: controllers, lease, events, informers."""
        async with self._factory as factory, asyncio.TaskGroup() as group:
            factory.start()
            recording = group.create_task(self._recorder.run()) if self._recorder is not None else None
            working = group.create_task(self._lead() if self.elector is None else self.elector.run())
            stopping = group.create_task(_wait(stop))
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
            self._is_stopping = True
            working.cancel()
            await asyncio.wait({working}, timeout=self._stop_timeout * 1.5)
            if self._recorder is not None and recording is not None:
                await self._recorder.flush(min(5.0, self._stop_timeout))
                recording.cancel()
            stopping.cancel()

    def _start_leading(self) -> asyncio.Future[None]:
        return asyncio.ensure_future(self._lead())

    async def _lead(self) -> None:
        tasks = [asyncio.ensure_future(self._run_unit(unit)) for unit in self._units]
        try:
            await asyncio.wait(tasks) if tasks else await asyncio.Event().wait()
        except asyncio.CancelledError:
            # A deposed leader stops where it stands; one that was asked to stop finishes what it has begun.
            if self._is_stopping:
                await self._drain()
            raise
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + self._stop_timeout
        for unit in reversed(self._units):
            if not await unit.controller.stop(max(0.0, until - loop.time())):
                _log.warning("controller %s did not finish in time, cut off", unit.controller.name)

    async def _run_unit(self, unit: Unit) -> None:
        name = unit.controller.name
        for informer in unit.informers:
            while not await informer.wait_synced(_PATIENCE):
                _log.warning("controller %s waits for %s: %s", name, informer.target, informer.last_error or "listing")
        try:
            async with asyncio.TaskGroup() as group:
                again = group.create_task(resync(unit.controller.queue, unit.keys, unit.resync_period))
                await unit.controller.run()
                again.cancel()
        except Exception as error:  # isolation: the other controllers go on
            _log.error("controller %s broke: %r", name, error)


async def _wait(event: asyncio.Event) -> None:
    await event.wait()
