"""A keyed queue with delays: an item waits at most once, and what is due leaves in the order it came."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Item = TypeVar("Item", bound=Hashable)


class DelayQueue(Generic[Item]):
    """``clock`` gives monotonic seconds. Nothing here blocks or sleeps: who drains decides when to come back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ready: deque[Item] = deque()
        self._queued: set[Item] = set()
        self._due: dict[Item, float] = {}
        self._heap: list[tuple[float, int, Item]] = []
        self._order = 0

    def __len__(self) -> int:
        """Items ready or delayed."""
        return len(self._queued) + len(self._due)

    def add(self, item: Item) -> None:
        """Make ``item`` ready now; a delay it had is forgotten."""
        if item not in self._queued:
            self._queued.add(item)
            self._ready.append(item)
        self._due.pop(item, None)

    def add_after(self, item: Item, seconds: float) -> None:
        """Make ``item`` ready in ``seconds``, or sooner where it already is: the earliest wish wins."""
        if seconds <= 0:
            self.add(item)
            return
        due = self._clock() + seconds
        if item in self._queued or self._due.get(item, due + 1) <= due:
            return
        self._due[item] = due
        self._order += 1
        heapq.heappush(self._heap, (due, self._order, item))

    def pop(self) -> Item | None:
        """The next ready item, or None."""
        self._promote()
        if not self._ready:
            return None
        item = self._ready.popleft()
        self._queued.discard(item)
        return item

    def seconds_to_next(self) -> float | None:
        """0 where something is ready, None where nothing will ever be."""
        self._promote()
        if self._ready:
            return 0.0
        return max(0.0, self._heap[0][0] - self._clock()) if self._heap else None

    def _promote(self) -> None:
        while self._heap:
            due, _, item = self._heap[0]
            if self._due.get(item) != due:
                heapq.heappop(self._heap)  # overtaken by add() or by an earlier wish
            elif due <= self._clock():
                heapq.heappop(self._heap)
                self.add(item)
            else:
                return
