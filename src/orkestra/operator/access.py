"""Definition -> the rights a box needs: which verbs, on which resource, in which namespaces, and why.

Pure, and beside the code it describes: a request that the runtime sends and no ``Right`` here allows is a bug, which
the scenarios of tests/e2e look for in all they make the runtime do. Resources are what RBAC calls them: a plural with
its subresource. What the runtime needs for itself is in ``own_rights``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from orkestra.k8s.gvk import GVK
from orkestra.katalog.model import OperatorBox, ResourceEntry
from orkestra.katalog.position import Position
from orkestra.katalog.values import Constant, MapValue, Value
from orkestra.operator import names
from orkestra.operator.copies import source_needs
from orkestra.operator.needs import Need, child_needs, child_type, former_needs

LOOK = ("list", "watch")
WRITE = ("create", "delete", "get", "patch")
"""``get`` is for what stands in the way of a create, and for a child whose fields are taken over from its POST."""
RUN = ("create", "get", "patch")
"""Jobs of ``onDelete``, which Kubernetes removes."""
REMOVE = ("delete", "get")
"""Children that ``onDelete`` deletes; ``get`` is to tell of a stranger in their place."""
_RBAC = "rbac.authorization.k8s.io"
_ROLES = ("roles", "clusterRoles")
_BINDINGS = {"roleBindings": "Role", "clusterRoleBindings": "ClusterRole"}
_ROLE_PLURALS = {"Role": "roles", "ClusterRole": "clusterroles"}


@dataclass(frozen=True, slots=True)
class Served:
    """What is known offline of a kind. ``namespaced`` and ``has_status`` None: only the cluster can tell."""

    group: str
    plural: str
    namespaced: bool | None = None
    has_status: bool | None = None


Resolve = Callable[[GVK], Served]


@dataclass(frozen=True, slots=True)
class Right:
    """``namespace`` empty: all of them, or a cluster-scoped resource. ``objects`` empty: whatever their name.
    ``subject`` needs it (an entry, declared at ``position``, or the runtime)."""

    group: str
    resource: str
    verbs: frozenset[str]
    namespace: str
    objects: frozenset[str]
    subject: str
    position: Position | None
    why: str


def own_rights(namespace: str, followed: str = "") -> Iterator[Right]:
    """What the runtime needs for itself, in its ``namespace``: the Lease of the election (a create cannot be narrowed
    to a name), and events about the definition's ConfigMap. ``followed``: that ConfigMap, where it is read by API."""
    right = partial(_right, places=[namespace], subject="runtime", position=None)
    leases, events = Served("coordination.k8s.io", "leases"), Served("events.k8s.io", "events")
    yield from right(leases, verbs=("create",), why="the Lease it leads by, the first time")
    yield from right(leases, verbs=("get", "update"), why="the Lease it leads by", objects=[names.LEASE])
    yield from right(events, verbs=("create", "patch"), why="what became of revisions, on their ConfigMap")
    ledger, why = Served("", "configmaps"), "which kinds of children it made, to prune what a definition drops"
    yield from right(ledger, verbs=("create",), why=f"{why}, the first time")
    yield from right(ledger, verbs=("get", "patch"), why=why, objects=[names.LEDGER])
    if followed:
        yield from right(Served("", "configmaps"), verbs=LOOK, why="the definition", objects=[followed])


def box_rights(box: OperatorBox, resolve: Resolve) -> Iterator[Right]:
    """All that one enabled entry needs; some is given more than once, or is part of something wider."""
    if box.enabled:
        yield from _Box(box, resolve).rights()


