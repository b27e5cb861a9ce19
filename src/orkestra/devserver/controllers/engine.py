"""Feeds changes to the controllers and runs their work in slices.

Time comes from two places: the queue's monotonic ``clock`` decides when work is due, ``cluster.now`` stamps what is
written. With both injected, ``run_until_idle`` makes a run deterministic.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from orkestra.devserver.controllers.events import Recorder
from orkestra.devserver.controllers.graph import Graph
from orkestra.devserver.controllers.queue import DelayQueue
from orkestra.devserver.controllers.view import View
from orkestra.k8s.builtin import builtin_resources
from orkestra.k8s.errors import AlreadyExists, Conflict, NotFound, StatusError
from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey, key_of, name_of, namespace_of, uid_of

if TYPE_CHECKING:
    from orkestra.devserver.cluster import Change, Cluster

log = logging.getLogger(__name__)

CRDS = "customresourcedefinitions.apiextensions.k8s.io"
MANAGER = "kube-controller-manager"
FIRST_RETRY_SECONDS = 0.005
LAST_RETRY_SECONDS = 30.0
SHORTEST_WAIT_SECONDS = 0.001

Work = tuple[str, ObjectKey]
"""A controller's name and the key it is to look at."""


class Controller:
    """One control loop. ``watches`` maps a resource to the method that names the keys a change concerns."""

    name: ClassVar[str]

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.view = engine.view

    def gone(self, resource: str, obj: Object) -> None:
        """An object of any kind has left the store; for those who keep something about it."""

    @property
    def watches(self) -> dict[str, Callable[[Object], Iterable[ObjectKey]]]:
        raise NotImplementedError

    def sync(self, key: ObjectKey) -> None:
        """Bring the world closer to what the object asks for. Raises StatusError; the engine comes back later."""
        raise NotImplementedError

    def requeue(self, key: ObjectKey, seconds: float) -> None:
        """Look again in ``seconds``; never at once, where rounding would make a wait of nothing."""
        self.engine.queue.add_after((self.name, key), max(seconds, SHORTEST_WAIT_SECONDS))


