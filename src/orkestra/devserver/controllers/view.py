"""What the controllers know of the cluster: objects by key, by controller and by label, kept by change events.

The cluster calls back after each commit and before the write returns, so the view is never behind. Objects are those
of the event, shared with others: read them, never write them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from orkestra.k8s.objects import Object, ObjectKey, key_of, labels_of
from orkestra.k8s.owners import controller_of
from orkestra.k8s.selectors import LabelSelector

LABEL_INDEXED = ("pods", "replicasets.apps")

_NO_OBJECTS: Mapping[ObjectKey, Object] = {}
_NO_KEYS: Mapping[ObjectKey, None] = {}


class View:
    """Holds the kinds it is told to (``deployments.apps``, ``pods`` …) and no others."""

    def __init__(self) -> None:
        self._objects: dict[str, dict[ObjectKey, Object]] = {}
        self._namespaced: dict[tuple[str, str], dict[ObjectKey, None]] = {}
        self._owned: dict[tuple[str, str], dict[ObjectKey, None]] = {}
        self._labelled: dict[tuple[str, str, str, str], dict[ObjectKey, None]] = {}

    def hold(self, resource: str) -> None:
        self._objects.setdefault(resource, {})

    def holds(self, resource: str) -> bool:
        return resource in self._objects

    def put(self, resource: str, obj: Object) -> None:
        key = key_of(obj)
        held = self._objects[resource]
        old = held.get(key)
        if old is not None:
            self._unindex(resource, key, old)
        held[key] = obj
        for table, entry in self._entries(resource, key, obj):
            table.setdefault(entry, {})[key] = None

    def drop(self, resource: str, key: ObjectKey) -> None:
        old = self._objects[resource].pop(key, None)
        if old is not None:
            self._unindex(resource, key, old)

    def get(self, resource: str, key: ObjectKey) -> Object | None:
        return self._objects.get(resource, _NO_OBJECTS).get(key)

    def all(self, resource: str) -> list[Object]:
        return list(self._objects.get(resource, _NO_OBJECTS).values())

    def in_namespace(self, resource: str, namespace: str) -> list[Object]:
        return self._resolve(resource, self._namespaced.get((resource, namespace), _NO_KEYS))

    def controlled(self, resource: str, uid: str) -> list[Object]:
        """Objects whose controller reference names ``uid``."""
        return self._resolve(resource, self._owned.get((resource, uid), _NO_KEYS))

    def selected(self, resource: str, namespace: str, selector: LabelSelector) -> list[Object]:
        """Objects of a namespace that match; one equality among the requirements makes it cheap."""
        buckets = [
            self._labelled.get((resource, namespace, term.key, term.values[0]), _NO_KEYS)
            for term in selector.requirements
            if term.operator == "In" and len(term.values) == 1
        ]
        if buckets and resource in LABEL_INDEXED:
            smallest = buckets[min(range(len(buckets)), key=lambda index: len(buckets[index]))]
            found = self._resolve(resource, smallest)
        else:
            found = self.in_namespace(resource, namespace)
        return [obj for obj in found if selector.matches(labels_of(obj))]

    def _resolve(self, resource: str, keys: Iterable[ObjectKey]) -> list[Object]:
        held = self._objects.get(resource, _NO_OBJECTS)
        return [held[key] for key in keys]

    def _entries(
        self, resource: str, key: ObjectKey, obj: Object
    ) -> Iterator[tuple[dict[Any, dict[ObjectKey, None]], Any]]:
        yield self._namespaced, (resource, key.namespace)
        controller = controller_of(obj)
        if controller is not None:
            yield self._owned, (resource, str(controller.get("uid")))
        if resource in LABEL_INDEXED:
            for label, value in labels_of(obj).items():
                yield self._labelled, (resource, key.namespace, label, value)

    def _unindex(self, resource: str, key: ObjectKey, obj: Object) -> None:
        for table, entry in self._entries(resource, key, obj):
            bucket = table.get(entry)
            if bucket is not None:
                bucket.pop(key, None)
                if not bucket:
                    del table[entry]
