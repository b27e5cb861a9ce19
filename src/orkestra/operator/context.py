"""What the stages of one box's reconcile may use; built once per activation, never changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from orkestra.controller.sources import Source
from orkestra.informer.cached import Cached
from orkestra.informer.informer import Informer
from orkestra.k8s.gvk import GVK, ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey
from orkestra.katalog.model import OperatorBox
from orkestra.observe.metrics import Metrics
from orkestra.operator.apply import Writer
from orkestra.operator.inventory import OWNER_INDEX, ChildId
from orkestra.operator.uniqueness import HeldValues
from orkestra.template import Environment


class EventRecorder(Protocol):
    """Two implementations: the cluster's events (``controller.recorder``) and a silent one."""

    def record(self, obj: Object, event_type: str, reason: str, note: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Cache:
    """A resource this box reads: what discovery says of it, its informer, and the box's own handler there."""

    info: ResourceInfo
    informer: Informer
    source: Source

    def get(self, key: ObjectKey) -> Cached | None:
        return self.informer.lister.get(key)

    def owned_by(self, uid: str) -> Iterable[Cached]:
        return self.informer.lister.by_index(OWNER_INDEX, uid)

    def writing(self, key: ObjectKey) -> AbstractContextManager[None]:
        """Around a request and the recording of its answer: the watch is often faster than the answer, and must not
        tell this box of its own write as of somebody else's."""
        return self.informer.writing(key, self.source.registration)

    def record_write(self, written: Object) -> None:
        """Read our own write from now on; it is no news to this box, but it is to others."""
        self.informer.record_write(written, writer=self.source.registration)

    def record_delete(self, key: ObjectKey, uid: str) -> None:
        self.informer.record_delete(key, uid, writer=self.source.registration)


@dataclass(frozen=True, slots=True)
class BoxContext:
    box: OperatorBox
    info: ResourceInfo
    crs: Cache
    children: Mapping[GVK, Cache]
    """Every kind whose children may exist."""
    sources: Mapping[GVK, Sequence[Cache]]
    """Kinds that content is copied from, without our label."""
    writer: Writer
    recorder: EventRecorder
    metrics: Metrics
    environment: Environment
    now: Callable[[], datetime]
    is_time_dependent: bool
    """Its conditions look at the clock: nothing is ever settled for good."""
    memory: Memory
    is_leaving: bool = False
    """The entry was dropped and said that it prunes: what is ours goes, and the CR is let go."""

    def find_source(self, gvk: GVK, key: ObjectKey) -> Cached | None:
        """The object that content is copied from, as cached."""
        return next((found for cache in self.sources.get(gvk, ()) if (found := cache.get(key)) is not None), None)


def _tell_nobody(place: ChildId, is_awaited: bool) -> None:
    del place, is_awaited


@dataclass(slots=True)
class Memory:
    """What one process remembers of each CR between reconciles. Losing it costs work, never correctness.

    ``on_awaited(place, whether)`` hears when a place is waited for by a first CR, and when by none any more.
    """

    on_awaited: Callable[[ChildId, bool], None] = _tell_nobody
    settled: dict[ObjectKey, Fingerprint] = field(default_factory=dict)
    created_once: dict[ObjectKey, set[ChildId]] = field(default_factory=dict)
    told: dict[ObjectKey, float] = field(default_factory=dict)
    """When progress was last written to a CR's status, on the loop's clock."""
    awaited: dict[ChildId, set[ObjectKey]] = field(default_factory=dict)
    """Places that somebody else's object keeps from our child -> the CRs that want them: a change there wakes those."""
    awaiting: dict[ObjectKey, tuple[ChildId, ...]] = field(default_factory=dict)
    """The same, by CR."""
    sources: dict[ObjectKey, tuple[ChildId, ...]] = field(default_factory=dict)
    """CR -> the objects that content was copied from, or waited for, last time."""
    readers: dict[ChildId, set[ObjectKey]] = field(default_factory=dict)
    """The same, by source."""
    due: dict[ObjectKey, datetime] = field(default_factory=dict)
    """CR -> when the first of its generated children is to be made anew."""
    finished: dict[ObjectKey, set[tuple[str, ChildId]]] = field(default_factory=dict)
    """CR -> its uid with Jobs of its deletion that ended, and places found not to be its own."""
    held: dict[tuple[str, ...], HeldValues] = field(default_factory=dict)
    """By path: what the CRs of the kind hold where a condition asks for ``unique``."""
    unstorable: set[tuple[str, ...]] = field(default_factory=set)
    """Status paths that the CRD's schema drops; comparing them again would write for ever."""

    def forget(self, key: ObjectKey) -> None:
        self.settled.pop(key, None)
        self.created_once.pop(key, None)
        self.told.pop(key, None)
        self.copy_from(key, ())
        self.due.pop(key, None)
        self.finished.pop(key, None)
        self.await_places(key, ())

    def copy_from(self, key: ObjectKey, sources: Sequence[ChildId]) -> None:
        """The CR ``key`` copies ``sources`` now, and no others."""
        for source in self.sources.pop(key, ()):
            readers = self.readers[source]
            readers.discard(key)
            if not readers:
                del self.readers[source]
        if sources:
            self.sources[key] = tuple(dict.fromkeys(sources))
        for source in sources:
            self.readers.setdefault(source, set()).add(key)

    def await_places(self, key: ObjectKey, places: Sequence[ChildId]) -> None:
        """The CR ``key`` waits for ``places`` now, and for no others."""
        for place in self.awaiting.pop(key, ()):
            waiting = self.awaited[place]
            waiting.discard(key)
            if not waiting:
                del self.awaited[place]
                self.on_awaited(place, False)
        if places:
            self.awaiting[key] = tuple(dict.fromkeys(places))
        for place in places:
            if place not in self.awaited:
                self.awaited[place] = set()
                self.on_awaited(place, True)
            self.awaited[place].add(key)


Fingerprint = tuple[str, ...]
"""resourceVersions of the CR and its children: while they stand, a settled CR stays settled."""
