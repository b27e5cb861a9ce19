"""The controllers that make the embedded cluster live.

Owns what kube-controller-manager, kube-scheduler and a kubelet would do: Deployments, ReplicaSets, StatefulSets,
DaemonSets, Jobs, CronJobs and their Pods; PodDisruptionBudgets; claims and volumes; Service addresses, EndpointSlices
and Endpoints; default ServiceAccounts; the end of namespaces and CustomResourceDefinitions; garbage collection.
Does not own verbs, validation, defaulting or storage: it reads and writes through ``Cluster`` like any client, and is
told of each commit. HorizontalPodAutoscalers are stored and left alone.

Flow: commit -> ``Engine`` takes it into the ``View`` (indexed objects) and the ``Graph`` (who owns whom), names the
keys it concerns and queues them -> a slice of a few milliseconds of the event loop runs ``Controller.sync(key)`` ->
commit, and so on until nothing is left to do.

Invariants: level-triggered (a sync looks at the view, never at the event) and idempotent (a settled cluster is not
written to); a Conflict or NotFound means to look again later; one object that fails holds up no other; HTTP requests
get their turn between slices.

Pods that fail on purpose. Annotations on a pod, on the template of its workload, or on the workload:

``devserver.orkestra.io/outcome``
    ``ready`` (default): running and ready; the pod of a Job completes after a second delay.
    ``fail`` and ``crashloop``: containers end with exit code 1. With ``restartPolicy: Never`` the pod is Failed (and so
    is its Job, once past its back-off limit), else it sits in CrashLoopBackOff.
    ``hang``: stays Pending in ContainerCreating until told otherwise.
    ``imagepull``: stays Pending in ErrImagePull and ImagePullBackOff; so does any pod with an image tagged
    ``does-not-exist`` or with ``invalid`` in its name.
``devserver.orkestra.io/delay``
    How long a pod takes to its outcome, as a Go duration (``300ms``, ``1m30s``); 100ms where not told.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from orkestra.devserver.controllers.crds import CustomResourceCleanup
from orkestra.devserver.controllers.daemonsets import DaemonSets
from orkestra.devserver.controllers.deployments import Deployments
from orkestra.devserver.controllers.disruption import Disruption
from orkestra.devserver.controllers.endpoints import Endpoints
from orkestra.devserver.controllers.engine import Engine
from orkestra.devserver.controllers.gc import GarbageCollector
from orkestra.devserver.controllers.jobs import CronJobs, Jobs
from orkestra.devserver.controllers.load_balancers import LoadBalancers
from orkestra.devserver.controllers.namespaces import Namespaces, ServiceAccounts
from orkestra.devserver.controllers.pods import Kubelet
from orkestra.devserver.controllers.replicasets import ReplicaSets
from orkestra.devserver.controllers.scheduler import Scheduler
from orkestra.devserver.controllers.services import allocate_service
from orkestra.devserver.controllers.statefulsets import StatefulSets
from orkestra.devserver.controllers.volumes import ClaimBinder, VolumeKeeper

if TYPE_CHECKING:
    from orkestra.devserver.cluster import Cluster

__all__ = ["CONTROLLERS", "Controllers", "allocate_service", "start"]

CONTROLLERS = (
    Namespaces, ServiceAccounts, CustomResourceCleanup, GarbageCollector, Deployments, ReplicaSets, StatefulSets,
    DaemonSets, Jobs, CronJobs, Disruption, ClaimBinder, VolumeKeeper, LoadBalancers, Endpoints, Scheduler, Kubelet,
)  # fmt: skip

SLICE_SECONDS = 0.002
LONGEST_SLEEP_SECONDS = 60.0


class Controllers:
    """The running controllers; made by ``start``."""

    def __init__(self, cluster: Cluster, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._work = asyncio.Event()
        self.engine = Engine(cluster, loop.time, self._work.set)
        self.engine.start(CONTROLLERS)
        self._task = loop.create_task(self._run(), name="controllers")

    async def stop(self) -> None:
        """End them; what is half done is taken up by the next start."""
        self.engine.stop()
        self._task.cancel()
        await asyncio.wait([self._task], timeout=5)

    async def _run(self) -> None:
        while True:
            self._work.clear()
            if self.engine.run_slice(SLICE_SECONDS):
                await asyncio.sleep(0)  # requests that came meanwhile go first
                continue
            due = self.engine.queue.seconds_to_next()
            wait = LONGEST_SLEEP_SECONDS if due is None else min(due, LONGEST_SLEEP_SECONDS)
            try:
                async with asyncio.timeout(wait):
                    await self._work.wait()
            except TimeoutError:
                continue


def start(cluster: Cluster, loop: asyncio.AbstractEventLoop | None = None) -> Controllers:
    """Set the controllers to work on ``cluster``. Call it on the loop that serves the cluster; end with ``stop()``."""
    return Controllers(cluster, loop or asyncio.get_running_loop())
