"""The end of a CustomResourceDefinition: its instances first
(rules: k8s.io/apiextensions-apiserver pkg/controller/finalizer/crd_finalizer.go)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from orkestra.devserver.controllers.engine import CRDS, Controller
from orkestra.devserver.controllers.routes import itself
from orkestra.devserver.controllers.times import stamp
from orkestra.k8s.conditions import is_condition
from orkestra.k8s.errors import NotFound
from orkestra.k8s.finalizers import has_finalizer, without_finalizer
from orkestra.k8s.objects import Object, ObjectKey, is_terminating

CLEANUP = "customresourcecleanup.apiextensions.k8s.io"
POLL_SECONDS = 5.0
GATHER_SECONDS = 0.02
BURST = 20


class CustomResourceCleanup(Controller):
    name: ClassVar[str] = "crd-finalizer"

    @property
    def watches(self) -> dict[str, Callable[[Object], Iterable[ObjectKey]]]:
        return {CRDS: itself}

    def sync(self, key: ObjectKey) -> None:
        crd = self.view.get(CRDS, key)
        if crd is not None and not is_terminating(crd) and not is_condition(crd, "NamesAccepted"):
            # Names may have become free: any write settles them again.
            self.engine.cluster.update(self.engine.info(CRDS), crd)
            return
        if crd is None or not is_terminating(crd) or not has_finalizer(crd, CLEANUP):
            return
        instances = self.engine.graph.of_resource(f"{crd['spec']['names']['plural']}.{crd['spec']['group']}")
        going = [node for node in instances if not node.is_terminating]
        for node in going[:BURST]:
            try:
                self.engine.cluster.delete(node.info, *node.key, uid=node.uid)
            except NotFound:
                continue
        left = self.engine.graph.of_resource(f"{crd['spec']['names']['plural']}.{crd['spec']['group']}")
        if left:
            self._tell(crd, "True", "InstanceDeletionInProgress", "CustomResource deletion is in progress")
            self.requeue(key, GATHER_SECONDS if len(going) > BURST else POLL_SECONDS)
            return
        self.engine.update(CRDS, without_finalizer(crd, CLEANUP))

    def gone(self, resource: str, obj: Object) -> None:
        """A CRD is named after its resource; the names of one that is gone are free."""
        if resource == CRDS:
            for other in self.view.all(CRDS):
                if not is_condition(other, "NamesAccepted"):
                    self.requeue(ObjectKey("", other["metadata"]["name"]), 0.0)
            return
        crd = self.view.get(CRDS, ObjectKey("", resource))
        if crd is not None and is_terminating(crd):
            self.requeue(ObjectKey("", resource), GATHER_SECONDS)

    def _tell(self, crd: Object, status: str, reason: str, message: str) -> None:
        held = list((crd.get("status") or {}).get("conditions") or ())
        if any(each["type"] == "Terminating" and each.get("reason") == reason for each in held):
            return
        now = stamp(self.engine.cluster.now())
        fresh = {
            "type": "Terminating",
            "status": status,
            "lastTransitionTime": now,
            "reason": reason,
            "message": message,
        }
        conditions = [*(each for each in held if each["type"] != "Terminating"), fresh]
        self.engine.write_status(CRDS, crd, {**(crd.get("status") or {}), "conditions": conditions})
