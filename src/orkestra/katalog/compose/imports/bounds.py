"""How long and how much, for all remote imports."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from orkestra.katalog.compose.fetching import FetchError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bounds:
    """``seconds`` for one import in all; ``bytes`` of an answer and of all files of an artifact. ``ends``: when an
    import that was ``started`` is out of time, on the monotonic clock."""

    seconds: float = 60.0
    bytes: int = 32 << 20
    files: int = 2_000
    redirects: int = 5
    ends: float | None = None

    def started(self) -> Bounds:
        """The same for one import, whose time runs from now, through all its requests and programs."""
        return replace(self, ends=time.monotonic() + self.seconds)

    @property
    def left(self) -> float:
        """Seconds; never quite none, so that who waits finds out by waiting."""
        return self.seconds if self.ends is None else max(0.001, self.ends - time.monotonic())


def within(bounds: Bounds, what: str, work: Callable[[], T]) -> T:
    """The result of ``work``. Raises FetchError when it takes too long, and lets it end by itself: no blocking read can
    be told to stop."""
    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # handed to the caller below
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(bounds.left)
    if failed:
        raise failed[0]
    if not done:
        raise FetchError(f"{what}: no whole answer within {bounds.seconds:g} s")
    return done[0]
