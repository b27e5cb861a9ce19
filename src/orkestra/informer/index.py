"""Secondary indexes of a store: value -> objects, kept current on every change."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from orkestra.client.watch import ObjectMeta
from orkestra.informer.cached import Cached
from orkestra.k8s.objects import ObjectKey

IndexFunction = Callable[[ObjectMeta], Iterable[str]]
"""Metadata -> the values under which the object is found."""

OWNER_UID = "owner-uid"
"""Name of the customary index over ``owner_uids``."""


def owner_uids(meta: ObjectMeta) -> Iterable[str]:
    return [owner.uid for owner in meta.owner_references]


def label_values(label: str) -> IndexFunction:
    """An index over the value of one label."""

    def values(meta: ObjectMeta) -> Iterable[str]:
        value = meta.labels.get(label)
        return () if value is None else (value,)

    return values


class Index:
    """Most values name one object or few: a bucket is the object itself until a second one comes."""

    def __init__(self, function: IndexFunction) -> None:
        self.function = function
        self._buckets: dict[str, Cached | dict[ObjectKey, Cached]] = {}

    def update(self, old: Cached | None, new: Cached | None) -> None:
        if old is not None:
            for value in set(self.function(old.meta)):
                self._discard(value, old.key)
        if new is not None:
            for value in set(self.function(new.meta)):
                self._insert(value, new)

    def find(self, value: str) -> list[Cached]:
        bucket = self._buckets.get(value)
        if bucket is None:
            return []
        return [bucket] if isinstance(bucket, Cached) else list(bucket.values())

    def _insert(self, value: str, item: Cached) -> None:
        bucket = self._buckets.get(value)
        if bucket is None:
            self._buckets[value] = item
        elif isinstance(bucket, Cached):
            self._buckets[value] = {bucket.key: bucket, item.key: item}
        else:
            bucket[item.key] = item

    def _discard(self, value: str, key: ObjectKey) -> None:
        bucket = self._buckets.get(value)
        if isinstance(bucket, dict):
            bucket.pop(key, None)
            if not bucket:
                del self._buckets[value]
        elif bucket is not None and bucket.key == key:
            del self._buckets[value]
