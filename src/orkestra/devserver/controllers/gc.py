"""Garbage collection by owner references: background, foreground and orphan.

Rules: kubernetes pkg/controller/garbagecollector/garbagecollector.go (attemptToDeleteItem,
processDeletingDependentsItem, attemptToOrphanWorker). Keys are uids: a name may be taken by another object meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from orkestra.devserver.controllers.engine import Controller
from orkestra.devserver.controllers.graph import Node
from orkestra.k8s.errors import NotFound
from orkestra.k8s.finalizers import FOREGROUND, ORPHAN
from orkestra.k8s.objects import Object, ObjectKey, finalizers_of, uid_of
from orkestra.k8s.owners import owners_of

BURST = 20
"""Dependents written in one look; the rest waits for the next, so that requests get their turn."""

UNKNOWN_OWNER_SECONDS = 5.0
"""When an object is looked at again whose owner's kind nobody serves now."""


class GarbageCollector(Controller):
    """Fed by the graph, not by routes: every kind concerns it."""

    name: ClassVar[str] = "garbage-collector"

    @property
    def watches(self) -> dict[str, Callable[[Object], Iterable[ObjectKey]]]:
        return {}

    def sync(self, key: ObjectKey) -> None:
        node = self.engine.graph.node(key.name)
        if node is None:
            return
        if node.is_orphaning:
            self._orphan_dependents(node)
        elif node.is_deleting_dependents:
            self._delete_dependents(node)
        elif not node.is_terminating:
            self._judge(node)

    def _judge(self, node: Node) -> None:
        """Delete what no standing owner holds; drop dangling references from what one does."""
        if not node.owners:
            return
        if self._has_unknown_owner(node):
            self.requeue(ObjectKey("", node.uid), UNKNOWN_OWNER_SECONDS)
            return
        graph = self.engine.graph
        absent, waiting, solid = [], [], []
        for owner in node.owners:
            held = graph.node(owner.uid)
            if held is None or graph.is_absent(node, owner):
                absent.append(owner.uid)
            elif held.is_deleting_dependents:
                waiting.append(owner.uid)
            else:
                solid.append(owner.uid)
        if solid:
            if absent or waiting:
                self._edit(node, without_owners={*absent, *waiting})
            return
        propagation = "Foreground" if waiting and graph.dependents(node) else "Background"
        if ORPHAN in node.finalizers:
            propagation = "Orphan"
        elif FOREGROUND in node.finalizers:
            propagation = "Foreground"
        self._delete(node, propagation)

    def _has_unknown_owner(self, node: Node) -> bool:
        """A kind that is not served cannot be judged absent; a cluster-scoped object has no namespaced owner. Both may
        change: the kind may come (back), the reference be edited."""
        for owner in node.owners:
            info = self.engine.kind(owner.group, owner.kind)
            if info is None or (info.namespaced and not node.info.namespaced):
                return True
        return False

    def _delete_dependents(self, node: Node) -> None:
        dependents = self.engine.graph.dependents(node)
        going = [each for each in dependents if not each.is_terminating]
        for dependent in going[:BURST]:
            self._judge(dependent)
        if len(going) > BURST:
            self.engine.queue.add((self.name, ObjectKey("", node.uid)))
        elif not any(owner.uid == node.uid and owner.blocks for each in dependents for owner in each.owners):
            self._edit(node, without_finalizer=FOREGROUND)

    def _orphan_dependents(self, node: Node) -> None:
        dependents = self.engine.graph.dependents(node)
        for dependent in dependents[:BURST]:
            self._edit(dependent, without_owners={node.uid})
        if len(dependents) > BURST:
            self.engine.queue.add((self.name, ObjectKey("", node.uid)))
        else:
            self._edit(node, without_finalizer=ORPHAN)

    def _delete(self, node: Node, propagation: str) -> None:
        try:
            self.engine.cluster.delete(node.info, *node.key, uid=node.uid, propagation=propagation)
        except NotFound:
            return

    def _edit(self, node: Node, *, without_owners: Iterable[str] = (), without_finalizer: str = "") -> None:
        try:
            live = self.engine.cluster.get(node.info, *node.key)
        except NotFound:
            return
        if uid_of(live) != node.uid:
            return
        gone = set(without_owners)
        meta = dict(live["metadata"])
        _set_or_drop(meta, "ownerReferences", [ref for ref in owners_of(live) if ref.get("uid") not in gone])
        _set_or_drop(meta, "finalizers", [each for each in finalizers_of(live) if each != without_finalizer])
        if meta != live["metadata"]:
            self.engine.cluster.update(node.info, {**live, "metadata": meta}, manager="kube-controller-manager")


def _set_or_drop(meta: Object, field: str, values: list[object]) -> None:
    if values:
        meta[field] = values
    else:
        meta.pop(field, None)
