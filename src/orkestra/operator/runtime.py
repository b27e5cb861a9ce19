"""The process: one API client, shared informers, a supervisor, leadership, endpoints; and an orderly end."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from orkestra.client.api import ApiClient
from orkestra.client.config import ClusterConfig
from orkestra.client.discovery import Discovery
from orkestra.controller.leader import LeaderElector, Timing
from orkestra.controller.recorder import Recorder
from orkestra.informer.factory import InformerFactory
from orkestra.informer.reflector import StateHook
from orkestra.informer.states import State
from orkestra.informer.target import Target
from orkestra.k8s.objects import ObjectKey
from orkestra.katalog.model import Katalog
from orkestra.observe.logging import get_logger
from orkestra.observe.metrics import Metrics
from orkestra.operator import endpoints, names
from orkestra.operator.apply import always
from orkestra.operator.defaults import Defaults
from orkestra.operator.delivery import Delivered, Delivery, commit_beside
from orkestra.operator.endpoints import Limits
from orkestra.operator.gate import Gate
from orkestra.operator.ledger import Ledger, Store
from orkestra.operator.reloading import Preparation, adopt, follow
from orkestra.operator.revision import Origin
from orkestra.operator.services import Services
from orkestra.operator.supervisor import Supervisor
from orkestra.template import Environment

_log = get_logger("runtime")

CONTROLLER = "orkestra.orkspace.io/runtime"
STOP_SECONDS = 15.0
"""How long an orderly end may take before what is left is cut off."""
FLUSH_SECONDS = 2.0
"""How long events that are not written yet may take at the end."""


@dataclass(frozen=True, slots=True)
class Settings:
    """``port`` None: no HTTP endpoints; 0: any free one. ``timing`` None: no election, this replica always leads.
    ``environment`` and ``cluster_name`` are for people who look at more than one installation. ``keeps_ledger``: write
    down in ``namespace`` which kinds of children are made, for the next process to prune what a definition dropped."""

    namespace: str = "orkestra-system"
    host: str = "0.0.0.0"
    port: int | None = 8080
    timing: Timing | None = None
    limits: Limits = field(default_factory=Limits)
    defaults: Defaults = field(default_factory=Defaults)
    environment: str = ""
    cluster_name: str = ""
    keeps_ledger: bool = False


@dataclass(frozen=True, slots=True)
class Runtime:
    """``leases``: the client of the election, apart from that of everything else."""

    supervisor: Supervisor
    port: int | None
    leases: ApiClient


Source = Callable[[Services], Delivery]
"""Where revisions come from while the process runs."""


@asynccontextmanager
async def started(
    katalog: Katalog | None,
    config: ClusterConfig,
    settings: Settings,
    source: Source | None = None,
    prepare: Preparation | None = None,
) -> AsyncIterator[Runtime]:
    """Run ``katalog`` against the cluster of ``config`` while the context is open, then end in order. Without one,
    what ``source`` brings first is run; what it brings later is taken over (``prepare``: see ``reloading.follow``).

    Raises TransportError or OSError where it cannot begin (no such server, port taken).
    """
    metrics = Metrics()
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(ApiClient(config, observer=metrics.request_observed))
        # A renewal must not stand in line behind the writes of a hundred kinds.
        leases = await stack.enter_async_context(ApiClient(config, observer=metrics.request_observed))
        informers = await stack.enter_async_context(InformerFactory(api, on_state=_state_metric(metrics)))
        recorder = Recorder(api, controller=CONTROLLER, instance=socket.gethostname())
        group = await stack.enter_async_context(_Tasks())
        leadership = Gate("this replica to be elected leader" if settings.timing else "")
        elector = _elector(leases, settings, leadership)
        metrics.watch_leader(lambda: leadership.is_open)
        may_write = (lambda: elector.is_leading) if elector else always
        services = Services(
            api=api,
            discovery=Discovery(api),
            informers=informers,
            recorder=recorder,
            metrics=metrics,
            environment=Environment(now=_now, random=os.urandom),
            now=_now,
            leadership=leadership,
            may_write=may_write,
            defaults=settings.defaults,
            ledger=Ledger(Store(api, ObjectKey(settings.namespace, names.LEDGER), may_write))
            if settings.keeps_ledger
            else Ledger(),
            environment_name=settings.environment,
            cluster_name=settings.cluster_name,
        )
        supervisor = Supervisor(services)
        if katalog is not None:
            adopt(
                Delivered(katalog.revision, Origin(katalog.path, commit_beside(katalog.path)), katalog),
                katalog,
                supervisor,
            )
        port: int | None = None
        if settings.port is not None:
            serving = endpoints.serve(supervisor, settings.host, settings.port, settings.limits)
            port = await stack.enter_async_context(serving)
        group.start(recorder.run())
        if elector is not None:
            group.start(elector.run())
        group.start(supervisor.run())
        if source is not None:
            group.start(follow(lambda: source(services), supervisor, prepare))
        try:
            yield Runtime(supervisor, port, leases)
        finally:
            _log.info("stopping")
            try:
                async with asyncio.timeout(STOP_SECONDS):
                    await supervisor.stop()
            except TimeoutError:
                _log.warning("reconciles were still running after the grace period and are cut off")
            await recorder.flush(FLUSH_SECONDS)


def _elector(api: ApiClient, settings: Settings, leadership: Gate) -> LeaderElector | None:
    if settings.timing is None:
        return None

    async def lead() -> None:
        leadership.open()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            leadership.close("this replica to be elected leader")

    key = ObjectKey(settings.namespace, names.LEASE)
    return LeaderElector(api, key, on_started=lead, timing=settings.timing)


def _state_metric(metrics: Metrics) -> StateHook:
    def moved(target: Target, before: State, state: State) -> None:
        metrics.informer_moved(str(target), before.value, state.value)

    return moved


def _now() -> datetime:
    return datetime.now(UTC)


class _Tasks:
    """Background tasks that end, cancelled, with their context; one that fails ends the context's body."""

    def __init__(self) -> None:
        self._group = asyncio.TaskGroup()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> _Tasks:
        await self._group.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        for task in self._tasks:
            task.cancel()
        await self._group.__aexit__(None, None, None)

    def start(self, coroutine: Coroutine[object, object, None]) -> None:
        self._tasks.append(self._group.create_task(coroutine))
