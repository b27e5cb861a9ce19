"""Who owns whom, over every stored object: the memory of garbage collection and of namespace deletion.

A node keeps no body, only what deciding needs, so that 10,000 custom resources cost little here.
Rules: kubernetes pkg/controller/garbagecollector/{graph.go,graph_builder.go,garbagecollector.go}.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orkestra.k8s.finalizers import FOREGROUND, ORPHAN
from orkestra.k8s.gvk import ResourceInfo, split_api_version
from orkestra.k8s.objects import Object, ObjectKey, finalizers_of, is_terminating, key_of, uid_of
from orkestra.k8s.owners import owners_of


@dataclass(frozen=True, slots=True)
class Owner:
    uid: str
    group: str
    kind: str
    name: str
    blocks: bool


@dataclass(slots=True)
class Node:
    uid: str
    info: ResourceInfo
    key: ObjectKey
    owners: tuple[Owner, ...] = ()
    finalizers: tuple[str, ...] = ()
    is_terminating: bool = False
    dependents: dict[str, None] = field(default_factory=dict)

    @property
    def is_deleting_dependents(self) -> bool:
        return self.is_terminating and FOREGROUND in self.finalizers

    @property
    def is_orphaning(self) -> bool:
        return self.is_terminating and ORPHAN in self.finalizers


class Graph:
    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}
        self._waiting: dict[str, dict[str, None]] = {}  # absent owner's uid -> dependents
        self._namespaces: dict[str, dict[str, None]] = {}
        self._resources: dict[str, dict[str, None]] = {}

    def put(self, info: ResourceInfo, obj: Object) -> None:
        uid = uid_of(obj)
        owners = tuple(_owner(ref) for ref in owners_of(obj))
        node = self._nodes.get(uid)
        if node is None:
            node = self._nodes[uid] = Node(uid, info, key_of(obj))
            node.dependents = self._waiting.pop(uid, {})
            self._namespaces.setdefault(node.key.namespace, {})[uid] = None
            self._resources.setdefault(info.group_resource, {})[uid] = None
        if owners != node.owners:
            self._unlink(node)
            node.owners = owners
            for owner in owners:
                self._dependents_of(owner.uid)[uid] = None
        node.finalizers = tuple(finalizers_of(obj))
        node.is_terminating = is_terminating(obj)

    def drop(self, resource: str, obj: Object) -> list[ObjectKey]:
        """Forget the object; the keys (uids) to look at again: its dependents, and owners that wait for it."""
        uid = uid_of(obj)
        node = self._nodes.pop(uid, None)
        if node is None:
            return []
        if node.dependents:
            self._waiting[uid] = node.dependents
        self._unlink(node)  # after that: an object may name itself
        _discard(self._namespaces, node.key.namespace, uid)
        _discard(self._resources, resource, uid)
        again = [*node.dependents, *(owner.uid for owner in node.owners if self._is_waiting(owner.uid))]
        return [ObjectKey("", each) for each in again]

    def node(self, uid: str) -> Node | None:
        return self._nodes.get(uid)

    def dependents(self, node: Node) -> list[Node]:
        return [self._nodes[uid] for uid in node.dependents if uid in self._nodes]

    def in_namespace(self, namespace: str) -> list[Node]:
        return [self._nodes[uid] for uid in self._namespaces.get(namespace, ())]

    def of_resource(self, resource: str) -> list[Node]:
        return [self._nodes[uid] for uid in self._resources.get(resource, ())]

    def suspects(self) -> list[ObjectKey]:
        return [ObjectKey("", uid) for uid in self._nodes if self.is_suspect(uid)]

    def is_suspect(self, uid: str) -> bool:
        """Whether a change of the object can give the collector work: not while all its owners stand and stay."""
        node = self._nodes.get(uid)
        if node is None:
            return False
        if node.is_deleting_dependents or node.is_orphaning:
            return True
        return any(self.is_absent(node, owner) or self._is_waiting(owner.uid) for owner in node.owners)

    def is_absent(self, node: Node, owner: Owner) -> bool:
        """An owner stands only with the same uid, kind and name, cluster-scoped or in the dependent's namespace."""
        held = self._nodes.get(owner.uid)
        if held is None:
            return True
        if (held.info.group, held.info.kind, held.key.name) != (owner.group, owner.kind, owner.name):
            return True
        return held.info.namespaced and held.key.namespace != node.key.namespace

    def _is_waiting(self, uid: str) -> bool:
        held = self._nodes.get(uid)
        return held is not None and held.is_deleting_dependents

    def _dependents_of(self, uid: str) -> dict[str, None]:
        held = self._nodes.get(uid)
        return held.dependents if held is not None else self._waiting.setdefault(uid, {})

    def _unlink(self, node: Node) -> None:
        for owner in node.owners:
            held = self._nodes.get(owner.uid)
            if held is not None:
                held.dependents.pop(node.uid, None)
            else:
                _discard(self._waiting, owner.uid, node.uid)


def _owner(ref: Mapping[str, Any]) -> Owner:
    try:
        group, _ = split_api_version(str(ref.get("apiVersion") or ""))
    except ValueError:
        group = ""
    uid, kind, name = (str(ref.get(part) or "") for part in ("uid", "kind", "name"))
    return Owner(uid, group, kind, name, ref.get("blockOwnerDeletion") is True)


def _discard(table: dict[str, dict[str, None]], key: str, uid: str) -> None:
    bucket = table.get(key)
    if bucket is not None:
        bucket.pop(uid, None)
        if not bucket:
            del table[key]
