"""The Deployment control loop: one look, the steps in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from orkestra.devserver.controllers.deployments import conditions, revisions, scaling
from orkestra.devserver.controllers.deployments.scaling import Bounds, size_of
from orkestra.devserver.controllers.engine import Controller
from orkestra.devserver.controllers.pod_status import is_finished
from orkestra.devserver.controllers.replicasets import REPLICASETS
from orkestra.devserver.controllers.routes import itself, to_controller, to_controller_or_adopter
from orkestra.devserver.controllers.workload import adopt, selector_of, whole
from orkestra.k8s.errors import AlreadyExists
from orkestra.k8s.objects import Object, ObjectKey, annotations_of, is_terminating, key_of, name_of, uid_of
from orkestra.k8s.owners import is_owned_by

DEPLOYMENTS = "deployments.apps"


class Deployments(Controller):
    name: ClassVar[str] = "deployment"

    @property
    def watches(self) -> dict[str, Callable[[Object], Iterable[ObjectKey]]]:
        return {DEPLOYMENTS: itself, REPLICASETS: to_controller_or_adopter(self.view, "Deployment", DEPLOYMENTS)}

    def sync(self, key: ObjectKey) -> None:
        deployment = self.view.get(DEPLOYMENTS, key)
        if deployment is None or selector_of(deployment) is None:
            return
        by_age = revisions.sort_by_age(adopt(self, REPLICASETS, deployment))
        new = revisions.find_new(deployment, by_age)
        old = [each for each in by_age if new is None or uid_of(each) != uid_of(new)]
        if is_terminating(deployment):
            self._report(key, deployment, old, new)
            return
        bounds = scaling.bounds_of(deployment)
        deployment = self._note_pause(deployment)
        active = [each for each in by_age if size_of(each) > 0]
        if deployment["spec"].get("paused") or scaling.is_resized(deployment, active):
            new = self._number(deployment, old, new)
            self._resize(deployment, bounds, old, new)
        else:
            new = self._roll(deployment, bounds, old, new)
        self._report(key, self._current(deployment), [self._current(each) for each in old], new and self._current(new))

    def _roll(self, deployment: Object, bounds: Bounds, old: list[Object], new: Object | None) -> Object | None:
        if scaling.is_recreate(deployment):
            for each in old:
                self._size(each, 0, bounds)
            if self._any_pod_runs(old):
                return self._number(deployment, old, new)
            new = self._number(deployment, old, new) or self._make(deployment, bounds, old, bounds.replicas)
            return self._size(new, bounds.replicas, bounds)
        new = self._number(deployment, old, new)
        if new is None:
            room = max(0, bounds.most - sum(map(size_of, old)))
            return self._make(deployment, bounds, old, min(bounds.replicas, room))
        size = scaling.grow_new(bounds, new, old)
        if size != size_of(new):
            return self._size(new, size, bounds)
        new = self._size(new, size, bounds) or new
        for name, size in scaling.shrink_old(bounds, new, old).items():
            self._size(next(each for each in old if name_of(each) == name), size, bounds)
        return new

    def _resize(self, deployment: Object, bounds: Bounds, old: list[Object], new: Object | None) -> None:
        """After a change of ``spec.replicas``, or while paused: keep proportions, roll nothing."""
        active = [each for each in (*old, *([new] if new is not None else ())) if size_of(each) > 0]
        if len(active) <= 1:
            target = active[0] if active else new or (old[-1] if old else None)
            if target is not None:
                self._size(target, bounds.replicas, bounds)
            return
        if new is not None and self._is_saturated(new, bounds.replicas):
            for each in active:
                if each is not new:
                    self._size(each, 0, bounds)
            return
        if scaling.is_recreate(deployment):
            return
        sizes = scaling.spread(bounds, active)
        for each in active:
            self._size(each, sizes.get(name_of(each), size_of(each)), bounds)

    def _is_saturated(self, new: Object, replicas: int) -> bool:
        return size_of(new) == replicas == scaling.counted(new, "availableReplicas")

    def _number(self, deployment: Object, old: list[Object], new: Object | None) -> Object | None:
        """Give a found ReplicaSet of this template the newest revision; the Deployment shows the same."""
        if new is None:
            return None
        revision = max((revisions.revision_of(each) for each in old), default=0) + 1
        annotations = revisions.renumbered(new, deployment, revision)
        spec = new["spec"]
        wanted = whole(deployment["spec"].get("minReadySeconds"))
        if whole(spec.get("minReadySeconds")) != wanted:
            spec = {**spec, "minReadySeconds": wanted}
        if annotations != annotations_of(new) or spec is not new["spec"]:
            meta = {**new["metadata"], "annotations": annotations}
            new = self.engine.update(REPLICASETS, {**new, "metadata": meta, "spec": spec})
        current = self._current(deployment)
        shown = str(annotations.get(revisions.REVISION, revision))
        self._show_revision(deployment, shown, current.get("status") or {})
        return new

    def _make(self, deployment: Object, bounds: Bounds, old: list[Object], size: int) -> Object | None:
        revision = max((revisions.revision_of(each) for each in old), default=0) + 1
        wanted = revisions.new_replica_set(deployment, bounds, size, revision)
        try:
            new = self.engine.create(REPLICASETS, wanted)
        except AlreadyExists:
            held = self.view.get(REPLICASETS, key_of(wanted))
            if held is None or not is_owned_by(held, uid_of(deployment)):
                self._count_collision(deployment)
            raise
        status = deployment.get("status") or {}
        if conditions.deadline_of(deployment) is not None:
            message = f'Created new replica set "{name_of(new)}"'
            status = conditions.announce(deployment, "True", "NewReplicaSetCreated", message, self.engine.cluster.now())
        self._show_revision(deployment, str(revision), status)
        if size:
            self._tell_size(new, f"from 0 to {size}", is_up=True)
        return new

    def _count_collision(self, deployment: Object) -> None:
        """Another's ReplicaSet has the name: the next hash will differ."""
        status = dict(deployment.get("status") or {})
        status["collisionCount"] = whole(status.get("collisionCount")) + 1
        self.engine.write_status(DEPLOYMENTS, self._current(deployment), status)

    def _show_revision(self, deployment: Object, revision: str, status: Object) -> None:
        """One write of the status carries the annotation too: through the main resource it would count as a change of
        the Deployment and raise its generation."""
        current = self._current(deployment)
        annotations = {**annotations_of(current), revisions.REVISION: revision}
        if annotations_of(current) == annotations and (current.get("status") or {}) == status:
            return
        meta = {**current["metadata"], "annotations": annotations}
        self.engine.update(DEPLOYMENTS, {**current, "metadata": meta, "status": status}, subresource="status")

    def _note_pause(self, deployment: Object) -> Object:
        """Progressing tells of a pause, and of its end."""
        if conditions.deadline_of(deployment) is None:
            return deployment
        reason, is_paused = conditions.progress_reason(deployment), bool(deployment["spec"].get("paused"))
        now = self.engine.cluster.now()
        if is_paused and reason != "DeploymentPaused":
            status = conditions.announce(deployment, "Unknown", "DeploymentPaused", "Deployment is paused", now)
        elif not is_paused and reason == "DeploymentPaused":
            status = conditions.announce(deployment, "Unknown", "DeploymentResumed", "Deployment is resumed", now)
        else:
            return deployment
        return self.engine.write_status(DEPLOYMENTS, deployment, status)

    def _size(self, replica_set: Object | None, size: int, bounds: Bounds) -> Object | None:
        if replica_set is None:
            return None
        current = self._current(replica_set)
        wanted = revisions.with_size(current, size, bounds)
        if size_of(current) == size and (not size or annotations_of(wanted) == annotations_of(current)):
            return current
        if size_of(current) != size:
            self._tell_size(current, f"from {size_of(current)} to {size}", is_up=size > size_of(current))
        return self.engine.update(REPLICASETS, wanted)

    def _tell_size(self, replica_set: Object, change: str, *, is_up: bool) -> None:
        owner = self.view.get(DEPLOYMENTS, next(iter(to_controller("Deployment")(replica_set)), ObjectKey("", "")))
        if owner is not None:
            direction = "up" if is_up else "down"
            message = f"Scaled {direction} replica set {name_of(replica_set)} {change}"
            self.engine.events.tell(owner, "deployment-controller", "Normal", "ScalingReplicaSet", message)

    def _any_pod_runs(self, old: list[Object]) -> bool:
        pods = (pod for each in old for pod in self.view.controlled("pods", uid_of(each)))
        return any(not is_finished(pod) for pod in pods)

    def _current(self, obj: Object) -> Object:
        """The object after this loop's own writes."""
        resource = DEPLOYMENTS if obj.get("kind") == "Deployment" else REPLICASETS
        held = self.view.get(resource, key_of(obj))
        return held if held is not None and uid_of(held) == uid_of(obj) else obj

    def _report(self, key: ObjectKey, deployment: Object, old: list[Object], new: Object | None) -> None:
        all_sets = [*old, *([new] if new is not None else ())]
        now = self.engine.cluster.now()
        status = conditions.counters(deployment, all_sets, new)
        status["conditions"] = conditions.conditions(deployment, status, all_sets, new, now)
        deployment = self.engine.write_status(DEPLOYMENTS, deployment, status)
        if is_terminating(deployment):
            return
        if conditions.is_complete(deployment, status):
            for each in revisions.expired(deployment, old):
                self.engine.delete(REPLICASETS, each)
        wait = conditions.seconds_to_deadline(deployment, now)
        if wait is not None and not deployment["spec"].get("paused"):
            self.requeue(key, wait)
