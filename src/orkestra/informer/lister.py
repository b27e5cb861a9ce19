"""The read side of a store."""

from __future__ import annotations

from collections.abc import Iterator

from orkestra.informer.cached import Cached
from orkestra.informer.store import Items, Store
from orkestra.k8s.objects import ObjectKey
from orkestra.k8s.selectors import LabelSelector


class Lister:
    """Reads without ever asking the server. What it returns is shared: read only."""

    __slots__ = ("_store",)

    def __init__(self, store: Store) -> None:
        self._store = store

    def __len__(self) -> int:
        return len(self._store)

    def __iter__(self) -> Iterator[Cached]:
        return iter(self._store)

    def get(self, key: ObjectKey) -> Cached | None:
        return self._store.get(key)

    def list(self, namespace: str = "", selector: LabelSelector | None = None) -> Items:
        """The objects of one namespace (empty: of all), those whose labels match if a selector is given."""
        return self._store.list(namespace, selector)

    def keys(self) -> Iterator[ObjectKey]:
        return self._store.keys()

    def by_index(self, name: str, value: str) -> Items:
        """The objects for which index ``name`` yields ``value``. Raises KeyError for an index nobody added."""
        return self._store.by_index(name, value)
