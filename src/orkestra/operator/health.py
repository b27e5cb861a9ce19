"""The health of one box: counters its reconciles feed, and the state they add up to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from orkestra.observe.report import State


@dataclass(slots=True)
class BoxHealth:
    """Degraded at ``failure_threshold`` consecutive failures; one success heals. ``now`` is injected."""

    failure_threshold: int
    now: Callable[[], datetime]
    pending: str = "not started"
    """What the box waits for before it reconciles; empty while it does."""
    upcoming: str = ""
    """What the next definition waits for, while this one goes on."""
    started_at: datetime | None = None
    total_reconciles: int = 0
    failed_reconciles: int = 0
    consecutive_fails: int = 0
    last_error: str = ""
    last_reconcile: datetime | None = None
    is_broken: bool = False
    """Something the box needs went away under it (its CRD, a permission)."""
    denied: str = ""
    """What the box may not look at any more, while it works on with what it saw before: ``watch pods``."""
    listeners: list[Callable[[], None]] = field(default_factory=list)

    @property
    def state(self) -> State:
        if self.is_broken or self.denied or self.consecutive_fails >= self.failure_threshold:
            return "degraded"
        if self.pending:
            return "pending"
        return "healthy" if self.total_reconciles > self.failed_reconciles else "started"

    @property
    def is_started(self) -> bool:
        return not self.pending

    @property
    def has_succeeded(self) -> bool:
        return self.total_reconciles > self.failed_reconciles

    def wait_for(self, what: str, *, is_broken: bool = False) -> None:
        self.pending = what
        self.is_broken = is_broken
        self._tell()

    def deny(self, what: str) -> None:
        """``what`` empty: nothing is denied any more."""
        if what != self.denied:
            self.denied = what
            self._tell()

    def start(self) -> None:
        self.pending = ""
        self.is_broken = False
        self.started_at = self.now()
        self._tell()

    def follow(self, failure_threshold: int) -> None:
        """Another definition takes over; what went wrong before is not its fault."""
        self.failure_threshold = failure_threshold
        self.upcoming = ""
        self.consecutive_fails = 0
        self._tell()

    def succeed(self) -> None:
        was = self.state
        self.total_reconciles += 1
        self.consecutive_fails = 0
        self.last_error = ""
        self.last_reconcile = self.now()
        if self.state != was:
            self._tell()

    def fail(self, error: str) -> None:
        was = self.state
        self.total_reconciles += 1
        self.failed_reconciles += 1
        self.consecutive_fails += 1
        self.last_error = error
        self.last_reconcile = self.now()
        if self.state != was:
            self._tell()

    def _tell(self) -> None:
        for listener in self.listeners:
            listener()
