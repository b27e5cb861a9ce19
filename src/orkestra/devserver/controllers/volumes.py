"""PersistentVolumeClaims find a volume: a matching one, else one made for them; and volumes learn when claims go.

Rules: kubernetes pkg/controller/volume/persistentvolume (binding), pkg/controller/volume/{pvcprotection,pvprotection}.
Unlike there, a claim without a StorageClass is provisioned too, so that a StatefulSet needs no other set-up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from orkestra.devserver.controllers.engine import Controller, Engine
from orkestra.devserver.controllers.pod_status import is_finished
from orkestra.devserver.controllers.routes import itself
from orkestra.devserver.controllers.scheduler import claims_of
from orkestra.devserver.controllers.times import stamp
from orkestra.devserver.controllers.volume_matching import bytes_of, is_satisfying
from orkestra.k8s.finalizers import has_finalizer, with_finalizer, without_finalizer
from orkestra.k8s.objects import (
    Object,
    ObjectKey,
    get_path,
    is_terminating,
    key_of,
    name_of,
    namespace_of,
    resource_version_of,
    uid_of,
)  # fmt: skip

CLAIMS = "persistentvolumeclaims"
VOLUMES = "persistentvolumes"
CLAIM_PROTECTION = "kubernetes.io/pvc-protection"
VOLUME_PROTECTION = "kubernetes.io/pv-protection"
PROVISIONER = "devserver.orkestra.io/volumes"


class ClaimBinder(Controller):
    name: ClassVar[str] = "persistentvolume-binder"

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._users: dict[ObjectKey, dict[ObjectKey, None]] = {}  # claim -> pods that name it

    @property
    def watches(self) -> dict[str, Callable[[Object], Iterable[ObjectKey]]]:
        return {CLAIMS: itself, VOLUMES: self._volume, "pods": self._pod}

    def _volume(self, volume: Object) -> Iterable[ObjectKey]:
        claim = get_path(volume, ("spec", "claimRef"))
        self.engine.queue.add((self.name, ObjectKey("", name_of(volume))))
        return (ObjectKey(str(claim.get("namespace")), str(claim.get("name"))),) if claim else ()

    def _pod(self, pod: Object) -> Iterable[ObjectKey]:
        """A pod on its way out may be all that holds a deleted claim."""
        claims = [ObjectKey(namespace_of(pod), claim) for claim in claims_of(pod)]
        for claim in claims:
            self._users.setdefault(claim, {})[key_of(pod)] = None
        return claims

    def gone(self, resource: str, obj: Object) -> None:
        for claim in claims_of(obj) if resource == "pods" else ():
            users = self._users.get(ObjectKey(namespace_of(obj), claim), {})
            users.pop(key_of(obj), None)
            if not users:
                self._users.pop(ObjectKey(namespace_of(obj), claim), None)

    def sync(self, key: ObjectKey) -> None:
        if not key.namespace:
            self._watch_over(key)
            return
        claim = self.view.get(CLAIMS, key)
        if claim is None:
            return
        if is_terminating(claim):
            if has_finalizer(claim, CLAIM_PROTECTION) and not self._is_used(claim):
                self.engine.update(CLAIMS, without_finalizer(claim, CLAIM_PROTECTION))
            return
        if get_path(claim, ("status", "phase")) != "Bound":
            self._bind(claim)
        self._tell_use(key)

    def _bind(self, claim: Object) -> None:
        name = claim["spec"].get("volumeName")
        volume = self.view.get(VOLUMES, ObjectKey("", str(name))) if name else self._find(claim)
        if volume is None and not name and claim["spec"].get("storageClassName") != "":
            volume = self._provision(claim)
        if volume is None:
            return  # it may come: a claim of no class at all (an empty name) waits for one made by hand
        if not get_path(volume, ("spec", "claimRef", "uid")):
            ref = {"kind": "PersistentVolumeClaim", "namespace": namespace_of(claim), "name": name_of(claim)}
            ref |= {"uid": uid_of(claim), "apiVersion": "v1", "resourceVersion": resource_version_of(claim)}
            spec = {**volume["spec"], "claimRef": ref}
            volume = self.engine.update(
                VOLUMES, {**_noted(volume, "pv.kubernetes.io/bound-by-controller"), "spec": spec}
            )
        elif volume["spec"]["claimRef"]["uid"] != uid_of(claim):
            return
        self._phase(volume, "Bound")
        bound = _noted(
            claim, "pv.kubernetes.io/bind-completed", *(() if name else ("pv.kubernetes.io/bound-by-controller",))
        )
        bound = with_finalizer(bound, CLAIM_PROTECTION)
        bound = self.engine.update(CLAIMS, {**bound, "spec": {**claim["spec"], "volumeName": name_of(volume)}})
        capacity = {"storage": get_path(volume, ("spec", "capacity", "storage"))}
        status = {"phase": "Bound", "accessModes": volume["spec"].get("accessModes") or [], "capacity": capacity}
        self.engine.write_status(CLAIMS, bound, {**(bound.get("status") or {}), **status})

    def _find(self, claim: Object) -> Object | None:
        """The smallest free volume that satisfies the claim."""
        fitting = [volume for volume in self.view.all(VOLUMES) if is_satisfying(volume, claim)]
        return min(
            fitting,
            key=lambda volume: (bytes_of(volume["spec"]["capacity"].get("storage")), name_of(volume)),
            default=None,
        )

    def _provision(self, claim: Object) -> Object:
        spec = claim["spec"]
        key = key_of(claim)
        name = f"pvc-{uid_of(claim)}"
        made: Object = {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {
                "name": name,
                "annotations": {"pv.kubernetes.io/provisioned-by": PROVISIONER},
                "finalizers": [VOLUME_PROTECTION],
            },
            "spec": {
                "capacity": {"storage": get_path(spec, ("resources", "requests", "storage")) or "1Gi"},
                "accessModes": spec.get("accessModes") or ["ReadWriteOnce"],
                "persistentVolumeReclaimPolicy": "Delete",
                "volumeMode": spec.get("volumeMode") or "Filesystem",
                "hostPath": {"path": f"/var/lib/volumes/{key.namespace}/{key.name}", "type": ""},
            },
        }
        if spec.get("storageClassName"):
            made["spec"]["storageClassName"] = spec["storageClassName"]
        held = self.view.get(VOLUMES, ObjectKey("", name))
        return held if held is not None else self.engine.create(VOLUMES, made)

    def _watch_over(self, key: ObjectKey) -> None:
        """A volume is Available, Bound, or Released once its claim is gone; one made here goes with its claim."""
        volume = self.view.get(VOLUMES, key)
        if volume is None:
            return
        ref = get_path(volume, ("spec", "claimRef"))
        claim = self.view.get(CLAIMS, ObjectKey(str(ref.get("namespace")), str(ref.get("name")))) if ref else None
        is_bound = claim is not None and uid_of(claim) == ref.get("uid")
        if is_terminating(volume):
            if not is_bound and has_finalizer(volume, VOLUME_PROTECTION):
                self.engine.update(VOLUMES, without_finalizer(volume, VOLUME_PROTECTION))
        elif ref and ref.get("uid") and not is_bound:
            self._phase(volume, "Released")
            if volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete":
                self.engine.delete(VOLUMES, volume)
        elif not ref or not ref.get("uid"):
            if not has_finalizer(volume, VOLUME_PROTECTION):
                volume = self.engine.update(VOLUMES, with_finalizer(volume, VOLUME_PROTECTION))
            self._phase(volume, "Available")
            self._offer(volume)

    def _offer(self, volume: Object) -> None:
        for claim in self.view.all(CLAIMS):
            wanted = claim["spec"].get("volumeName")
            if get_path(claim, ("status", "phase")) != "Bound" and (wanted == name_of(volume) or not wanted):
                self.engine.queue.add((self.name, key_of(claim)))

    def _phase(self, volume: Object, phase: str) -> None:
        if get_path(volume, ("status", "phase")) != phase:
            now = stamp(self.engine.cluster.now())
            current = self.view.get(VOLUMES, key_of(volume)) or volume
            self.engine.write_status(VOLUMES, current, {"phase": phase, "lastPhaseTransitionTime": now})

    def _tell_use(self, key: ObjectKey) -> None:
        """A bound claim says whether any pod names it."""
        claim = self.view.get(CLAIMS, key)
        if claim is None or get_path(claim, ("status", "phase")) != "Bound":
            return
        status, reason, message = "True", "NoPodsUsingPVC", "No pods are currently referencing this PVC"
        if self._is_used(claim):
            status, reason, message = "False", "PodUsingPVC", "A pod is currently referencing this PVC"
        held = list(claim["status"].get("conditions") or ())
        current = next((each for each in held if each.get("type") == "Unused"), None)
        if current is None or current.get("status") != status:
            now = stamp(self.engine.cluster.now())
            fresh = {"type": "Unused", "status": status, "lastProbeTime": None, "lastTransitionTime": now}
            fresh |= {"reason": reason, "message": message}
            conditions = [*(each for each in held if each is not current), fresh]
            self.engine.write_status(CLAIMS, claim, {**claim["status"], "conditions": conditions})

    def _is_used(self, claim: Object) -> bool:
        pods = (self.view.get("pods", pod) for pod in self._users.get(key_of(claim), ()))
        return any(pod is not None and not is_finished(pod) for pod in pods)


class VolumeKeeper(Controller):
    """Hears of claims that went, on behalf of their volumes."""

    name: ClassVar[str] = "persistentvolume-keeper"

    @property
    def watches(self) -> dict[str, Callable[[Object], Iterable[ObjectKey]]]:
        return {CLAIMS: self._claim}

    def _claim(self, claim: Object) -> Iterable[ObjectKey]:
        volume = claim["spec"].get("volumeName")
        return (ObjectKey("", str(volume)),) if volume else ()

    def sync(self, key: ObjectKey) -> None:
        self.engine.queue.add((ClaimBinder.name, key))


def _noted(obj: Object, *names: str) -> Object:
    annotations = {**(obj["metadata"].get("annotations") or {}), **dict.fromkeys(names, "yes")}
    return {**obj, "metadata": {**obj["metadata"], "annotations": annotations}}
