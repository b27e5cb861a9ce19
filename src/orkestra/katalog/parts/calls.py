"""Calls to other systems, and reading other operators' objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orkestra.k8s.selectors import LabelSelector
from orkestra.katalog.position import Position
from orkestra.katalog.terms import Conditions
from orkestra.katalog.values import Value

Protocol = Literal["http", "prometheus", "redis", "postgres", "mongo", "kafka"]
CrossProtocol = Literal["cr", "health", "metrics", "info", "events"]


@dataclass(frozen=True, slots=True)
class RetryBackoff:
    """Waits of ``initial_seconds``, growing by ``multiplier`` up to ``max_seconds``; ``max_attempts`` counts all calls,
    the first included."""

    initial_seconds: float = 0.5
    max_seconds: float = 30.0
    multiplier: float = 2.0
    max_attempts: int = 3

    @property
    def longest_seconds(self) -> float:
        """All waits together when every attempt fails."""
        waits = (self.initial_seconds * self.multiplier**n for n in range(min(self.max_attempts - 1, 1000)))
        return sum(min(wait, self.max_seconds) for wait in waits)


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A key of a Secret; ``namespace`` is None where the runtime's own is meant."""

    name: str
    key: str
    namespace: str | None = None


@dataclass(frozen=True, slots=True)
class Auth:
    """A credential from a Secret or an environment variable, and the header it goes into."""

    secret_ref: SecretKey | None = None
    env: str | None = None
    header: str = "Authorization"


@dataclass(frozen=True, slots=True)
class Fires:
    """``reconcile`` False: at admission only."""

    reconcile: bool = True


@dataclass(frozen=True, slots=True)
class ExternalCall:
    """One request before templates are rendered; its result is ``.external.<name>``.

    ``expected_status`` 0: 2xx and 3xx pass. ``sleep_seconds`` is a pause before it.
    """

    name: str
    url: Value
    position: Position
    protocol: Protocol
    query: Value | None
    method: str
    body: Value | None
    token: Value | None
    headers: Value | None
    timeout_seconds: float
    expected_status: int
    continue_on_error: bool
    conditions: Conditions | None
    sleep_seconds: float
    fires: Fires | None
    retry_backoff: RetryBackoff | None
    cache_for_seconds: float
    auth: Auth | None

    @property
    def longest_seconds(self) -> float:
        """What the call may take when everything fails."""
        if self.retry_backoff is None:
            return self.timeout_seconds
        return self.timeout_seconds * self.retry_backoff.max_attempts + self.retry_backoff.longest_seconds


@dataclass(frozen=True, slots=True)
class CrossSelector:
    """Which objects of the other operator; ``strategy`` ``all`` gives them all."""

    name: Value | None
    namespace: Value | None
    match_labels: Value | None
    strategy: str | None


@dataclass(frozen=True, slots=True)
class CrossAuth:
    token: Value | None
    secret_ref: SecretKey | None


@dataclass(frozen=True, slots=True)
class CrossSource:
    """Another Orkestra, read over HTTP."""

    host: str | None
    endpoint: str | None
    protocol: CrossProtocol
    namespace: str | None
    cache_for_seconds: float
    auth: CrossAuth | None


@dataclass(frozen=True, slots=True)
class Cross:
    """Another operator's objects, by the entry's name or by labels; ``.cross.<alias>`` in templates."""

    crd: str | None
    label_selector: LabelSelector | None
    selector: CrossSelector | None
    as_name: str | None
    source: CrossSource | None
    position: Position

    @property
    def alias(self) -> str:
        return self.as_name or self.crd or ""
