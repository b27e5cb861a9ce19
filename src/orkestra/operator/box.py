"""The life of one operatorBox: wait for what it needs, work, halt when that goes away, wait again.

A box owns its informers' registrations, its queue and its workers. It shares the API client and the caches, and it
answers for nothing else: whatever happens in here stays in here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from orkestra.client.errors import TransportError
from orkestra.controller.controller import Controller, Result
from orkestra.controller.predicates import desired_changed
from orkestra.controller.resync import resync
from orkestra.controller.sources import Mapper, Source
from orkestra.controller.workqueue import WorkQueue
from orkestra.informer.cached import Cached
from orkestra.informer.factory import InformerFactory
from orkestra.informer.informer import Informer, Interest
from orkestra.informer.target import Target
from orkestra.k8s.errors import StatusError
from orkestra.k8s.gvk import GVK, ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey
from orkestra.katalog.model import OperatorBox
from orkestra.observe.logging import get_logger
from orkestra.operator import names
from orkestra.operator.context import BoxContext, Cache, Memory
from orkestra.operator.copies import SourceNeed, source_needs
from orkestra.operator.desired import Renderer
from orkestra.operator.gate import Gate
from orkestra.operator.health import BoxHealth
from orkestra.operator.inventory import OWNER_INDEX, ChildId, owner_topics, owners_of, topics_for
from orkestra.operator.needs import Need, child_needs, is_time_dependent
from orkestra.operator.outcome import Failure, Reason
from orkestra.operator.reconciler import Reconciler, RetryLater
from orkestra.operator.services import Services

_log = get_logger("operator")

UID_INDEX = "uid"
RETRY_SECONDS = 1.0
RETRY_LIMIT_SECONDS = 15.0
SYNC_NOTICE_SECONDS = 2.0
"""How often a box that waits for its caches says what it waits for."""
STOP_SECONDS = 10.0
"""How long running reconciles may take to end when a box stops."""


@dataclass(slots=True)
class Running:
    """What exists only while a box works; endpoints read it."""

    info: ResourceInfo
    crs: Informer
    queue: WorkQueue[ObjectKey]
    controller: Controller


class Box:
    """``dependencies`` is open while everything in ``dependsOn`` holds."""

    def __init__(self, definition: OperatorBox, services: Services, dependencies: Gate) -> None:
        self.definition = definition
        self.services = services
        self.dependencies = dependencies
        self.health = BoxHealth(definition.queue.failure_threshold, services.now)
        self.running: Running | None = None
        self._born = 0.0
        self._log = _log.bind(crd=definition.name)

    async def run(self) -> None:
        """Until cancelled. A bug in here restarts this box, with back-off, and no other."""
        self._born = asyncio.get_running_loop().time()
        delay = RETRY_SECONDS
        while True:
            try:
                await self._live()
                delay = RETRY_SECONDS
            except Exception as error:
                self._log.error("the box broke and starts again", cause=error)
                self._wait_for(f"starting again after {type(error).__name__}: {error}", is_broken=True)
                await asyncio.sleep(delay)
                delay = min(delay * 2, RETRY_LIMIT_SECONDS)

    async def stop(self) -> None:
        """Let running reconciles end; the task that runs the box is cancelled by its owner afterwards."""
        if self.running is not None:
            await self.running.controller.stop(STOP_SECONDS)

    async def _live(self) -> None:
        info = await self._discover(self.definition.gvk, "the CRD of")
        needs = child_needs(self.definition)
        infos = {gvk: await self._discover(gvk, "the kind") for gvk in needs}
        with ExitStack() as held:
            factory = self.services.informers
            crs = self._acquire(held, factory, self._own_target(info), {UID_INDEX: lambda meta: (meta.uid,)})
            children = {
                gvk: self._acquire(held, factory, self._child_target(infos[gvk], need), {OWNER_INDEX: owners_of})
                for gvk, need in needs.items()
            }
            sources = {
                need: self._acquire(held, factory, _source_target(await self._discover(need.gvk, "the kind"), need), {})
                for need in source_needs(self.definition)
            }
            factory.start()
            while not crs.is_missing:
                await self._await_caches([crs, *children.values(), *sources.values()])
                await self._await_gates()
                await self._work(info, crs, infos, children, sources)
            self._wait_for(f"the CRD of {self.definition.gvk} was removed", is_broken=True)
            self._log.warning("the CRD was removed; children stay as they are")
        self.services.discovery.invalidate()

    async def _discover(self, gvk: GVK, what: str) -> ResourceInfo:
        """Wait until the cluster serves ``gvk``; a CRD may come after the Katalog."""
        delay = RETRY_SECONDS
        while True:
            try:
                info = await self.services.discovery.resource_for(gvk)
                problem = f"{what} {gvk} to be installed"
            except (StatusError, TransportError) as error:
                info, problem = None, f"the API server: {error}"
            if info is not None:
                return info
            self._wait_for(problem, is_broken=self.health.is_broken)
            await asyncio.sleep(delay)
            delay = min(delay * 1.5, RETRY_LIMIT_SECONDS)
            self.services.discovery.invalidate()

    def _wait_for(self, what: str, *, is_broken: bool = False) -> None:
        if what != self.health.pending:
            self._log.info("waiting", what=what)
        self.health.wait_for(what, is_broken=is_broken)

    def _own_target(self, info: ResourceInfo) -> Target:
        box = self.definition
        return Target(
            info,
            box.namespace if info.namespaced else "",
            str(box.label_selector or ""),
            str(box.field_selector or ""),
        )

    def _child_target(self, info: ResourceInfo, need: Need) -> Target:
        place = need.place(self.definition, namespaced=info.namespaced)
        return Target(info, place, names.CHILD_SELECTOR, metadata_only=need.metadata_only)

    def _acquire(
        self,
        held: ExitStack,
        factory: InformerFactory,
        target: Target,
        indexes: Mapping[str, Callable[..., Iterable[str]]],
    ) -> Informer:
        informer = factory.acquire(target, indexes=indexes)
        held.callback(factory.release, informer)
        return informer

    async def _await_caches(self, informers: list[Informer]) -> None:
        for informer in informers:
            while not await informer.wait_synced(SYNC_NOTICE_SECONDS):
                if informer.denied:
                    self._wait_for(f"permission to {informer.denied}", is_broken=True)
                elif informer.last_error is not None:
                    self._wait_for(f"a first list of {informer.target}: {informer.last_error}")
                else:
                    self._wait_for(f"a first list of {informer.target}")

    async def _await_gates(self) -> None:
        for gate in (self.dependencies, self.services.leadership):
            if not gate.is_open:
                self._wait_for(gate.reason, is_broken=False)
                await gate.wait_open()

    async def _work(
        self,
        info: ResourceInfo,
        crs: Informer,
        infos: Mapping[GVK, ResourceInfo],
        children: Mapping[GVK, Informer],
        sources: Mapping[SourceNeed, Informer],
    ) -> None:
        """Reconcile until a gate closes or the CRD goes."""
        box = self.definition
        metrics = self.services.metrics.for_controller(str(box.gvk))
        queue: WorkQueue[ObjectKey] = WorkQueue(max_depth=box.queue.max_depth, observe_latency=metrics.waited)
        with ExitStack() as feeds:

            def feed_own() -> Source:
                return Source(crs, queue, self._wanted, None if box.reads.status else desired_changed)

            def feed_children(gvk: GVK, informer: Informer) -> Source:
                # Nothing is replayed: every CR is queued at the start anyhow.
                mapper = owner_mapper(gvk, crs, self._wanted, memory)
                interest = Interest(owner_topics, topics_for(info))
                return Source(informer, queue, mapper, interest=interest, replay=False)

            def note_awaited(place: ChildId, is_awaited: bool) -> None:
                source = caches[place[0]].source
                (source.listen if is_awaited else source.unlisten)(place[1])

            memory = Memory(on_awaited=note_awaited)
            own = Cache(info, crs, feed_own())
            caches = {gvk: Cache(infos[gvk], c, feed_children(gvk, c)) for gvk, c in children.items()}
            for cache in (own, *caches.values()):
                feeds.callback(cache.source.close)
            copied: dict[GVK, list[Cache]] = {}
            for need, informer in sources.items():
                source = Source(informer, queue, reader_mapper(need.gvk, memory), replay=False)
                feeds.callback(source.close)
                copied.setdefault(need.gvk, []).append(Cache(informer.target.info, informer, source))
            reconciler = self._reconciler(own, caches, copied, memory)
            controller = Controller(
                box.name,
                self._counted(reconciler.reconcile),
                queue=queue,
                workers=box.workers,
                on_error=self._note_failure,
                observer=metrics,
                turns=self.services.turns,
            )
            metrics.watch(depth=queue.depth, refused=lambda: queue.refused, resources=lambda: len(crs.lister))
            feeds.callback(metrics.close)
            metrics.activated(asyncio.get_running_loop().time() - self._born)
            self.running = Running(info, crs, queue, controller)
            self.health.start()
            self._log.info("reconciling", gvk=str(box.gvk), workers=box.workers, objects=len(crs.lister))
            try:
                await self._until_halted(controller, queue, crs)
            finally:
                self.running = None

    def _wanted(self, item: Cached) -> Iterable[ObjectKey]:
        """The key of a CR this box is for; none for namespaces the entry leaves out."""
        box, namespace = self.definition, item.meta.namespace
        if box.allowed_namespaces and namespace not in box.allowed_namespaces:
            return ()
        return () if namespace in box.restricted_namespaces else (item.key,)

    def _reconciler(
        self, own: Cache, caches: Mapping[GVK, Cache], copied: Mapping[GVK, list[Cache]], memory: Memory
    ) -> Reconciler:
        services, box = self.services, self.definition

        def resolve(gvk: GVK) -> ResourceInfo:
            cache = caches.get(gvk)
            if cache is None:
                raise Failure(Reason.INVALID_TEMPLATE, f"{gvk} is not among this entry's kinds", is_retried=False)
            return cache.info

        cx = BoxContext(
            box=box,
            info=own.info,
            crs=own,
            children=caches,
            sources=copied,
            writer=services.writer(caches),
            recorder=services.recorder,
            metrics=services.metrics,
            environment=services.environment,
            now=services.now,
            is_time_dependent=is_time_dependent(box),
            memory=memory,
        )

        def find_source(gvk: GVK, key: ObjectKey) -> Object | None:
            found = cx.find_source(gvk, key)
            return found.object() if found is not None else None

        return Reconciler(cx, Renderer(box, own.info, resolve, services.environment, find_source))

    def _counted(self, reconcile: Callable[[ObjectKey], Awaitable[Result]]) -> Callable[[ObjectKey], Awaitable[Result]]:
        async def counted(key: ObjectKey) -> Result:
            result = await reconcile(key)
            self.health.succeed()
            return result

        return counted

    def _note_failure(self, key: ObjectKey, error: Exception, failures: int) -> None:
        text = str(error) if isinstance(error, RetryLater) else f"{type(error).__name__}: {error}"
        self.health.fail(f"{key}: {text}")
        self._log.warning("reconcile failed", key=str(key), failures=failures, error=text)

    async def _until_halted(self, controller: Controller, queue: WorkQueue[ObjectKey], crs: Informer) -> None:
        async def watch_gate(gate: Gate) -> None:
            await gate.wait_closed()
            raise _Halted(gate.reason)

        async def watch_definition() -> None:
            await crs.wait_missing()
            raise _Halted(f"the CRD of {self.definition.gvk} was removed")

        def keys() -> Iterable[ObjectKey]:
            return [key for item in crs.lister for key in self._wanted(item)]

        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(controller.run(), name=f"{self.definition.name} workers")
                group.create_task(resync(queue, keys, self.definition.resync_seconds))
                group.create_task(watch_gate(self.dependencies))
                group.create_task(watch_gate(self.services.leadership))
                group.create_task(watch_definition())
        except* _Halted as halted:
            reason = str(halted.exceptions[0])
            self._log.info("halted", reason=reason)
            self._wait_for(reason)


class _Halted(Exception):
    """The box must not work for now; not an error."""


def reader_mapper(gvk: GVK, memory: Memory) -> Mapper:
    """A source's change is work for the CRs that copy it."""

    def keys(source: Cached) -> Iterable[ObjectKey]:
        yield from memory.readers.get((gvk, source.key), ())

    return keys


def _source_target(info: ResourceInfo, need: SourceNeed) -> Target:
    return Target(info, need.namespace, "", f"metadata.name={need.name}" if need.name else "")


def owner_mapper(gvk: GVK, crs: Informer, wanted: Callable[[Cached], Iterable[ObjectKey]], memory: Memory) -> Mapper:
    """A child's change is work for the CR it belongs to, if that is one of this box's, and for those that want its
    place."""

    def keys(child: Cached) -> Iterable[ObjectKey]:
        for uid in owners_of(child.meta):
            for cr in crs.lister.by_index(UID_INDEX, uid):
                yield from wanted(cr)
        yield from memory.awaited.get((gvk, child.key), ())

    return keys
