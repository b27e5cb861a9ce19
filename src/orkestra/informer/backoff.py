"""How long a reflector waits before it asks again.

Times of k8s.io/client-go tools/cache/reflector.go: 0.8 s doubling to 30 s, each stretched by up to its own length at
random so that a thousand informers do not return together; started over after two minutes without a failure.
"""

from __future__ import annotations

import random
from collections.abc import Callable


class Backoff:
    def __init__(
        self,
        *,
        base: float = 0.8,
        cap: float = 30.0,
        quiet: float = 120.0,
        random_fraction: Callable[[], float] = random.random,
    ) -> None:
        self._base, self._cap, self._quiet = base, cap, quiet
        self._random = random_fraction
        self._delay = base
        self._last = float("-inf")

    def next(self, now: float, at_least: float = 0.0) -> float:
        """Seconds to wait from ``now`` (a monotonic clock) on, at least the server's Retry-After."""
        if now - self._last > self._quiet:
            self._delay = self._base
        delay, self._delay = self._delay, min(self._delay * 2, self._cap)
        wait = max(delay * (1 + self._random()), at_least * (1 + 0.1 * self._random()))
        self._last = now + wait
        return wait