class Engine:
    """``wake`` is called when work arrives from outside a slice."""

    def __init__(self, cluster: Cluster, clock: Callable[[], float], wake: Callable[[], None] = lambda: None) -> None:
        self.cluster = cluster
        self.clock = clock
        self.view = View()
        self.graph = Graph()
        self.queue: DelayQueue[Work] = DelayQueue(clock)
        self._wake = wake
        self._controllers: dict[str, Controller] = {}
        self._routes: dict[str, list[tuple[str, Callable[[Object], Iterable[ObjectKey]]]]] = {}
        self._infos: dict[str, ResourceInfo] = {}
        self.events = Recorder(cluster, self.info("events"))
        self._kinds: dict[tuple[str, str], ResourceInfo] = {}
        self._mourners: list[Controller] = []
        self._failures: dict[Work, int] = {}
        self._unsubscribe: Callable[[], None] = lambda: None

    def start(self, kinds: Sequence[type[Controller]]) -> None:
        """Subscribe, take in what exists already, and queue a first look at all of it."""
        for kind in kinds:
            controller = kind(self)
            self._controllers[controller.name] = controller
            if kind.gone is not Controller.gone:
                self._mourners.append(controller)
            for resource, route in controller.watches.items():
                self.view.hold(resource)
                self._routes.setdefault(resource, []).append((controller.name, route))
        self._unsubscribe = self.cluster.subscribe(self._changed)
        for info in self.resources():
            for obj in self.cluster.list(info):
                self._take_in(info, obj)
        for resource in self._routes:
            for obj in self.view.all(resource):
                self._route(resource, obj)
        for key in self.graph.suspects():
            self.queue.add(("garbage-collector", key))
        self._wake()

    def stop(self) -> None:
        self._unsubscribe()

    def info(self, resource: str) -> ResourceInfo:
        """``deployments.apps`` -> its ResourceInfo. Raises NotFound where it is not served."""
        found = self._infos.get(resource)
        if found is None:
            plural, _, group = resource.partition(".")
            found = self.cluster.resource(group, plural)
            if found is None:
                raise NotFound(f"the server could not find the resource {resource}")
            self._infos[resource] = found
        return found

    def resources(self) -> list[ResourceInfo]:
        """Everything served now: the built-in catalogue and the custom resources."""
        named = [(info.group, info.plural) for info in builtin_resources()]
        for crd in self.cluster.list(self.info(CRDS)):
            named.append((str(crd["spec"]["group"]), str(crd["spec"]["names"]["plural"])))
        found = (self.cluster.resource(group, plural) for group, plural in dict.fromkeys(named))
        return [info for info in found if info is not None]

    def kind(self, group: str, kind: str) -> ResourceInfo | None:
        """The served resource of a kind; looks again only where the kind is new."""
        found = self._kinds.get((group, kind))
        if found is None:
            self._kinds = {(info.group, info.kind): info for info in self.resources()}
            found = self._kinds.get((group, kind))
        return found if found is None else self.cluster.resource(found.group, found.plural)

    def create(self, resource: str, obj: Object, manager: str = MANAGER) -> Object:
        return self.cluster.create(self.info(resource), obj, manager=manager)

    def update(self, resource: str, obj: Object, subresource: str = "", manager: str = MANAGER) -> Object:
        """Write ``obj`` unless the view already holds the very same."""
        held = self.view.get(resource, key_of(obj))
        if held is not None and held == obj:
            return held
        return self.cluster.update(self.info(resource), obj, subresource=subresource, manager=manager)

    def write_status(self, resource: str, obj: Object, status: Object, manager: str = MANAGER) -> Object:
        if obj.get("status") == status:
            return obj
        changed = {**obj, "status": status}
        return self.cluster.update(self.info(resource), changed, subresource="status", manager=manager)

    def delete(
        self, resource: str, obj: Object, propagation: str = "Background", grace_seconds: int | None = None
    ) -> None:
        """Delete exactly this object (by uid); gone already is fine."""
        try:
            self.cluster.delete(
                self.info(resource), namespace_of(obj), name_of(obj),
                uid=uid_of(obj), propagation=propagation, grace_seconds=grace_seconds,
            )  # fmt: skip
        except (NotFound, Conflict):
            return

    def run_slice(self, seconds: float) -> bool:
        """Work for about ``seconds``; True where more is ready."""
        until = self.clock() + seconds
        while (work := self.queue.pop()) is not None:
            self._run(work)
            if self.clock() >= until:
                return self.queue.seconds_to_next() == 0
        return False

    def run_until_idle(self, limit: int = 100_000) -> int:
        """Run what is due now; the number of syncs. Raises RuntimeError past ``limit``: something writes in circles."""
        for count in range(limit):
            work = self.queue.pop()
            if work is None:
                return count
            self._run(work)
        raise RuntimeError(f"the controllers did not settle within {limit} syncs")

    def _run(self, work: Work) -> None:
        name, key = work
        try:
            self._controllers[name].sync(key)
        except (Conflict, NotFound, AlreadyExists):
            self._retry(work)
        except StatusError as error:
            log.info("%s: %s: %s", name, key, error)
            self._retry(work)
        except Exception:  # one broken object must not stop the others
            log.exception("%s: %s failed", name, key)
            self._retry(work)
        else:
            self._failures.pop(work, None)

    def _retry(self, work: Work) -> None:
        failures = self._failures.get(work, 0)
        self._failures[work] = failures + 1
        self.queue.add_after(work, min(LAST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2.0 ** min(failures, 20)))

    def _changed(self, change: Change) -> None:
        if change.type == "DELETED":
            resource = change.info.group_resource
            if self.view.holds(resource):
                self.view.drop(resource, key_of(change.obj))
            for key in self.graph.drop(resource, change.obj):
                self.queue.add(("garbage-collector", key))
            for controller in self._mourners:
                controller.gone(resource, change.obj)
        else:
            resource = self._take_in(change.info, change.obj)
            if self.graph.is_suspect(uid_of(change.obj)):
                self.queue.add(("garbage-collector", ObjectKey("", uid_of(change.obj))))
        self._route(resource, change.obj)
        if change.old is not None:
            self._route_moved(resource, change.old, change.obj)
        self._wake()

    def _take_in(self, info: ResourceInfo, obj: Object) -> str:
        resource = info.group_resource
        if self.view.holds(resource):
            self.view.put(resource, obj)
        self.graph.put(info, obj)
        return resource

    def _route(self, resource: str, obj: Object) -> None:
        for name, route in self._routes.get(resource, ()):
            for key in route(obj):
                self.queue.add((name, key))

    def _route_moved(self, resource: str, old: Object, new: Object) -> None:
        """Labels and owners may have changed hands: the former holders look again."""
        was, now = old.get("metadata") or {}, new.get("metadata") or {}
        if was.get("labels") != now.get("labels") or was.get("ownerReferences") != now.get("ownerReferences"):
            self._route(resource, old)
