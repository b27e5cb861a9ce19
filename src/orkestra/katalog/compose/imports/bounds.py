"""How long and how much, for all remote imports."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from orkestra.katalog.compose.fetching import FetchError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bounds:
    """``seconds`` for one import in all; ``bytes`` of an answer and of all files of an artifact."""

    seconds: float = 60.0
    bytes: int = 32 << 20
    files: int = 2_000
    redirects: int = 5


def within(seconds: float, what: str, work: Callable[[], T]) -> T:
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
    thread.join(seconds)
    if failed:
        raise failed[0]
    if not done:
        raise FetchError(f"{what}: no whole answer within {seconds:g} s")
    return done[0]
