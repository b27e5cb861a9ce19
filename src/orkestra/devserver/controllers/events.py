"""What controllers tell people: core/v1 Events, few, and counted rather than repeated.

Kubernetes tells of every pod started; here only what explains a state: a Deployment's scaling, a Job's end, a pod that
cannot be scheduled, pulled or kept running. Rules: k8s.io/client-go tools/record/{event.go,events_cache.go}.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from orkestra.devserver.controllers.times import stamp
from orkestra.k8s.errors import NotFound, StatusError
from orkestra.k8s.objects import Object, ObjectKey, name_of, namespace_of, resource_version_of, uid_of

if TYPE_CHECKING:
    from orkestra.devserver.cluster import Cluster
    from orkestra.k8s.gvk import ResourceInfo

REMEMBERED = 2048


class Recorder:
    """Remembers the latest REMEMBERED events, so that one told again only raises its count."""

    def __init__(self, cluster: Cluster, events: ResourceInfo) -> None:
        self._cluster = cluster
        self._events = events
        self._told: OrderedDict[tuple[str, ...], ObjectKey] = OrderedDict()

    def tell(self, obj: Object, source: str, kind: str, reason: str, message: str) -> None:
        """``kind`` is Normal or Warning. An event that cannot be written is dropped: it must not hold up the work."""
        identity = (uid_of(obj), source, kind, reason, message)
        try:
            held = self._told.get(identity)
            if held is None or not self._count_up(held):
                self._told[identity] = self._create(obj, source, kind, reason, message)
                if len(self._told) > REMEMBERED:
                    self._told.popitem(last=False)
        except StatusError:
            return

    def _count_up(self, key: ObjectKey) -> bool:
        try:
            held = self._cluster.get(self._events, *key)
        except NotFound:
            return False
        now = stamp(self._cluster.now())
        self._cluster.update(self._events, {**held, "count": int(held.get("count") or 1) + 1, "lastTimestamp": now})
        return True

    def _create(self, obj: Object, source: str, kind: str, reason: str, message: str) -> ObjectKey:
        moment = self._cluster.now()
        key = ObjectKey(
            namespace_of(obj) or "default", f"{name_of(obj)}.{int(moment.timestamp() * 1e9) + len(self._told):x}"
        )
        regarding = {"kind": obj["kind"], "namespace": namespace_of(obj), "name": name_of(obj), "uid": uid_of(obj)}
        regarding |= {"apiVersion": obj["apiVersion"], "resourceVersion": resource_version_of(obj)}
        event: Object = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": key.name, "namespace": key.namespace},
            "involvedObject": {field: value for field, value in regarding.items() if value},
            "reason": reason,
            "message": message,
            "source": {"component": source},
            "firstTimestamp": stamp(moment),
            "lastTimestamp": stamp(moment),
            "count": 1,
            "type": kind,
            "reportingComponent": source,
            "reportingInstance": "",
        }
        self._cluster.create(self._events, event, manager=source)
        return key
