"""The cache of one resource: what the watch told, and what we wrote ourselves and the watch will tell later.

Read-your-own-writes: the answer to a write goes in at once; a watch event that is older than it is not applied. Such
an event is silent if it is the echo of our own write, and told if it was somebody else's: their change is part of
what our write returned, and whoever must react to it has not heard of it. A confirmed deletion leaves a tombstone,
so that neither a lagging event nor a list begun before it brings the object back.

Every change is returned as ``(old, new)``, None for absent; ``UNCHANGED`` means that nobody needs to be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from orkestra.client.watch import DELETED
from orkestra.informer.cached import Cached
from orkestra.informer.index import Index, IndexFunction
from orkestra.informer.mutation import MutationDetector
from orkestra.informer.versions import is_newer, is_older, rank
from orkestra.k8s.objects import ObjectKey
from orkestra.k8s.selectors import LabelSelector

Change = tuple[Cached | None, Cached | None]
Changes = list[Change]
Items = list[Cached]
UNCHANGED: Change = (None, None)

_OWN_WRITES_LIMIT = 32
"""Unconfirmed writes remembered per object; more only pile up while the watch is down, and a relist settles those."""
_TOMBSTONES_LIMIT = 10_000
"""Tombstones of objects the watch never mentions again; the oldest go first."""
_BURIED_LIMIT = 1_000
"""Deletions the watch showed lately: it is often faster than the answer, and then no tombstone is needed."""


@dataclass(slots=True)
class _Tombstone:
    uid: str
    version: str
    era: int


@dataclass(slots=True)
class _OwnWrites:
    """What others know of an object (``told``), and the versions of our writes that the watch has not shown yet."""

    told: Cached | None
    era: int = 0
    versions: list[str] = field(default_factory=list)


class Store:
    """Not thread-safe. Objects and metadata in it are shared: read only (``detector`` arms a check in tests)."""

    def __init__(
        self, indexes: Mapping[str, IndexFunction] | None = None, *, detector: MutationDetector | None = None
    ) -> None:
        self._namespaces: dict[str, dict[str, Cached]] = {}
        self._size = 0
        self._indexes = {name: Index(function) for name, function in (indexes or {}).items()}
        self._own: dict[ObjectKey, _OwnWrites] = {}
        self._tombstones: dict[ObjectKey, _Tombstone] = {}
        self._buried: dict[str, None] = {}
        self._era = 0
        self._seen = -1  # rank of the newest version the watch has reached
        self._detector = detector

    # -- reading --------------------------------------------------------------------------------------------------
    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Cached]:
        for items in self._namespaces.values():
            yield from items.values()

    def get(self, key: ObjectKey) -> Cached | None:
        items = self._namespaces.get(key.namespace)
        return None if items is None else items.get(key.name)

    def list(self, namespace: str = "", selector: LabelSelector | None = None) -> Items:
        """The objects of one namespace (empty: of all), those whose labels match if a selector is given."""
        found: Iterable[Cached] = self._namespaces.get(namespace, {}).values() if namespace else self
        if selector:
            return [item for item in found if selector.matches(item.meta.labels)]
        return [*found]

    def keys(self) -> Iterator[ObjectKey]:
        return (item.key for item in self)

    def by_index(self, name: str, value: str) -> Items:
        """The objects for which index ``name`` yields ``value``. Raises KeyError for an index nobody added."""
        return self._indexes[name].find(value)

    def add_index(self, name: str, function: IndexFunction) -> None:
        """Add an index, over what is already there too. One name stands for one function: a second add is ignored."""
        if name in self._indexes:
            return
        index = self._indexes[name] = Index(function)
        for item in self:
            index.update(None, item)

    # -- what the watch tells -------------------------------------------------------------------------------------
    def apply_event(self, kind: str, item: Cached) -> Change:
        """Apply one ADDED, MODIFIED or DELETED event."""
        self.advance(item.meta.resource_version)
        return self._apply_deleted(item) if kind == DELETED else self._apply_present(item)

    def advance(self, version: str) -> None:
        """The watch has reached ``version`` (an event, a bookmark, a list)."""
        reached = rank(version)
        if reached is not None and reached > self._seen:
            self._seen = reached

    def begin_replace(self) -> int:
        """Call before listing; the result tells ``replace`` which deletions the list cannot know of."""
        self._era += 1
        return self._era

    def replace(self, items: Iterable[Cached], version: str, began: int) -> Changes:
        """Take a consistent list, read at ``version``, as the truth, less what we wrote after it; the differences.

        A list that is older than the store is believed too: that is an API server restored from a backup.
        """
        changes: Changes = []
        listed: set[ObjectKey] = set()
        for item in items:
            key = item.key
            listed.add(key)
            grave = self._tombstones.get(key)
            if grave is not None and grave.era >= began and grave.uid == item.meta.uid:
                continue
            changes.append(self._replace_one(key, item, began))
        for item in [item for item in self if item.key not in listed]:
            if self._is_written_after(item, version, began):
                continue  # the watch will confirm it
            told = self._told(item.key, item)
            self._put(item.key, None)
            changes.append((told, None))
        self._tombstones = {key: grave for key, grave in self._tombstones.items() if grave.era >= began}
        self._seen = -1
        self.advance(version)
        return [change for change in changes if change is not UNCHANGED]

    # -- what we did ourselves ------------------------------------------------------------------------------------
    def record_write(self, item: Cached) -> Change:
        """Take the answer to our own create, update or patch, unless the store already knows better."""
        key, version = item.key, item.meta.resource_version
        current = self.get(key)
        if current is not None:
            if not is_newer(version, current.meta.resource_version):
                return UNCHANGED
        else:
            reached = rank(version)
            if reached is not None and reached <= self._seen:
                return UNCHANGED  # the watch is past this version: the object is already gone again
            grave = self._tombstones.get(key)
            if grave is not None and grave.uid == item.meta.uid:
                return UNCHANGED
        own = self._own.get(key)
        if own is None:
            own = self._own[key] = _OwnWrites(current)
        own.era = self._era
        own.versions.append(version)
        del own.versions[:-_OWN_WRITES_LIMIT]
        self._put(key, item)
        return current, item

    def record_delete(self, key: ObjectKey, uid: str) -> Change:
        """The server confirmed that the object ``uid`` is gone (not merely terminating, with finalizers left)."""
        current = self.get(key)
        if current is not None and current.meta.uid != uid:
            return UNCHANGED
        if current is None and uid in self._buried:
            return UNCHANGED
        version = current.meta.resource_version if current is not None else ""
        self._tombstones.pop(key, None)
        self._tombstones[key] = _Tombstone(uid, version, self._era)
        if len(self._tombstones) > _TOMBSTONES_LIMIT:
            del self._tombstones[next(iter(self._tombstones))]
        self._own.pop(key, None)
        if current is None:
            return UNCHANGED
        self._put(key, None)
        return current, None

    # -- inside ---------------------------------------------------------------------------------------------------
    def _apply_present(self, item: Cached) -> Change:
        key, meta = item.key, item.meta
        if self._tombstones:
            grave = self._tombstones.get(key)
            if grave is not None:
                if grave.uid == meta.uid or is_older(meta.resource_version, grave.version):
                    return UNCHANGED
                del self._tombstones[key]
        current = self.get(key)
        if current is None:
            self._put(key, item)
            return None, item
        if key in self._own:
            return self._confirm(key, current, item)
        if not is_newer(meta.resource_version, current.meta.resource_version):
            return UNCHANGED
        self._put(key, item)
        return current, item

    def _confirm(self, key: ObjectKey, current: Cached, item: Cached) -> Change:
        """An event on an object of which we hold writes that the watch has not shown yet."""
        own = self._own[key]
        version = item.meta.resource_version
        if version in own.versions:
            del own.versions[: own.versions.index(version) + 1]
            if not own.versions:
                del self._own[key]
            return UNCHANGED
        told = own.told
        if is_newer(version, current.meta.resource_version):
            del self._own[key]
            self._put(key, item)
            return told, item
        if told is not None and not is_newer(version, told.meta.resource_version):
            return UNCHANGED  # older than what was known before we wrote
        own.told = current
        return told, current

    def _apply_deleted(self, item: Cached) -> Change:
        key, meta = item.key, item.meta
        grave = self._tombstones.get(key)
        if grave is not None and grave.uid == meta.uid:
            del self._tombstones[key]
            return UNCHANGED
        current = self.get(key)
        # An object that is newer than the deletion was made again since, or came back under our selector.
        if current is None or is_older(meta.resource_version, current.meta.resource_version):
            return UNCHANGED
        told = self._told(key, current)
        self._put(key, None)
        self._buried[meta.uid] = None
        if len(self._buried) > _BURIED_LIMIT:
            del self._buried[next(iter(self._buried))]
        return told, None

    def _replace_one(self, key: ObjectKey, item: Cached, began: int) -> Change:
        current = self.get(key)
        if current is None:
            self._put(key, item)
            return None, item
        if self._is_written_after(current, item.meta.resource_version, began):
            return UNCHANGED
        held = key in self._own
        told = self._told(key, current)
        if item.meta.resource_version == current.meta.resource_version:
            # Our write is the newest, but others' changes under it may have passed in the gap: tell.
            return (told, current) if held else UNCHANGED
        self._put(key, item)
        return told, item

    def _is_written_after(self, current: Cached, version: str, began: int) -> bool:
        """Whether ``current`` is our own write, made since ``began`` and newer than ``version``."""
        own = self._own.get(current.key)
        return own is not None and own.era >= began and is_older(version, current.meta.resource_version)

    def _told(self, key: ObjectKey, current: Cached) -> Cached:
        """What handlers know of ``key``; ends waiting for our own writes to show."""
        own = self._own.pop(key, None)
        return current if own is None or own.told is None else own.told

    def _put(self, key: ObjectKey, item: Cached | None) -> None:
        items = self._namespaces.get(key.namespace)
        old = None if items is None else items.get(key.name)
        if self._detector is not None:
            self._detector.check(old)
            self._detector.remember(item)
        if item is not None:
            if items is None:
                items = self._namespaces[key.namespace] = {}
            items[key.name] = item
            self._size += old is None
        elif items is not None and old is not None:
            del items[key.name]
            self._size -= 1
            if not items:
                del self._namespaces[key.namespace]
        for index in self._indexes.values():
            index.update(old, item)
