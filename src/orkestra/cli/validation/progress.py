"""One line that says how far a long run is; only on a terminal, and only when it takes long."""

from __future__ import annotations

import sys
import time
from typing import Final, TextIO

AFTER_SECONDS: Final = 2.0
_EVERY_SECONDS: Final = 0.2


class Progress:
    """``stream`` defaults to standard error; nothing is ever written to it unless it is a terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._is_wanted = self._stream.isatty()
        self._next = time.monotonic() + AFTER_SECONDS
        self._is_shown = False

    def show(self, done: int, total: int) -> None:
        if self._is_wanted and (now := time.monotonic()) >= self._next:
            self._next = now + _EVERY_SECONDS
            self._is_shown = True
            self._stream.write(f"\r{done:,} of {total:,} files\x1b[K")
            self._stream.flush()

    def clear(self) -> None:
        """Takes the line away."""
        if self._is_shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._is_shown = False
