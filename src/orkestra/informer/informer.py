"""A shared informer: one watch of a resource, any number of interested parties."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from orkestra.client.watch import ObjectMeta
from orkestra.informer.audience import Audience, Handler, Interest, Registration
from orkestra.informer.cached import Cached, keep_object
from orkestra.informer.flight import Flight
from orkestra.informer.index import IndexFunction
from orkestra.informer.lister import Lister
from orkestra.informer.mutation import MutationDetector, detector_from
from orkestra.informer.reflector import Reflector, StateHook
from orkestra.informer.states import State
from orkestra.informer.store import UNCHANGED, Change, Store
from orkestra.informer.target import ListWatcher, Target
from orkestra.k8s.errors import NotFound
from orkestra.k8s.objects import Object, ObjectKey
from orkestra.k8s.selectors import LabelSelector, parse_label_selector

_log = logging.getLogger(__name__)

__all__ = ["Handler", "Informer", "Interest", "Registration"]


class Informer:
    """Made by an ``InformerFactory``; ``store`` is fed by a reflector and by what we write ourselves.

    A handler that raises is logged and skipped; it never ends the watch or keeps other handlers from hearing.
    """

    def __init__(
        self,
        api: ListWatcher,
        target: Target,
        *,
        indexes: Mapping[str, IndexFunction] | None = None,
        use_watch_list: bool = False,
        on_state: StateHook | None = None,
        detector: MutationDetector | None = None,
    ) -> None:
        self._api = api
        self._use_watch_list = use_watch_list
        self._on_state = on_state
        self._detector = detector or detector_from(os.environ)
        self._audience = Audience()
        self._flights: dict[ObjectKey, Flight[Registration]] = {}
        self._synced = asyncio.Event()
        self._missing = asyncio.Event()
        self._selector: LabelSelector = parse_label_selector(target.label_selector)
        self._store = Store(indexes, detector=self._detector)
        self._reflector = self._reflector_of(target)
        self.lister = Lister(self._store)

    # -- state ----------------------------------------------------------------------------------------------------
    @property
    def target(self) -> Target:
        return self._reflector.target

    @property
    def state(self) -> State:
        return self._reflector.state

    @property
    def last_error(self) -> Exception | None:
        """What the last list or watch failed with; None while all is well."""
        return self._reflector.last_error

    @property
    def is_missing(self) -> bool:
        """The server does not serve this kind (now)."""
        return self.state is State.MISSING or isinstance(self.last_error, NotFound)

    @property
    def denied(self) -> str:
        """``list websites.example.com in namespace a`` while we may not; else empty."""
        verb = self._reflector.denied_verb
        return f"{verb} {self.target}" if verb else ""

    @property
    def has_synced(self) -> bool:
        """Whether a whole list has been read, once."""
        return self._synced.is_set()

    async def wait_synced(self, timeout: float) -> bool:
        """Wait at most ``timeout`` seconds for the first list; whether it came."""
        try:
            async with asyncio.timeout(timeout):
                await self._synced.wait()
        except TimeoutError:
            return False
        return True

    async def wait_missing(self) -> None:
        """Wait, without a deadline, until the server turns out not to serve this kind (any more)."""
        await self._missing.wait()

    # -- use ------------------------------------------------------------------------------------------------------
    def add_handler(self, handler: Handler, *, interest: Interest | None = None, replay: bool = True) -> Registration:
        """Tell ``handler`` every change from now on, or those of ``interest``; first, as additions, what is there
        already (unless ``replay`` is False)."""
        registration = Registration(handler, interest)
        self._audience.add(registration)
        registration.is_initial = True
        for item in self._store.list() if replay else ():
            if interest is None or not interest.topics.isdisjoint(interest.topics_of(item.meta)):
                self._tell(registration, (None, item))
        registration.is_initial = not self.has_synced
        return registration

    def listen(self, registration: Registration, topic: Hashable) -> None:
        """Tell a handler that has an interest of one more topic, until ``unlisten``; nothing is replayed."""
        self._audience.listen(registration, topic)

    def unlisten(self, registration: Registration, topic: Hashable) -> None:
        self._audience.unlisten(registration, topic)

    def remove_handler(self, registration: Registration) -> None:
        """Stop telling it. Unknown ones are ignored."""
        self._audience.remove(registration)

    def add_index(self, name: str, function: IndexFunction) -> None:
        self._store.add_index(name, function)

    def get(self, key: ObjectKey) -> Cached | None:
        return self._store.get(key)

    @contextmanager
    def writing(self, key: ObjectKey, writer: Registration) -> Iterator[None]:
        """Around a request that writes ``key`` and the recording of its answer: hold back the writer's news of it.

        The watch is often faster than the answer; without this the writer would hear of its own write as of somebody
        else's. It is told at the end, once, if anything but its own writes happened meanwhile. Not to be nested for
        one key: of two at a time the second does nothing.
        """
        if key in self._flights:
            yield
            return
        flight = self._flights[key] = Flight(writer)
        try:
            yield
        finally:
            del self._flights[key]
            news = flight.news(self.get(key))
            if news is not None and writer in self._audience:
                self._tell(writer, news)

    def record_write(self, obj: Object | bytes, *, writer: Registration | None = None) -> None:
        """Take the answer to our own create, update or patch into the cache at once.

        Handlers are told, except ``writer``: it knows. The watch event that echoes the write stays silent, so a
        reconcile is not started by what it did itself. Not to be used for an object the server has deleted.
        """
        item = keep_object(obj, metadata_only=self.target.metadata_only)
        if self.target.namespace not in ("", item.meta.namespace) or not self._selector.matches(item.meta.labels):
            # Our write moved it out of this informer's sight: the watch says so, with a DELETED event.
            return
        if self.target.field_selector:
            return  # whether the fields still match only the server can tell
        flight = self._flights.get(item.key)
        if flight is not None and flight.writer is writer:
            flight.wrote(item.meta.resource_version)
        self._publish(self._store.record_write(item), writer)

    def record_delete(self, key: ObjectKey, uid: str, *, writer: Registration | None = None) -> None:
        """The server confirmed that the object ``uid`` is gone. Handlers are told, except ``writer``."""
        flight = self._flights.get(key)
        if flight is not None and flight.writer is writer:
            flight.deleted(uid)
        self._publish(self._store.record_delete(key, uid), writer)

    def wake(self) -> None:
        """End a back-off early: something says that trying again is worth it."""
        self._reflector.wake()

    def check_mutations(self) -> None:
        """Raise CacheMutated if a detector is armed and somebody wrote to cached metadata."""
        if self._detector is not None:
            self._detector.check_all()

    async def run(self) -> None:
        """Watch until cancelled; never ends by itself."""
        await self._reflector.run()

    def retarget(self, target: Target) -> None:
        """Watch ``target`` instead; only before ``run``."""
        self._reflector = self._reflector_of(target)

    # -- what the reflector tells (target.Sink) -------------------------------------------------------------------
    def begin_replace(self) -> int:
        return self._store.begin_replace()

    def replace(self, items: Iterable[Cached], version: str, began: int) -> None:
        for change in self._store.replace(items, version, began):
            self._publish(change)
        self._synced.set()
        for registration in self._audience:
            registration.is_initial = False

    def known(self, meta: ObjectMeta) -> Cached | None:
        """What is cached already of just this version of just this object."""
        found, version = self._store.get(meta.key), meta.resource_version
        is_same = found is not None and found.meta.resource_version == version and found.meta.uid == meta.uid
        return found if is_same and version else None

    def apply_event(self, kind: str, item: Cached) -> None:
        change = self._store.apply_event(kind, item)
        if change is not UNCHANGED:
            self._publish(change)

    def advance(self, version: str) -> None:
        self._store.advance(version)

    # -- inside ---------------------------------------------------------------------------------------------------
    def _reflector_of(self, target: Target) -> Reflector:
        return Reflector(self._api, target, self, use_watch_list=self._use_watch_list, on_state=self._note_state)

    def _note_state(self, target: Target, before: State, state: State) -> None:
        if state is State.MISSING:
            self._missing.set()
        elif state is State.WATCHING:
            self._missing.clear()
        if self._on_state is not None:
            self._on_state(target, before, state)

    def _publish(self, change: Change, writer: Registration | None = None) -> None:
        if change is UNCHANGED:
            return
        flight = self._flights.get(_key_of(change)) if self._flights else None
        for registration in self._audience.concerned(*change):
            if registration is writer:
                continue
            if flight is not None and flight.writer is registration:
                flight.hold(change)
            else:
                self._tell(registration, change)

    def _tell(self, registration: Registration, change: Change) -> None:
        try:
            registration.handler(*change)
        except Exception as error:  # isolation: one party's bug is not the others' outage
            _log.error("a handler of %s failed: %r", self.target, error, exc_info=_log.isEnabledFor(logging.DEBUG))


def _key_of(change: Change) -> ObjectKey:
    item = change[1] or change[0]
    assert item is not None, "UNCHANGED is never published"
    return item.key
