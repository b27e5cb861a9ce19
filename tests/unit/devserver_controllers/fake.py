"""A small cluster in memory with the verbs the controllers use, and a clock that only moves when told to."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from orkestra.devserver.changes import Change
from orkestra.devserver.cluster import Cluster
from orkestra.devserver.controllers import CONTROLLERS
from orkestra.devserver.controllers.engine import Engine
from orkestra.devserver.controllers.times import stamp
from orkestra.k8s.builtin import by_plural
from orkestra.k8s.errors import AlreadyExists, Conflict, NotFound
from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey, finalizers_of, is_terminating, key_of, labels_of
from orkestra.k8s.selectors import LabelSelector

CRDS = "customresourcedefinitions.apiextensions.k8s.io"
START = datetime(2030, 1, 1, 12, 0, tzinfo=UTC)
WIDGETS = ResourceInfo("example.com", "v1", "Widget", "widgets", True)


class FakeCluster(Cluster):
    def __init__(self) -> None:
        self.seconds = 0.0
        self.writes = 0
        self.refuse: Callable[[ResourceInfo, Object], None] = lambda info, obj: None
        self._stored: dict[str, dict[ObjectKey, Object]] = {}
        self._serial = itertools.count(1)
        self._callbacks: list[Callable[[Change], None]] = []
        self._custom: dict[tuple[str, str], ResourceInfo] = {}

    def serve(self, info: ResourceInfo) -> None:
        self._custom[(info.group, info.plural)] = info

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def resource(self, group: str, plural: str) -> ResourceInfo | None:
        return self._custom.get((group, plural)) or by_plural(group, plural)

    def get(self, info: ResourceInfo, namespace: str, name: str) -> Object:
        found = self._stored.get(info.group_resource, {}).get(ObjectKey(namespace, name))
        if found is None:
            raise NotFound(f'{info.group_resource} "{name}" not found')
        return found

    def list(self, info: ResourceInfo, namespace: str = "", labels: LabelSelector | None = None) -> list[Object]:
        found = self._stored.get(info.group_resource, {}).values()
        return [o for o in found if not namespace or o["metadata"].get("namespace") == namespace]

    def create(self, info: ResourceInfo, obj: Object, *, manager: str = "", dry_run: bool = False) -> Object:
        self.refuse(info, obj)
        number = next(self._serial)
        meta = dict(obj["metadata"])
        if meta.get("generateName") and not meta.get("name"):
            meta["name"] = f"{meta['generateName']}{number:05d}"
        meta |= {"uid": f"uid-{number}", "resourceVersion": str(number), "generation": 1}
        meta["creationTimestamp"] = stamp(self.now())
        made = {"apiVersion": info.api_version, "kind": info.kind, **obj, "metadata": meta}
        if info.kind == "Job":
            made = _defaulted_job(made)
        key = key_of(made)
        if key in self._stored.get(info.group_resource, {}):
            raise AlreadyExists(f'{info.group_resource} "{key.name}" already exists')
        self._commit(info, "ADDED", made, None)
        return made

    def update(
        self, info: ResourceInfo, obj: Object, *, subresource: str = "", manager: str = "", dry_run: bool = False
    ) -> Object:
        held = self.get(info, *key_of(obj))
        if obj["metadata"].get("resourceVersion") not in (None, held["metadata"]["resourceVersion"]):
            raise Conflict("the object has been modified")
        if subresource == "status":
            changed = {**held, "metadata": dict(obj["metadata"]), "status": obj["status"]}
        else:
            changed = {**obj, "metadata": dict(obj["metadata"])}
            if "status" in held and info.kind != "Namespace":
                changed["status"] = held["status"]
            if not subresource and obj.get("spec") != held.get("spec"):
                changed["metadata"]["generation"] = held["metadata"]["generation"] + 1
        if changed == held:
            return held
        changed = {**changed, "metadata": {**changed["metadata"], "resourceVersion": str(next(self._serial))}}
        is_done = is_terminating(changed) and not finalizers_of(changed)
        if info.kind == "Pod":
            is_done &= changed["metadata"].get("deletionGracePeriodSeconds") == 0
        if info.kind == "Namespace":
            is_done &= not (changed.get("spec") or {}).get("finalizers")
        self._commit(info, "DELETED" if is_done else "MODIFIED", changed, held)
        return changed

    def delete(
        self,
        info: ResourceInfo,
        namespace: str,
        name: str,
        *,
        uid: str = "",
        resource_version: str = "",
        propagation: str = "Background",
        grace_seconds: int | None = None,
        dry_run: bool = False,
    ) -> Object:
        held = self.get(info, namespace, name)
        if uid and held["metadata"]["uid"] != uid:
            raise Conflict("the uid does not match")
        extra = {"Foreground": ["foregroundDeletion"], "Orphan": ["orphan"]}.get(propagation, [])
        finalizers = list(dict.fromkeys([*finalizers_of(held), *extra]))
        grace = 30 if info.kind == "Pod" and grace_seconds is None else grace_seconds or 0
        is_held = bool(finalizers) or grace > 0 or (info.kind == "Namespace" and held["spec"]["finalizers"])
        if not is_held:
            self._commit(info, "DELETED", held, held)
            return held
        meta = {**held["metadata"], "resourceVersion": str(next(self._serial))}
        meta["deletionTimestamp"] = meta.get("deletionTimestamp") or stamp(self.now())
        if info.kind == "Pod":
            meta["deletionGracePeriodSeconds"] = grace
        if finalizers:
            meta["finalizers"] = finalizers
        changed = {**held, "metadata": meta}
        if info.kind == "Namespace":
            changed["status"] = {"phase": "Terminating"}
        self._commit(info, "MODIFIED", changed, held)
        return changed

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def _commit(self, info: ResourceInfo, kind: Any, obj: Object, old: Object | None) -> None:
        self.writes += 1
        obj = msgspec.json.decode(msgspec.json.encode(obj))  # nobody keeps a reference into the store
        held = self._stored.setdefault(info.group_resource, {})
        if kind == "DELETED":
            held.pop(key_of(obj), None)
        else:
            held[key_of(obj)] = obj
        for callback in list(self._callbacks):
            callback(Change(info, kind, obj, old))


class World:
    """A fake cluster with controllers at work; ``settle`` runs them, ``advance`` moves the clock and runs them."""

    def __init__(self, kinds: Sequence[Any] = CONTROLLERS, *, is_started: bool = True) -> None:
        self.cluster = FakeCluster()
        self.engine = Engine(self.cluster, lambda: self.cluster.seconds)
        self.kinds = kinds
        self.cluster.create(self.info("nodes"), {"metadata": {"name": "node-0", "labels": {"zone": "a"}}, "spec": {}})
        self.namespace("default")
        if is_started:
            self.start()

    def start(self) -> None:
        self.engine.start(self.kinds)

    def serve(self, info: ResourceInfo) -> Object:
        """As if the resource's CRD were established."""
        self.cluster.serve(info)
        body = {"spec": {"group": info.group, "names": {"plural": info.plural, "kind": info.kind}}}
        return self.create(CRDS, info.group_resource, body, finalizers=["customresourcecleanup.apiextensions.k8s.io"])

    def info(self, resource: str) -> ResourceInfo:
        plural, _, group = resource.partition(".")
        found = self.cluster.resource(group, plural)
        assert found is not None, resource
        return found

    def namespace(self, name: str) -> Object:
        body = {"metadata": {"name": name}, "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}}
        return self.cluster.create(self.info("namespaces"), body)

    def create(self, resource: str, name: str, body: Object | None = None, **meta: Any) -> Object:
        info = self.info(resource)
        scope = {"namespace": "default"} if info.namespaced else {}
        return self.cluster.create(info, {"metadata": {"name": name, **scope, **meta}, **(body or {})})

    def get(self, resource: str, name: str, namespace: str = "default") -> Object:
        info = self.info(resource)
        return self.cluster.get(info, namespace if info.namespaced else "", name)

    def find(self, resource: str, name: str, namespace: str = "default") -> Object | None:
        try:
            return self.get(resource, name, namespace)
        except NotFound:
            return None

    def all(self, resource: str, **labels: str) -> list[Object]:
        return [o for o in self.cluster.list(self.info(resource)) if labels.items() <= labels_of(o).items()]

    def change(self, resource: str, name: str, **fields: Any) -> Object:
        """Replace fields of the spec."""
        held = self.get(resource, name)
        return self.cluster.update(self.info(resource), {**held, "spec": {**held["spec"], **fields}})

    def annotate(self, resource: str, name: str, **annotations: str) -> Object:
        held = self.get(resource, name)
        noted = {**(held["metadata"].get("annotations") or {}), **annotations}
        return self.cluster.update(
            self.info(resource), {**held, "metadata": {**held["metadata"], "annotations": noted}}
        )

    def delete(self, resource: str, name: str, **options: Any) -> None:
        info = self.info(resource)
        self.cluster.delete(info, "default" if info.namespaced else "", name, **options)

    def settle(self) -> None:
        self.engine.run_until_idle()

    def advance(self, seconds: float, step: float = 0.05) -> None:
        self.settle()
        end = self.cluster.seconds + seconds
        while self.cluster.seconds < end:
            wait = self.engine.queue.seconds_to_next()
            self.cluster.seconds = min(end, self.cluster.seconds + max(step, wait if wait is not None else seconds))
            self.settle()


def pod_template(image: str = "nginx", annotations: Object | None = None, **labels: str) -> Object:
    meta: Object = {"labels": labels or {"app": "web"}}
    if annotations:
        meta["annotations"] = annotations
    return {"metadata": meta, "spec": {"containers": [{"name": "c", "image": image}], "restartPolicy": "Always"}}


def deployment_spec(replicas: int = 2, image: str = "nginx", **more: Any) -> Object:
    return {
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "web"}},
            "template": pod_template(image),
            "progressDeadlineSeconds": 600,
            "revisionHistoryLimit": 10,
            **more,
        }
    }


def condition(obj: Object, kind: str) -> Object:
    found = [each for each in obj["status"]["conditions"] if each["type"] == kind]
    assert len(found) == 1, f"{kind} in {obj['status']}"
    return found[0]


def _defaulted_job(job: Object) -> Object:
    uid, name = job["metadata"]["uid"], job["metadata"]["name"]
    labels = {"controller-uid": uid, "job-name": name}
    labels |= {f"batch.kubernetes.io/{label}": value for label, value in labels.items()}
    spec = {
        "parallelism": 1,
        "completions": 1,
        "backoffLimit": 6,
        "suspend": False,
        "completionMode": "NonIndexed",
        **job["spec"],
    }
    template = spec["template"]
    meta = template.get("metadata") or {}
    spec["template"] = {**template, "metadata": {**meta, "labels": {**(meta.get("labels") or {}), **labels}}}
    spec["selector"] = {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}
    return {**job, "spec": spec}
