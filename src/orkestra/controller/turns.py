"""How many reconciles may begin before the event loop looks at sockets and timers again.

A reconcile computes up to its first request without waiting. With a hundred controllers, some hundred workers may be
woken in one turn of the loop; begun all at once, they would keep watches, leases and probes waiting for their sum.
"""

from __future__ import annotations

import asyncio
from collections import deque

PER_TURN = 16


class Turns:
    """``await begin()`` before each piece of work. Nobody is held up by work that waits: only beginnings count."""

    def __init__(self, per_turn: int = PER_TURN) -> None:
        self._per_turn = per_turn
        self._left = per_turn
        self._is_scheduled = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def begin(self) -> None:
        """Returns at once, or in a later turn of the loop, in order of arrival; no deadline is needed."""
        loop = asyncio.get_running_loop()
        if not self._is_scheduled:
            self._is_scheduled = True
            loop.call_soon(self._next, loop)
        if self._left:
            self._left -= 1
            return
        waiter: asyncio.Future[None] = loop.create_future()
        self._waiting.append(waiter)
        await waiter

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        self._left = self._per_turn
        while self._waiting and self._left:
            waiter = self._waiting.popleft()
            if not waiter.done():  # cancelled while it waited
                waiter.set_result(None)
                self._left -= 1
        self._is_scheduled = self._left < self._per_turn
        if self._is_scheduled:
            loop.call_soon(self._next, loop)
