"""What each namespace has by default, and how one ends.

Conditions: kubernetes pkg/controller/namespace/deletion/{namespaced_resources_deleter.go,status_condition_utils.go}.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import ClassVar

from orkestra.devserver.controllers.engine import Controller
from orkestra.devserver.controllers.graph import Node
from orkestra.devserver.controllers.routes import itself
from orkestra.devserver.controllers.times import stamp
from orkestra.k8s.errors import AlreadyExists, NotFound
from orkestra.k8s.objects import Object, ObjectKey, is_terminating, namespace_of

POLL_SECONDS = 5.0
GATHER_SECONDS = 0.02
BURST = 20


class ServiceAccounts(Controller):
    """Every namespace has a ServiceAccount ``default``."""

    name: ClassVar[str] = "serviceaccount"

    @property
    def watches(self) -> dict[str, Callable[[Object], Iterable[ObjectKey]]]:
        return {"namespaces": itself, "serviceaccounts": lambda obj: (ObjectKey("", namespace_of(obj)),)}

    def sync(self, key: ObjectKey) -> None:
        namespace = self.view.get("namespaces", key)
        if namespace is None or is_terminating(namespace):
            return
        if self.view.get("serviceaccounts", ObjectKey(key.name, "default")) is None:
            meta = {"name": "default", "namespace": key.name}
            try:
                self.engine.create("serviceaccounts", {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta})
            except AlreadyExists:
                return


class Namespaces(Controller):
    """Empties a terminating namespace, tells what holds it up, and lets it go."""

    name: ClassVar[str] = "namespace"

    @property
    def watches(self) -> dict[str, Callable[[Object], Iterable[ObjectKey]]]:
        return {"namespaces": itself}

    def sync(self, key: ObjectKey) -> None:
        namespace = self.view.get("namespaces", key)
        if namespace is None or not is_terminating(namespace):
            return
        if "kubernetes" not in ((namespace.get("spec") or {}).get("finalizers") or ()):
            return
        nodes = self.engine.graph.in_namespace(key.name)
        going = [node for node in nodes if not node.is_terminating]
        for node in going[:BURST]:
            self._delete(node)
        left = self.engine.graph.in_namespace(key.name)
        namespace = self._tell(namespace, left)
        if not left:
            spec = {**namespace["spec"]}
            spec["finalizers"] = [each for each in spec["finalizers"] if each != "kubernetes"]
            self.engine.update("namespaces", {**namespace, "spec": spec}, subresource="finalize")
        elif len(going) > BURST:
            self.engine.queue.add((self.name, key))
        else:
            self.requeue(key, POLL_SECONDS)

    def gone(self, resource: str, obj: Object) -> None:
        key = ObjectKey("", namespace_of(obj))
        namespace = self.view.get("namespaces", key) if key.name else None
        if namespace is not None and is_terminating(namespace):
            self.requeue(key, GATHER_SECONDS)

    def _delete(self, node: Node) -> None:
        try:
            self.engine.cluster.delete(node.info, *node.key, uid=node.uid)
        except NotFound:
            return

    def _tell(self, namespace: Object, left: list[Node]) -> Object:
        kinds = Counter(node.info.group_resource for node in left)
        finalizers = Counter(finalizer for node in left for finalizer in node.finalizers)
        conditions = [
            ("NamespaceDeletionDiscoveryFailure", False, "ResourcesDiscovered",
             "All resources successfully discovered"),
            ("NamespaceDeletionGroupVersionParsingFailure", False, "ParsedGroupVersions",
             "All legacy kube types successfully parsed"),
            ("NamespaceDeletionContentFailure", False, "ContentDeleted",
             "All content successfully deleted, may be waiting on finalization"),
        ]  # fmt: skip
        if left:
            remaining = ", ".join(
                f"{kind} has {count} resource instances" for kind, count in sorted(_dotted(kinds).items())
            )
            message = f"Some resources are remaining: {remaining}"
            conditions.append(("NamespaceContentRemaining", True, "SomeResourcesRemain", message))
        else:
            message = "All content successfully removed"
            conditions.append(("NamespaceContentRemaining", False, "ContentRemoved", message))
        if finalizers:
            remaining = ", ".join(f"{name} in {count} resource instances" for name, count in sorted(finalizers.items()))
            message = f"Some content in the namespace has finalizers remaining: {remaining}"
            conditions.append(("NamespaceFinalizersRemaining", True, "SomeFinalizersRemain", message))
        else:
            message = "All content-preserving finalizers finished"
            conditions.append(("NamespaceFinalizersRemaining", False, "ContentHasNoFinalizers", message))
        held = {each["type"]: each for each in (namespace.get("status") or {}).get("conditions") or ()}
        if not left and not held:
            return namespace
        now = stamp(self.engine.cluster.now())
        listed = []
        for kind, is_true, reason, message in conditions:
            truth = "True" if is_true else "False"
            before = held.get(kind)
            since = before["lastTransitionTime"] if before and before["status"] == truth else now
            listed.append(
                {"type": kind, "status": truth, "lastTransitionTime": since, "reason": reason, "message": message}
            )
        status = {**(namespace.get("status") or {}), "phase": "Terminating", "conditions": listed}
        return self.engine.write_status("namespaces", namespace, status)


def _dotted(kinds: Counter[str]) -> dict[str, int]:
    """``configmaps.`` for the core group, as the message writes a group-resource with an empty group."""
    return {kind if "." in kind else f"{kind}.": count for kind, count in kinds.items()}
