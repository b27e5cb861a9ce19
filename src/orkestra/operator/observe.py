"""Caches -> what one reconcile knows. Reads only; nothing here asks the API server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from orkestra.informer.cached import Cached
from orkestra.k8s.objects import Object, ObjectKey, uid_of
from orkestra.katalog.schema.kinds import CHILD_KINDS
from orkestra.operator import names
from orkestra.operator.context import BoxContext, Fingerprint
from orkestra.operator.inventory import ChildId, Live, index_children
from orkestra.operator.uniqueness import HeldValues


@dataclass(frozen=True, slots=True)
class Observed:
    """The CR as cached (read-only) and its owned children."""

    key: ObjectKey
    cr: Object
    children: Mapping[ChildId, Live]

    @property
    def uid(self) -> str:
        return uid_of(self.cr)

    @property
    def owner_label(self) -> str:
        return names.label_value(self.key.name)


def observe(cx: BoxContext, cached: Cached) -> Observed:
    return Observed(cached.key, cached.object(), owned_children(cx, cached.meta.uid))


def owned_children(cx: BoxContext, uid: str, known: Mapping[ChildId, Live] | None = None) -> Mapping[ChildId, Live]:
    """The children of the CR ``uid`` as cached now; those that have not changed since ``known`` are taken from it."""
    found = ((cache.info, child) for cache in cx.children.values() for child in cache.owned_by(uid))
    return index_children(found, known or {})


def fingerprint(cx: BoxContext, cached: Cached) -> Fingerprint:
    """Cheap: no object is decoded."""
    uid = cached.meta.uid
    versions = [uid, cached.meta.resource_version]
    for cache in cx.children.values():
        versions += sorted(child.meta.resource_version for child in cache.owned_by(uid))
        versions.append("|")
    for gvk, key in cx.memory.sources.get(cached.key, ()):
        source = cx.find_source(gvk, key)
        versions.append(source.meta.resource_version if source is not None else "")
    return tuple(versions)


def with_places(cx: BoxContext, observed: Observed, places: list[ChildId]) -> Mapping[ChildId, Live]:
    """Owned children plus whatever of ours stands at ``places``, so that another CR's child there is seen."""
    strangers: dict[ChildId, Live] = {}
    for identity in places:
        cache = cx.children.get(identity[0])
        if cache is None or identity in observed.children:
            continue
        cached = cache.get(identity[1])
        if cached is not None:
            strangers[identity] = Live(cache.info, cached.meta, None if cached.raw is None else cached.object())
    return {**observed.children, **strangers} if strangers else observed.children


def scope_of(cx: BoxContext, cr: Mapping[str, Any], children: Mapping[ChildId, Live]) -> dict[str, Any]:
    """Template roots. ``children`` is there only if the definition reads it."""
    scope: dict[str, Any] = {**cr}
    for root in ("metadata", "spec", "status"):
        scope[root] = cr.get(root) or {}
    if cx.box.reads.children:
        scope["children"] = children_scope(children)
    return scope


def children_scope(children: Mapping[ChildId, Live]) -> dict[str, Any]:
    """``.children.deployment`` is the first child of a kind (by name), ``.children.deployments`` a map by name."""
    out: dict[str, Any] = {}
    for identity in sorted(children, key=lambda child: (child[0], child[1])):
        live = children[identity]
        body = live.obj
        if body is None:
            continue
        singulars, plurals = child_names(live.info.kind)
        for name in singulars:
            out.setdefault(name, body)
        for name in plurals:
            out.setdefault(name, {})[live.key.name] = body
    return out


@lru_cache(maxsize=512)
def child_names(kind: str) -> tuple[frozenset[str], frozenset[str]]:
    """What ``.children`` calls one child of a kind, and all of them: the kind in camel case, and its Katalog key."""
    camel = kind[0].lower() + kind[1:]
    rows = [row for row in CHILD_KINDS if row.kind == kind]
    singulars = frozenset([camel, *(row.singular for row in rows)])
    plurals = frozenset(row.key for row in rows) - singulars
    return singulars, plurals or frozenset([camel + "s"])


def uniqueness(cx: BoxContext, observed: Observed) -> Callable[[tuple[str, ...], str], bool]:
    """The check behind ``unique``: no other cached CR of the kind has this value at this path."""

    def is_unique(path: tuple[str, ...], value: str) -> bool:
        held = cx.memory.held.get(path)
        if held is None:
            held = cx.memory.held[path] = HeldValues(path)
        return not held.is_held_by_another(value, observed.uid, cx.crs.informer.lister)

    return is_unique
