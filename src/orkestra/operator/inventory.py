"""Which live objects are this CR's: the inventory is read from the children themselves.

A child belongs to a CR when it carries two marks, either of which a user may take off to release it: the ownership
label, and a reference that names the CR by uid (the controller ownerReference, or the uid label where scope forbids
one). Both are written in the request that creates the child, so there is no moment at which a crash could leave a
child that no inventory knows.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from orkestra.client.watch import ObjectMeta
from orkestra.informer.cached import Cached
from orkestra.k8s.gvk import GVK, ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey
from orkestra.operator import names

OWNER_INDEX = "owner"


def owners_of(meta: ObjectMeta) -> Iterator[str]:
    """Index function: uids of the CRs a child belongs to."""
    for reference in meta.owner_references:
        if reference.controller:
            yield reference.uid
    if uid := meta.labels.get(names.OWNER_UID_LABEL):
        yield uid


_ANY_LABELLED = "any"


def owner_topics(meta: ObjectMeta) -> Iterator[Hashable]:
    """What boxes that share a watch of children listen for: group and kind of the controller, the child's own key, and
    one topic for all that name their CR by label, which says nothing of its kind."""
    yield meta.key
    for reference in meta.owner_references:
        if reference.controller:
            yield reference.api_version.rpartition("/")[0], reference.kind
    if names.OWNER_UID_LABEL in meta.labels:
        yield _ANY_LABELLED


def topics_for(owner: ResourceInfo) -> frozenset[Hashable]:
    """The topics of children whose CRs are ``owner``'s."""
    return frozenset({(owner.group, owner.kind), _ANY_LABELLED})


@dataclass(frozen=True, slots=True)
class Live:
    """A child as the cache has it. ``obj`` is None where only metadata is cached."""

    info: ResourceInfo
    meta: ObjectMeta
    obj: Object | None

    @property
    def gvk(self) -> GVK:
        return self.info.gvk

    @property
    def key(self) -> ObjectKey:
        return self.meta.key

    def belongs_to(self, uid: str, owner_label: str) -> bool:
        return self.meta.labels.get(names.OWNER_LABEL) == owner_label and uid in owners_of(self.meta)


ChildId = tuple[GVK, ObjectKey]


def index_children(
    found: Iterable[tuple[ResourceInfo, Cached]], known: Mapping[ChildId, Live]
) -> Mapping[ChildId, Live]:
    """``known``: decoded before; what is still the same object is not decoded again."""
    children: dict[ChildId, Live] = {}
    for info, cached in found:
        identity = (info.gvk, cached.key)
        live = known.get(identity)
        if live is None or live.meta is not cached.meta:
            live = Live(info, cached.meta, None if cached.raw is None else cached.object())
        children[identity] = live
    return children
