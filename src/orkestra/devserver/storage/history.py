"""The last events of one table: what watches resume from and consistent lists are rebuilt from."""

from __future__ import annotations

from bisect import bisect_right

from orkestra.devserver.storage.records import Event


class History:
    """A bounded run of events. Readers keep a position (``end`` of what they have read); positions never move."""

    def __init__(self, limit: int, floor: int) -> None:
        self._events: list[Event] = []
        self._limit = max(1, limit)
        self._start = 0
        self.floor = floor
        """Events up to this revision are gone; reading from an older revision is Expired."""

    @property
    def end(self) -> int:
        return self._start + len(self._events)

    def append(self, event: Event) -> None:
        self._events.append(event)
        # Trimmed in halves: removing from a list's head is linear, so it must be rare.
        if len(self._events) >= 2 * self._limit:
            self._drop(len(self._events) - self._limit)

    def compact(self, revision: int) -> None:
        """Forget every event up to ``revision``; readers that have not read them are cut off."""
        keep = self._position(revision)
        self._drop(keep)
        self.floor = max(self.floor, revision)

    def after(self, revision: int) -> list[Event] | None:
        """Events later than ``revision``; None where some of them are gone."""
        if revision < self.floor:
            return None
        return self._events[self._position(revision) :]

    def since(self, position: int) -> list[Event] | None:
        """Events from ``position`` on; None where the reader was too slow and some are gone."""
        if position < self._start:
            return None
        return self._events[position - self._start :]

    def _position(self, revision: int) -> int:
        return bisect_right(self._events, revision, key=lambda event: event.revision)

    def _drop(self, count: int) -> None:
        if count > 0:
            self.floor = max(self.floor, self._events[count - 1].revision)
            del self._events[:count]
            self._start += count
