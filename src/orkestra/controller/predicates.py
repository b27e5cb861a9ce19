"""Which changes are worth a reconcile: tests on (old, new).

After sigs.k8s.io/controller-runtime pkg/predicate: an addition or deletion always is; predicates judge updates.
"""

from __future__ import annotations

from collections.abc import Callable

from orkestra.client.watch import ObjectMeta
from orkestra.informer.cached import Cached

Predicate = Callable[[Cached | None, Cached | None], bool]


def on_update(differs: Callable[[ObjectMeta, ObjectMeta], bool]) -> Predicate:
    """A predicate true for every addition and deletion, and for the updates ``differs(old, new)`` accepts.

    An update that starts the deletion, or replaces the object by another of its name, is always accepted.
    """

    def accepts(old: Cached | None, new: Cached | None) -> bool:
        if old is None or new is None:
            return True
        before, after = old.meta, new.meta
        if before.uid != after.uid or before.deletion_timestamp != after.deletion_timestamp:
            return True
        return differs(before, after)

    return accepts


def _generation_differs(old: ObjectMeta, new: ObjectMeta) -> bool:
    return old.generation != new.generation


def _labels_differ(old: ObjectMeta, new: ObjectMeta) -> bool:
    return old.labels != new.labels


def _annotations_differ(old: ObjectMeta, new: ObjectMeta) -> bool:
    return old.annotations != new.annotations


def _finalizers_differ(old: ObjectMeta, new: ObjectMeta) -> bool:
    return old.finalizers != new.finalizers


generation_changed: Predicate = on_update(_generation_differs)
"""The spec changed. For kinds without a status subresource every write raises the generation, or none does."""
labels_changed: Predicate = on_update(_labels_differ)
annotations_changed: Predicate = on_update(_annotations_differ)
finalizers_changed: Predicate = on_update(_finalizers_differ)


def any_of(*predicates: Predicate) -> Predicate:
    def accepts(old: Cached | None, new: Cached | None) -> bool:
        return any(predicate(old, new) for predicate in predicates)

    return accepts


def all_of(*predicates: Predicate) -> Predicate:
    def accepts(old: Cached | None, new: Cached | None) -> bool:
        return all(predicate(old, new) for predicate in predicates)

    return accepts


desired_changed: Predicate = any_of(generation_changed, labels_changed, annotations_changed, finalizers_changed)
"""Anything but status: what a user or another controller can ask for."""
