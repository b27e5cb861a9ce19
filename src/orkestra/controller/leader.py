"""Leader election on a Lease: of all replicas, one at a time acts.

Protocol of k8s.io/client-go tools/leaderelection. Clocks of different machines are never compared: a candidate waits
the lease's duration on its own monotonic clock, from when it *saw* the lease change. A leader counts its time from
when it *sent* its last successful renewal, and stops leading ``renew_deadline`` after that, whether or not anything
has answered: so it has stopped before anyone who saw that renewal may take over, ``lease_duration`` after it.
"""

from __future__ import annotations

import asyncio
import logging
import random
import socket
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from orkestra.client.errors import TransportError
from orkestra.controller.lease import LEASES, Record, micro_time, read_record, write_record
from orkestra.k8s.errors import AlreadyExists, Conflict, NotFound, StatusError
from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey

_log = logging.getLogger(__name__)

_JITTER = 1.2
"""client-go JitterFactor: a candidate retries after one to 2.2 times the retry period."""
_RELEASE_SECONDS = 1
"""The duration a released lease carries, so that an old client takes it at once too."""


class LeaseClient(Protocol):
    """What an elector needs of ``client.api.ApiClient``."""

    async def get(self, info: ResourceInfo, key: ObjectKey) -> Object: ...

    async def create(self, info: ResourceInfo, obj: Object, *, field_manager: str) -> Object: ...

    async def update(self, info: ResourceInfo, obj: Object, *, field_manager: str = ...) -> Object: ...


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. Raises ValueError unless retry_period * 1.2 < renew_deadline < lease_duration, as client-go checks."""

    lease_duration: float = 15.0
    renew_deadline: float = 10.0
    retry_period: float = 2.0

    def __post_init__(self) -> None:
        if not 0 < self.retry_period * _JITTER < self.renew_deadline < self.lease_duration:
            raise ValueError(
                "leader election needs retryPeriod * 1.2 < renewDeadline < leaseDuration, not "
                f"{self.retry_period:g} s, {self.renew_deadline:g} s, {self.lease_duration:g} s"
            )


def new_identity() -> str:
    """``<host>_<uuid>``: a restarted process is a different candidate."""
    return f"{socket.gethostname()}_{uuid.uuid4()}"


class LeaderElector:
    """``on_started`` runs while we lead and is cancelled when we no longer do; ``on_stopped`` is told after it ended.

    ``stop_timeout`` bounds, in seconds, how long cancelling ``run`` waits for ``on_started`` to wind down.
    """

    def __init__(
        self,
        client: LeaseClient,
        key: ObjectKey,
        *,
        on_started: Callable[[], Awaitable[None]],
        on_stopped: Callable[[], None] | None = None,
        identity: str = "",
        timing: Timing | None = None,
        field_manager: str = "orkestra-runtime",
        stop_timeout: float = 30.0,
    ) -> None:
        self._client = client
        self._key = key
        self._on_started = on_started
        self._on_stopped = on_stopped
        self._timing = timing or Timing()
        self._field_manager = field_manager
        self._stop_timeout = stop_timeout
        self.identity = identity or new_identity()
        self._lease: Object | None = None
        self._record = Record()
        self._observed_at = float("-inf")
        self._leads_until = float("-inf")

    # -- state ----------------------------------------------------------------------------------------------------
    @property
    def is_leading(self) -> bool:
        """Whether we may write now. Ask before each write: it turns false by the clock alone."""
        return asyncio.get_running_loop().time() < self._leads_until

    @property
    def leader(self) -> str:
        """Who holds the lease, as far as we have seen; empty if nobody does."""
        return self._record.holder

    # -- running --------------------------------------------------------------------------------------------------
    async def run(self) -> None:
        """Compete, lead, and compete again, until cancelled: then end ``on_started`` and give the lease back."""
        while True:
            await self._acquire()
            _log.info("leading as %s", self.identity)
            await self._lead()
            _log.warning("no longer leading as %s", self.identity)

    async def _acquire(self) -> None:
        period = self._timing.retry_period
        while True:
            if await self._try():
                return
            await asyncio.sleep(period * (1 + random.random() * _JITTER))

    async def _lead(self) -> None:
        work = asyncio.ensure_future(self._on_started())
        renewal = asyncio.ensure_future(self._renew())
        try:
            # If the work ends by itself the lease is kept: it had nothing more to do, others would do it again.
            await asyncio.wait({renewal})  # a plain await would cancel the renewal with us
            await self._outlast(work)
        except asyncio.CancelledError:
            # Renewal goes on while the work winds down, so that its last writes are still a leader's.
            work.cancel()
            await asyncio.wait({work}, timeout=self._stop_timeout)
            renewal.cancel()
            held, self._leads_until = self.is_leading and work.done(), float("-inf")
            if held:
                await self._release()
            raise
        finally:
            self._report(work)

    async def _renew(self) -> None:
        """Returns when the lease is lost: taken by another, or not renewed in time."""
        loop = asyncio.get_running_loop()
        while self.is_leading:
            try:
                async with asyncio.timeout_at(min(self._leads_until, loop.time() + self._timing.retry_period)):
                    await asyncio.sleep(self._timing.retry_period)
            except TimeoutError:
                pass
            try:
                async with asyncio.timeout_at(self._leads_until):
                    renewed = await self._try()
            except TimeoutError:
                return
            if not renewed and self._record.holder not in ("", self.identity):
                self._leads_until = float("-inf")

    async def _outlast(self, work: asyncio.Future[None]) -> None:
        """The lease is lost: end the work, and do not compete again before it has ended, however long it clings."""
        work.cancel()
        patience = self._timing.lease_duration - self._timing.renew_deadline
        while not work.done():
            await asyncio.wait({work}, timeout=patience)
            if not work.done():
                _log.error("what runs as leader has not stopped within %.0f s of losing the lease", patience)

    def _report(self, work: asyncio.Future[None]) -> None:
        if work.done() and not work.cancelled() and work.exception() is not None:
            _log.error("what ran as leader failed: %r", work.exception())
        if self._on_stopped is not None:
            try:
                self._on_stopped()
            except Exception as error:
                _log.error("on_stopped failed: %r", error)

    # -- one attempt ----------------------------------------------------------------------------------------------
    async def _try(self) -> bool:
        """Get or renew the lease; False if it is another's or the server could not be asked."""
        try:
            # Half the deadline: one request lost in a dead connection must not cost the lease.
            async with asyncio.timeout(self._timing.renew_deadline / 2):
                try:
                    return await self._try_once()
                except (Conflict, NotFound):
                    self._lease = None  # what we knew is old: look, then try again
                    return await self._try_once()
        except (StatusError, TransportError, TimeoutError, OSError) as error:
            _log.info("could not get or renew the lease %s: %s", self._key, error)
        except Exception as error:  # a bug must cost this attempt, not the process its place in the election
            _log.error("getting or renewing the lease %s broke: %r", self._key, error)
        return False

    async def _try_once(self) -> bool:
        loop = asyncio.get_running_loop()
        if not (self.is_leading and self._lease is not None):
            try:
                self._observe(await self._client.get(LEASES, self._key))
            except NotFound:
                return await self._create()
            if not self._is_free():
                return False
        sent = loop.time()
        now = micro_time(datetime.now(UTC))
        ours = self._record.holder == self.identity
        wanted = replace(
            self._record,
            holder=self.identity,
            duration_seconds=max(1, round(self._timing.lease_duration)),
            acquire_time=self._record.acquire_time if ours else now,
            renew_time=now,
            transitions=self._record.transitions + (not ours),
        )
        lease = write_record(self._lease, self._key, wanted)
        self._observe(await self._client.update(LEASES, lease, field_manager=self._field_manager))
        self._leads_until = sent + self._timing.renew_deadline
        return True

    async def _create(self) -> bool:
        sent = asyncio.get_running_loop().time()
        now = micro_time(datetime.now(UTC))
        record = Record(self.identity, max(1, round(self._timing.lease_duration)), now, now)
        lease = write_record(None, self._key, record)
        try:
            self._observe(await self._client.create(LEASES, lease, field_manager=self._field_manager))
        except AlreadyExists:
            return False
        self._leads_until = sent + self._timing.renew_deadline
        return True

    def _observe(self, lease: Object) -> None:
        record = read_record(lease)
        if record != self._record:
            self._record = record
            self._observed_at = asyncio.get_running_loop().time()
        self._lease = lease

    def _is_free(self) -> bool:
        if self._record.holder in ("", self.identity):
            return True
        # Never trust a holder's duration to be shorter than the one all candidates of ours are started with.
        duration = max(self._timing.lease_duration, self._record.duration_seconds)
        return asyncio.get_running_loop().time() >= self._observed_at + duration

    async def _release(self) -> None:
        """Give the lease back, so that the next leader need not wait; failing costs only that wait."""
        try:
            async with asyncio.timeout(self._timing.renew_deadline / 2):
                try:
                    await self._release_once()
                except Conflict:
                    # Of a renewal that was cut off only the answer may be missing; others may have touched it too.
                    self._observe(await self._client.get(LEASES, self._key))
                    if self._record.holder == self.identity:
                        await self._release_once()
        except (StatusError, TransportError, TimeoutError, OSError) as error:
            _log.info("could not release the lease %s: %s", self._key, error)

    async def _release_once(self) -> None:
        now = micro_time(datetime.now(UTC))
        record = replace(self._record, holder="", duration_seconds=_RELEASE_SECONDS, acquire_time=now, renew_time=now)
        lease = write_record(self._lease, self._key, record)
        self._observe(await self._client.update(LEASES, lease, field_manager=self._field_manager))
