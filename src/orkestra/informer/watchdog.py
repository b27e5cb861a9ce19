"""Ends a wait that has gone silent, at the cost of one attribute write per event instead of one timer each."""

from __future__ import annotations

import asyncio
from types import TracebackType


class Watchdog:
    """``async with Watchdog(seconds) as dog``: TimeoutError once ``seconds`` pass without ``dog.fed_at`` moving.

    Set ``fed_at`` to the loop's time on each sign of life; ``seconds`` may be changed on the way.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._loop = asyncio.get_running_loop()
        self.fed_at = self._loop.time()
        self._scope = asyncio.timeout(None)
        self._timer: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Watchdog:
        await self._scope.__aenter__()
        self._timer = self._loop.call_later(self.seconds, self._look)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        await self._scope.__aexit__(kind, error, trace)

    def tighten(self, seconds: float) -> None:
        """From now on allow at most ``seconds`` of silence."""
        if seconds < self.seconds and self._timer is not None:
            self.seconds = seconds
            self._timer.cancel()
            self._timer = self._loop.call_at(self.fed_at + seconds, self._look)

    def _look(self) -> None:
        due = self.fed_at + self.seconds
        if due <= self._loop.time():
            self._scope.reschedule(self._loop.time())
        else:
            self._timer = self._loop.call_at(due, self._look)
