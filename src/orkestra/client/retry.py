"""When a refused request is sent again: decided from the answer alone, no clock and no I/O.

A 429, and a 503 that names Retry-After, mean the server did not act on the request: any verb may wait and repeat.
After another 5xx with Retry-After (a timeout, say) it may have acted, so only repeatable requests are sent again.
Everything else is the caller's. k8s.io/client-go rest/with_retry.go repeats all of these for every verb.
"""

from __future__ import annotations

import email.utils
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from orkestra.k8s.errors import StatusError


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """``attempts`` in all; ``window_seconds`` bounds the waiting of one request, all attempts together."""

    attempts: int = 5
    window_seconds: float = 30.0
    default_wait_seconds: float = 1.0
    jitter: Callable[[], float] = random.random

    def wait_before(
        self, attempt: int, error: StatusError, waited_seconds: float, *, is_repeatable: bool = False
    ) -> float | None:
        """Seconds to wait before attempt ``attempt + 1`` (attempts count from 1), or None: give up.

        The server's wait is a lower bound; up to half of it again is added, so that a crowd spreads out.
        """
        if attempt >= self.attempts:
            return None
        if error.code == 429:
            wait = error.retry_after or self.default_wait_seconds * 2 ** (attempt - 1)
        elif error.retry_after and (error.code == 503 or (error.code >= 500 and is_repeatable)):
            wait = error.retry_after
        else:
            return None
        wait *= 1 + self.jitter() / 2
        return wait if waited_seconds + wait <= self.window_seconds else None


def parse_retry_after(header: str | None, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> float:
    """A Retry-After header -> seconds, 0 where absent or unreadable (RFC 9110 10.2.3: seconds or a date)."""
    text = (header or "").strip()
    if not text:
        return 0.0
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        at = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return 0.0
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - now()).total_seconds())