class _Box:
    def __init__(self, box: OperatorBox, resolve: Resolve) -> None:
        self.box = box
        self.resolve = resolve
        self.own = resolve(box.gvk)
        self.places = self._places_of_crs()

    def rights(self) -> Iterator[Right]:
        box, own = self.box, self.own
        right = partial(_right, subject=box.name, position=box.position)
        yield from right(own, [box.namespace if own.namespaced is not False else ""], LOOK, "its custom resources")
        if not box.ignore_status_patch and own.has_status is not False:
            yield from right(own, self.places, ("patch",), "their status", subresource="status")
        if self._needs_finalizer():
            yield from right(own, self.places, ("patch",), "their finalizer, for what no ownerReference reaches")
        if any(self._is_owned(entry) is not False for entry in box.entries):
            why = "children that block the deletion of their owner"
            yield from right(own, self.places, ("update",), why, subresource="finalizers")
        events = ["default"] if own.namespaced is False else self.places
        yield from right(Served("events.k8s.io", "events"), events, ("create", "patch"), "events")
        for entry in box.entries:
            yield from self._child_rights(entry, WRITE)
        for entry in box.on_delete.entries:
            yield from self._child_rights(entry, RUN if entry.kind == "jobs" else REMOVE)
        for gvk, former in former_needs(box).items():
            yield from self._former_rights(gvk, former)
        for need in source_needs(box):
            source = self.resolve(need.gvk)
            wanted = [need.name] if need.name else []
            yield from right(source, [need.namespace], LOOK, "what it copies", objects=wanted)

    def _child_rights(self, entry: ResourceEntry, verbs: Collection[str]) -> Iterator[Right]:
        child = self.resolve(child_type(entry))
        right = partial(_right, subject=entry.id, position=entry.position)
        places = self._places_of(entry, child)
        need = child_needs(self.box)[child_type(entry)]
        yield from right(child, [need.place(self.box, namespaced=child.namespaced is not False)], LOOK, "its children")
        yield from right(child, places, verbs, "its children")
        if "status" in entry.fields and child.has_status is not False and not _is(entry.fields.get("hasStatus"), False):
            yield from right(child, places, ("patch",), "the status it writes", subresource="status")
        if entry.kind in _ROLES:
            yield from right(child, places, ("escalate",), "roles with rules that the runtime does not hold itself")
        if entry.kind in _BINDINGS:
            kind, name = _role_ref(entry)
            roles = Served(_RBAC, _ROLE_PLURALS.get(kind, "clusterroles"))
            why = "bindings to a role that the runtime does not hold itself"
            yield from right(roles, places, ("bind",), why, objects=[name] if name else [])

    def _former_rights(self, gvk: GVK, need: Need) -> Iterator[Right]:
        """To see what is left of a kind, and to delete it."""
        child, subject = self.resolve(gvk), f"{self.box.name}.formerKinds"
        right = partial(_right, subject=subject, position=self.box.position, why="children of a kind it had")
        yield from right(child, [need.place(self.box, namespaced=child.namespaced is not False)], LOOK)
        yield from right(child, [""] if child.namespaced is False else self.places, ("delete",))

    def _needs_finalizer(self) -> bool:
        """The static side of ``deletion.ensure_finalizer``."""
        had_far = any(self.resolve(gvk).namespaced is False for gvk in former_needs(self.box))
        return (
            bool(self.box.on_delete.stages)
            or any(not self._is_owned(entry) for entry in self.box.entries)
            or (had_far and self.own.namespaced is not False)
        )

    def _is_owned(self, entry: ResourceEntry) -> bool | None:
        """Whether an ownerReference reaches the children of ``entry``; None: it depends on the CR."""
        child = self.resolve(child_type(entry))
        if self.own.namespaced is False:
            return True
        if child.namespaced is False:
            return False if self.own.namespaced else None
        if entry.namespace is None and "toNamespaces" not in entry.fields:
            return True if child.namespaced else None
        places = self._places_of(entry, child)
        return None if "" in places or self.box.namespace in places or not self.box.namespace else False

    def _places_of_crs(self) -> list[str]:
        if self.own.namespaced is False:
            return [""]
        return [self.box.namespace] if self.box.namespace else sorted(self.box.allowed_namespaces) or [""]

    def _places_of(self, entry: ResourceEntry, child: Served) -> list[str]:
        """The namespaces of its children; one that is empty is any."""
        if child.namespaced is False:
            return [""]
        named = entry.fields.get("toNamespaces", entry.namespace)
        if named is None:
            return self.places
        if not isinstance(named, Constant):
            return [""]
        listed = named.value if isinstance(named.value, list) else [named.value]
        return [str(name) for name in listed if name not in (None, "")] or self.places


def _right(
    served: Served,
    places: Iterable[str],
    verbs: Collection[str],
    why: str,
    *,
    subject: str,
    position: Position | None,
    subresource: str = "",
    objects: Collection[str] = (),
) -> Iterator[Right]:
    resource = f"{served.plural}/{subresource}" if subresource else served.plural
    for place in places:
        yield Right(served.group, resource, frozenset(verbs), place, frozenset(objects), subject, position, why)


def _role_ref(entry: ResourceEntry) -> tuple[str, str]:
    """Kind and name of the role a binding gives; a name that only a CR tells is empty."""
    reference = entry.fields.get("roleRef")
    parts: dict[str, object] = {}
    if isinstance(reference, Constant) and isinstance(reference.value, dict):
        parts = reference.value
    elif isinstance(reference, MapValue):
        parts = {str(key): value.value for key, value in reference.entries if isinstance(value, Constant)}
    return str(parts.get("kind") or _BINDINGS[entry.kind]), str(parts.get("name") or "")


def _is(value: Value | None, wanted: object) -> bool:
    return isinstance(value, Constant) and value.value is wanted
