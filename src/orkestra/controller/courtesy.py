"""Who of several queues is busy with changes, so that another may take its time over work nobody waits for."""

from __future__ import annotations

RECENT_SECONDS = 1.0
"""How long after it handed out a change a queue counts as busy."""


class Courtesy:
    """One for all queues of a process. ``now``: seconds on the loop's clock."""

    def __init__(self) -> None:
        # The two that were busy last are enough: one of them at most is the one that asks.
        self._latest: tuple[object, float] = (None, float("-inf"))
        self._earlier: tuple[object, float] = (None, float("-inf"))

    def note(self, queue: object, now: float) -> None:
        """``queue`` hands out a change."""
        if self._latest[0] is not queue:
            self._earlier = self._latest
        self._latest = (queue, now)

    def has_others(self, queue: object, now: float) -> bool:
        """Whether a queue other than ``queue`` is busy with changes."""
        _, at = self._earlier if self._latest[0] is queue else self._latest
        return now - at < RECENT_SECONDS
