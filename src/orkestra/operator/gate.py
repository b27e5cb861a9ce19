"""A switch that tasks wait on: open or closed, with a reason while closed."""

from __future__ import annotations

import asyncio


class Gate:
    """Several may wait; ``reason`` says why it is closed, for people."""

    def __init__(self, reason: str = "") -> None:
        self._open = asyncio.Event()
        self._closed = asyncio.Event()
        self.reason = reason
        if reason:
            self._closed.set()
        else:
            self._open.set()

    @property
    def is_open(self) -> bool:
        return self._open.is_set()

    def open(self) -> None:
        self.reason = ""
        self._closed.clear()
        self._open.set()

    def close(self, reason: str) -> None:
        self.reason = reason
        self._open.clear()
        self._closed.set()

    async def wait_open(self) -> None:
        await self._open.wait()

    async def wait_closed(self) -> None:
        await self._closed.wait()
