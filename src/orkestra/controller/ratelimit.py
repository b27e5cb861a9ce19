"""How long a failing key waits before it runs again.

Rule: k8s.io/client-go util/workqueue/default_rate_limiters.go, ItemExponentialFailureRateLimiter (5 ms .. 1000 s).
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

_EXPONENT_LIMIT = 63
"""Beyond this doubling the cap has long been reached; keeps the power from overflowing a float."""


class ExponentialBackoff(Generic[K]):
    """``base * 2**failures`` seconds per key, at most ``cap``; ``forget`` starts a key over."""

    def __init__(self, base: float = 0.005, cap: float = 1000.0) -> None:
        if base <= 0 or cap < base:
            raise ValueError(f"a back-off needs 0 < base <= cap, not base={base} cap={cap}")
        self._base = base
        self._cap = cap
        self._failures: dict[K, int] = {}

    def when(self, key: K) -> float:
        """Count one more failure of ``key``; the seconds to wait for it."""
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        delay: float = self._base * 2.0 ** min(failures, _EXPONENT_LIMIT)
        return min(delay, self._cap)

    def forget(self, key: K) -> None:
        self._failures.pop(key, None)

    def failures(self, key: K) -> int:
        return self._failures.get(key, 0)

    def __len__(self) -> int:
        return len(self._failures)
