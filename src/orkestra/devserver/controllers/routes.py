"""From a changed object to the keys of those it concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from orkestra.devserver.controllers.view import View
from orkestra.devserver.controllers.workload import selector_of
from orkestra.k8s.objects import Object, ObjectKey, key_of, labels_of, namespace_of
from orkestra.k8s.owners import controller_of

Route = Callable[[Object], Iterable[ObjectKey]]


def itself(obj: Object) -> Iterable[ObjectKey]:
    return (key_of(obj),)


def to_controller(kind: str) -> Route:
    """The object's controller, where it is of ``kind``."""

    def route(obj: Object) -> Iterable[ObjectKey]:
        ref = controller_of(obj)
        if ref is not None and ref.get("kind") == kind:
            return (ObjectKey(namespace_of(obj), str(ref.get("name"))),)
        return ()

    return route


def to_controller_or_adopter(view: View, kind: str, resource: str) -> Route:
    """As ``to_controller``; an object nobody controls concerns every ``resource`` whose selector matches it."""
    direct = to_controller(kind)

    def route(obj: Object) -> Iterable[ObjectKey]:
        if controller_of(obj) is not None:
            return direct(obj)
        labels = labels_of(obj)
        if not labels:
            return ()
        holders = view.in_namespace(resource, namespace_of(obj))
        return [key_of(each) for each in holders if (selector := selector_of(each)) and selector.matches(labels)]

    return route
