"""From a change of some object to the keys to reconcile.

A ``Source`` joins an informer to a queue: predicate, then mapper, then ``add``. What was there at the start comes in
with low priority, so that a user's change does not wait behind ten thousand old objects.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

from orkestra.controller.backlog import Priority
from orkestra.controller.predicates import Predicate
from orkestra.controller.workqueue import WorkQueue
from orkestra.informer.cached import Cached
from orkestra.informer.informer import Informer, Interest, Registration
from orkestra.k8s.gvk import split_api_version
from orkestra.k8s.objects import ObjectKey

Mapper = Callable[[Cached], Iterable[ObjectKey]]


class Source:
    """Feeds ``queue`` from ``informer`` until ``close``. Both versions of an update are mapped, so that an object
    that changed hands wakes its former owner too. ``interest`` and ``replay``: see ``Informer.add_handler``.
    """

    def __init__(
        self,
        informer: Informer,
        queue: WorkQueue[ObjectKey],
        mapper: Mapper,
        predicate: Predicate | None = None,
        *,
        interest: Interest | None = None,
        replay: bool = True,
    ) -> None:
        self._informer = informer
        self._queue = queue
        self._mapper = mapper
        self._predicate = predicate
        self._is_adding = True
        self._registration: Registration | None = None
        self._registration = informer.add_handler(self._handle, interest=interest, replay=replay)
        self._is_adding = False

    @property
    def registration(self) -> Registration:
        """Pass it as ``writer`` to ``record_write``, so that own writes do not come back as work."""
        assert self._registration is not None
        return self._registration

    def close(self) -> None:
        self._informer.remove_handler(self.registration)

    def listen(self, topic: Hashable) -> None:
        """Hear of one more topic, until ``unlisten``."""
        self._informer.listen(self.registration, topic)

    def unlisten(self, topic: Hashable) -> None:
        self._informer.unlisten(self.registration, topic)

    def _handle(self, old: Cached | None, new: Cached | None) -> None:
        if self._predicate is not None and not self._predicate(old, new):
            return
        is_initial = self._is_adding or self.registration.is_initial
        priority = Priority.LOW if is_initial else Priority.HIGH
        added: set[ObjectKey] = set()
        for item in (new, old):
            if item is not None:
                for key in self._mapper(item):
                    if key not in added:
                        added.add(key)
                        self._queue.add(key, priority)


def itself(item: Cached) -> Iterable[ObjectKey]:
    """The object's own key."""
    return (item.key,)


def owner_of(group: str, kind: str, *, namespaced: bool = True) -> Mapper:
    """The controlling owner of ``group`` and ``kind`` (any version), as metav1.GetControllerOf finds it."""

    def keys(item: Cached) -> Iterable[ObjectKey]:
        for owner in item.meta.owner_references:
            if owner.controller and owner.kind == kind and _group_of(owner.api_version) == group:
                return (ObjectKey(item.meta.namespace if namespaced else "", owner.name),)
        return ()

    return keys


def owner_uid_of(find: Callable[[str], ObjectKey | None]) -> Mapper:
    """Whatever owner ``find`` knows by its uid, controlling or not."""

    def keys(item: Cached) -> Iterable[ObjectKey]:
        found = (find(owner.uid) for owner in item.meta.owner_references)
        return [key for key in found if key is not None]

    return keys


def labelled(name_label: str, namespace_label: str = "") -> Mapper:
    """The key in the object's labels, for owners that no ownerReference can name (other namespace or scope).

    Without ``namespace_label`` the owner is cluster-scoped.
    """

    def keys(item: Cached) -> Iterable[ObjectKey]:
        name = item.meta.labels.get(name_label)
        if not name:
            return ()
        return (ObjectKey(item.meta.labels.get(namespace_label, "") if namespace_label else "", name),)

    return keys


def every(keys: Callable[[], Iterable[ObjectKey]]) -> Mapper:
    """All of ``keys()``, whatever changed (an object everybody depends on)."""
    return lambda _: keys()


def _group_of(api_version: str) -> str:
    try:
        return split_api_version(api_version)[0]
    except ValueError:
        return ""
