"""The ordering half of the work queue, without clock or waiting: who is queued, who runs, who runs again.

Guarantees, those of k8s.io/client-go util/workqueue/queue.go:

* a key is queued at most once, however often it is added;
* a key that is being worked on is never handed out a second time; adding it then marks it dirty, and ``done``
  queues it again;
* keys of one priority leave in the order they came.

Two priorities on top. HIGH (somebody changed something) leaves before LOW (resync, the initial list); adding a queued
LOW key as HIGH upgrades it, never the other way round. LOW is not starved: after ``HIGH_BURST`` HIGH keys in a row
while LOW waits, one LOW key leaves.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from enum import IntEnum
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

HIGH_BURST = 8
"""HIGH keys that may overtake waiting LOW keys in a row."""


class Priority(IntEnum):
    LOW = 0
    HIGH = 1


class Backlog(Generic[K]):
    def __init__(self) -> None:
        # Each lane holds (key, ticket); an entry whose ticket is no longer the key's own was upgraded away.
        self._lanes: tuple[deque[tuple[K, int]], deque[tuple[K, int]]] = (deque(), deque())
        self._waiting = [0, 0]
        self._queued: dict[K, tuple[Priority, int]] = {}
        self._running: dict[K, Priority] = {}
        self._dirty: dict[K, Priority] = {}
        self._running_low = 0
        self._tickets = 0
        self._burst = 0

    def __len__(self) -> int:
        """Keys that wait to be handed out; those being worked on, dirty or not, do not count."""
        return len(self._queued)

    def waiting(self, priority: Priority) -> int:
        return self._waiting[priority]

    @property
    def running(self) -> int:
        return len(self._running)

    @property
    def running_low(self) -> int:
        """Those of them that were handed out as LOW."""
        return self._running_low

    def holds(self, key: K) -> bool:
        """Whether ``key`` is queued or being worked on."""
        return key in self._queued or key in self._running

    def is_running(self, key: K) -> bool:
        return key in self._running

    def add(self, key: K, priority: Priority) -> bool:
        """True if ``key`` became ready to be handed out by this call (so a waiting worker should be woken)."""
        if key in self._running:
            self._dirty[key] = max(priority, self._dirty.get(key, Priority.LOW))
            return False
        queued = self._queued.get(key)
        if queued is not None:
            if priority <= queued[0]:
                return False
            self._waiting[queued[0]] -= 1
        self._enqueue(key, priority)
        return queued is None

    def pop(self, *, may_be_low: bool = True) -> tuple[K, Priority] | None:
        """Hand out the next key and the priority it was queued with; None if nothing waits that may be handed out."""
        high, low = self._waiting[Priority.HIGH], self._waiting[Priority.LOW] if may_be_low else 0
        if not high and not low:
            return None
        take_low = not high or (low and self._burst >= HIGH_BURST)
        priority = Priority.LOW if take_low else Priority.HIGH
        self._burst = self._burst + 1 if low and not take_low else 0
        lane = self._lanes[priority]
        while True:
            key, ticket = lane.popleft()
            if self._queued.get(key) == (priority, ticket):
                break
        del self._queued[key]
        self._waiting[priority] -= 1
        self._running[key] = priority
        self._running_low += priority is Priority.LOW
        return key, priority

    def done(self, key: K) -> bool:
        """End the work on ``key``; True if it was dirty and is queued again. KeyError if it did not run."""
        self._running_low -= self._running.pop(key) is Priority.LOW
        dirty = self._dirty.pop(key, None)
        if dirty is None:
            return False
        self._enqueue(key, dirty)
        return True

    def clear(self) -> list[K]:
        """Drop what waits, and the dirty marks of what runs; the dropped keys."""
        dropped = [*self._queued, *self._dirty]
        for lane in self._lanes:
            lane.clear()
        self._queued.clear()
        self._dirty.clear()
        self._waiting = [0, 0]
        return dropped

    def _enqueue(self, key: K, priority: Priority) -> None:
        self._tickets += 1
        self._queued[key] = (priority, self._tickets)
        self._waiting[priority] += 1
        self._lanes[priority].append((key, self._tickets))
