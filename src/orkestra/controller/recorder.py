"""Tells users what happened to an object, as Kubernetes Events (events.k8s.io/v1).

Recording never waits, never raises and never fails a reconcile: events go through a bounded queue to one writer, and
an event that cannot be written is dropped. The caller records transitions only, and puts no secret into a note.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from orkestra.client.api import PatchType
from orkestra.client.errors import TransportError
from orkestra.controller.event_cache import EventCache, Kind, Known
from orkestra.controller.lease import micro_time
from orkestra.k8s.errors import NotFound, StatusError
from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey, name_of, namespace_of, resource_version_of, uid_of

_log = logging.getLogger(__name__)

_is_subdomain = re.compile(r"[a-z0-9]([-a-z0-9.]{0,228}[a-z0-9])?").fullmatch

EVENTS = ResourceInfo("events.k8s.io", "v1", "Event", "events", namespaced=True)
NORMAL, WARNING = "Normal", "Warning"

_PENDING_LIMIT = 1000
_WRITE_DEADLINE = 30.0
_WORD_LIMIT = 128
"""Bytes of reason, action and reportingInstance: k8s.io/kubernetes pkg/apis/core/validation/events.go."""


class EventClient(Protocol):
    """What a recorder needs of ``client.api.ApiClient``."""

    async def create(self, info: ResourceInfo, obj: Object, *, field_manager: str) -> Object: ...

    async def patch(
        self, info: ResourceInfo, key: ObjectKey, patch: Any, *, patch_type: PatchType, field_manager: str = ""
    ) -> Object: ...


@dataclass(slots=True)
class _Pending:
    known: Known
    regarding: dict[str, str]
    at: str


class Recorder:
    """``controller`` is reportingController (a qualified name), ``instance`` tells replicas apart."""

    def __init__(
        self, client: EventClient, *, controller: str, instance: str, field_manager: str = "orkestra-runtime"
    ) -> None:
        self._client = client
        self._controller = controller
        self._instance = instance[:_WORD_LIMIT]
        self._field_manager = field_manager
        self._cache = EventCache()
        self._pending: deque[_Pending] = deque()
        self._arrived = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self.dropped = 0
        """Events lost to the spam filter, the bound or the server."""

    def record(self, obj: Mapping[str, Any], event_type: str, reason: str, note: str, *, action: str = "") -> None:
        """Tell that ``reason`` happened to ``obj`` (apiVersion, kind, metadata). ``note`` is cut to 1024 bytes."""
        regarding = _reference(obj)
        identity = regarding["uid"] or "/".join(regarding.values())
        kind = Kind(identity, event_type, reason[:_WORD_LIMIT], (action or reason)[:_WORD_LIMIT])
        known = self._cache.admit(kind, note, time.monotonic())
        if known is None or len(self._pending) >= _PENDING_LIMIT:
            self.dropped += 1
            return
        self._pending.append(_Pending(known, regarding, micro_time(datetime.now(UTC))))
        self._idle.clear()
        self._arrived.set()

    async def run(self) -> None:
        """Write what is recorded until cancelled."""
        while True:
            while self._pending:
                await self._write(self._pending.popleft())
            self._idle.set()
            self._arrived.clear()
            await self._arrived.wait()

    async def flush(self, timeout: float) -> bool:
        """Wait, while ``run`` runs, at most ``timeout`` seconds until every event is written; whether they are."""
        try:
            async with asyncio.timeout(timeout):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True

    async def _write(self, pending: _Pending) -> None:
        try:
            async with asyncio.timeout(_WRITE_DEADLINE):
                if pending.known.name:
                    try:
                        await self._count_up(pending)
                        return
                    except NotFound:
                        pending.known.count = 1  # the server has forgotten it (events live an hour): tell it anew
                await self._create(pending)
        except (StatusError, TransportError, TimeoutError, OSError) as error:
            self.dropped += 1
            _log.info("could not write event %s: %s", pending.known.kind.reason, error)
        except Exception as error:
            self.dropped += 1
            _log.error("writing event %s broke: %r", pending.known.kind.reason, error)

    async def _create(self, pending: _Pending) -> None:
        known, regarding = pending.known, pending.regarding
        # Events of cluster-scoped objects live in "default", as client-go puts them.
        known.namespace = regarding.get("namespace") or "default"
        stem = regarding["name"] if _is_subdomain(regarding["name"]) else "event"
        name = f"{stem}.{time.time_ns():x}"
        await self._client.create(
            EVENTS,
            {
                "apiVersion": EVENTS.api_version,
                "kind": EVENTS.kind,
                "metadata": {"name": name, "namespace": known.namespace},
                "eventTime": pending.at,
                "reportingController": self._controller,
                "reportingInstance": self._instance,
                "type": known.kind.type,
                "reason": known.kind.reason,
                "action": known.kind.action,
                "regarding": regarding,
                "note": known.note,
            },
            field_manager=self._field_manager,
        )
        known.name = name

    async def _count_up(self, pending: _Pending) -> None:
        known = pending.known
        await self._client.patch(
            EVENTS,
            ObjectKey(known.namespace, known.name),
            # All but the series is immutable, the note too: pkg/apis/core/validation/events.go ValidateEventUpdate.
            {"series": {"count": known.count, "lastObservedTime": pending.at}},
            patch_type=PatchType.MERGE,
            field_manager=self._field_manager,
        )


def _reference(obj: Mapping[str, Any]) -> dict[str, str]:
    reference = {
        "apiVersion": str(obj.get("apiVersion") or ""),
        "kind": str(obj.get("kind") or ""),
        "name": name_of(obj),
        "uid": uid_of(obj),
        "resourceVersion": resource_version_of(obj),
    }
    namespace = namespace_of(obj)
    return reference | {"namespace": namespace} if namespace else reference
