"""Writes under way: the watch may show a write before its answer has come back.

Without this the writer would be told of its own write whenever the watch is the faster of the two, and work twice.
While a flight is open its writer's news about the key is held back; at the end it is told once, of what others did,
or not at all if all that happened was its own.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from orkestra.informer.cached import Cached
from orkestra.informer.store import Change

W = TypeVar("W")


class Flight(Generic[W]):
    """One writer's writes to one object between request and answer."""

    __slots__ = ("_deleted_uids", "_held", "_own_versions", "writer")

    def __init__(self, writer: W) -> None:
        self.writer = writer
        self._held: list[Change] = []
        self._own_versions: set[str] = set()
        self._deleted_uids: set[str] = set()

    def hold(self, change: Change) -> None:
        self._held.append(change)

    def wrote(self, version: str) -> None:
        self._own_versions.add(version)

    def deleted(self, uid: str) -> None:
        self._deleted_uids.add(uid)

    def news(self, current: Cached | None) -> Change | None:
        """What the writer must be told at the end, as one change up to ``current``; None: nothing."""
        if all(map(self._is_own, self._held)):
            return None
        return self._held[0][0], current

    def _is_own(self, change: Change) -> bool:
        old, new = change
        if new is not None:
            return new.meta.resource_version in self._own_versions
        return old is not None and old.meta.uid in self._deleted_uids
