"""The life of one operatorBox: wait for what it needs, work, halt when that goes away, wait again.

A box owns its informers' registrations, its queue and its workers. It shares the API client and the caches, and it
answers for nothing else: whatever happens in here stays in here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from orkestra.controller.controller import Controller, Result
from orkestra.controller.predicates import desired_changed
from orkestra.controller.resync import resync
from orkestra.controller.sources import Mapper, Source
from orkestra.controller.workqueue import WorkQueue
from orkestra.informer.cached import Cached
from orkestra.informer.informer import Informer, Interest
from orkestra.k8s.gvk import GVK, ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey
from orkestra.katalog.model import OperatorBox
from orkestra.observe.logging import get_logger, innermost
from orkestra.operator.activation import (
    RETRY_LIMIT_SECONDS,
    RETRY_SECONDS,
    UID_INDEX,
    Activation,
    activate,
    await_caches,
    watch_rights,
)
from orkestra.operator.context import BoxContext, Cache, Memory
from orkestra.operator.desired import Renderer
from orkestra.operator.gate import Gate
from orkestra.operator.health import BoxHealth
from orkestra.operator.hindsight import Running, look_back, note
from orkestra.operator.inventory import ChildId, owner_topics, owners_of, topics_for
from orkestra.operator.needs import Need, child_needs, is_time_dependent
from orkestra.operator.outcome import Failure, Reason
from orkestra.operator.reconciler import Reconciler, RetryLater
from orkestra.operator.revision import emptied
from orkestra.operator.services import Services

_log = get_logger("operator")

STOP_SECONDS = 10.0
"""How long running reconciles may take to end when a box stops."""
PRUNE_SECONDS = 600.0
"""How long a dropped entry may take to delete what it made."""
PRUNE_BEGIN_SECONDS = 30.0
"""How long it may wait for what it needs for that."""
PRUNE_LOOK_SECONDS = 0.1


class Box:
    """``dependencies`` is open while everything in ``dependsOn`` holds."""

    def __init__(self, definition: OperatorBox, services: Services, dependencies: Gate) -> None:
        self.definition = definition
        self.services = services
        self.dependencies = dependencies
        self.health = BoxHealth(definition.queue.failure_threshold, services.now)
        self.running: Running | None = None
        self._next: OperatorBox | None = None
        self._last_words: OperatorBox | None = None
        self._offered = asyncio.Event()
        self._born = 0.0
        self._follows = False  # a definition that worked before: nobody waits for every object to be looked at again
        self._log = _log.bind(crd=definition.name)

    async def run(self) -> None:
        """Until cancelled."""
        self._born = asyncio.get_running_loop().time()
        activation: Activation | None = None
        while True:
            async with asyncio.TaskGroup() as group:
                life = group.create_task(self._live(activation), name=f"box {self.definition.name} at work")
                self.definition, activation = await self._successor()
                self._follows = activation is not None
                life.cancel()

    def follow(self, definition: OperatorBox) -> None:
        """Work by ``definition``, of the same name, from now on. The one before goes on until what this one needs is
        there; a box that does not work yet begins anew at once."""
        self._next = definition
        self._offered.set()

    def relocate(self, definition: OperatorBox) -> None:
        """Take over a definition that says the same and stands elsewhere: messages name the new places."""
        if self._next is not None:
            self._next = definition
            return
        self.definition = definition
        if self.running is not None:
            self.running.relocate(definition)

    async def prune(self) -> bool:
        """Delete every child of every object and let the objects go, because the entry is gone and said so. Returns
        whether nothing is left: when that is done, when this replica leads no more, or after ``PRUNE_SECONDS``."""
        nothing = self._last_words = emptied(self.definition)
        self.dependencies.open()
        self.follow(nothing)
        begun = asyncio.get_running_loop().time()
        is_over = False
        while self.services.leadership.is_open:
            taken = asyncio.get_running_loop().time() - begun
            if (running := self.running) is not None and self.definition is nothing:
                was_over, is_over = is_over, running.is_idle and running.has_seen_all
                if was_over and is_over:
                    return not running.has_left_anything
            elif taken > PRUNE_BEGIN_SECONDS and self.running is None:
                self._log.warning("what a dropped entry made cannot be pruned and stays", waiting=self.health.pending)
                return False
            if taken > PRUNE_SECONDS:
                self._log.warning("pruning what a dropped entry made takes too long; what is left stays")
                return False
            await asyncio.sleep(PRUNE_LOOK_SECONDS)
        return False

    async def stop(self) -> None:
        """Let running reconciles end; the task that runs the box is cancelled by its owner afterwards."""
        if self.running is not None:
            await self.running.controller.stop(STOP_SECONDS)

    async def _successor(self) -> tuple[OperatorBox, Activation | None]:
        """The definition to go on with, once it can; what it needs is prepared while the one before works."""
        while True:
            await self._offered.wait()
            self._offered.clear()
            definition = self._next
            assert definition is not None
            activation = await self._prepared(definition)
            if self._offered.is_set():
                if activation is not None:
                    activation.close()
                continue
            await self.stop()
            self._next = None
            self.health.follow(definition.queue.failure_threshold)
            return definition, activation

    async def _prepared(self, definition: OperatorBox) -> Activation | None:
        """None where nothing works meanwhile: then there is nothing to be kept going, and nobody to prepare for."""
        if self.running is None:
            return None
        former = self.running.activation.left_behind(child_needs(definition))
        preparing = asyncio.ensure_future(self._prepare(definition, former))
        offered = asyncio.ensure_future(self._offered.wait())
        try:
            await asyncio.wait({preparing, offered}, return_when=asyncio.FIRST_COMPLETED)
            return preparing.result() if preparing.done() else None
        except Exception as error:
            self._log.error("preparing the next revision broke; the box starts again with it", cause=error)
            return None
        finally:
            for task in (preparing, offered):
                task.cancel()

    async def _prepare(self, definition: OperatorBox, former: Mapping[GVK, Need]) -> Activation:
        def notice(what: str, is_broken: bool | None = False) -> None:
            if what != self.health.upcoming:
                self._log.info("the next revision waits; the one before works on", what=what)
            self.health.upcoming = what

        activation = await activate(definition, self.services, notice, former)
        try:
            await await_caches(activation, notice)
        except BaseException:
            activation.close()
            raise
        return activation

    async def _live(self, activation: Activation | None) -> None:
        """Until cancelled. A bug in here restarts this box, with back-off, and no other."""
        delay = RETRY_SECONDS
        while True:
            try:
                activation = activation or await activate(self.definition, self.services, self._wait_for)
                await self._last(activation)
                delay = RETRY_SECONDS
            except Exception as error:
                self._log.error("the box broke and starts again", cause=error)
                inner = innermost(error)
                self._wait_for(f"starting again after {type(inner).__name__}: {inner}", is_broken=True)
                await asyncio.sleep(delay)
                delay = min(delay * 2, RETRY_LIMIT_SECONDS)
            finally:
                if activation is not None:
                    activation.close()
                activation = None

    async def _last(self, activation: Activation) -> None:
        """Work, as often as the gates allow, until the CRD goes."""
        while not activation.crs.is_missing:
            await await_caches(activation, self._wait_for)
            await self._await_gates()
            await note(self.definition, activation, self.services.ledger)
            await self._work(activation)
        self._wait_for(f"the CRD of {self.definition.gvk} was removed", is_broken=True)
        self._log.warning("the CRD was removed; children stay as they are")
        self.services.discovery.invalidate()

    def _wait_for(self, what: str, is_broken: bool | None = False) -> None:
        if what != self.health.pending:
            self._log.info("waiting", what=what)
        self.health.wait_for(what, is_broken=self.health.is_broken if is_broken is None else is_broken)

    async def _await_gates(self) -> None:
        for gate in (self.dependencies, self.services.leadership):
            if not gate.is_open:
                self._wait_for(gate.reason, is_broken=False)
                await gate.wait_open()

    async def _work(self, activation: Activation) -> None:
        """Reconcile until a gate closes or the CRD goes."""
        box, info, crs = self.definition, activation.info, activation.crs
        metrics = self.services.metrics.for_controller(str(box.gvk))
        queue: WorkQueue[ObjectKey] = WorkQueue(
            max_depth=box.queue.max_depth,
            observe_latency=metrics.waited,
            courtesy=self.services.courtesy,
            gives_way=self._follows,
        )
        with ExitStack() as feeds:

            def feed_own() -> Source:
                return Source(crs, queue, self._wanted, None if box.reads.status else desired_changed)

            def feed_children(gvk: GVK, informer: Informer, *, replay: bool = False) -> Source:
                # At the start nothing is replayed: every CR is queued then anyhow.
                mapper = owner_mapper(gvk, crs, self._wanted, memory)
                interest = Interest(owner_topics, topics_for(info))
                return Source(informer, queue, mapper, interest=interest, replay=replay)

            def note_awaited(place: ChildId, is_awaited: bool) -> None:
                source = caches[place[0]].source
                (source.listen if is_awaited else source.unlisten)(place[1])

            memory = Memory(on_awaited=note_awaited)
            own = Cache(info, crs, feed_own())
            caches = {
                gvk: Cache(activation.infos[gvk], informer, feed_children(gvk, informer))
                for gvk, informer in activation.children.items()
            }
            for cache in (own, *caches.values()):
                feeds.callback(cache.source.close)
            copied: dict[GVK, list[Cache]] = {}
            for need, informer in activation.sources.items():
                source = Source(informer, queue, reader_mapper(need.gvk, memory), replay=False)
                feeds.callback(source.close)
                copied.setdefault(need.gvk, []).append(Cache(informer.target.info, informer, source))

            def feed_former(found: Iterable[GVK]) -> None:
                for gvk in found:
                    informer = activation.children[gvk]
                    caches[gvk] = Cache(activation.infos[gvk], informer, feed_children(gvk, informer, replay=True))
                    feeds.callback(caches[gvk].source.close)

            def reconciler(definition: OperatorBox) -> Reconciler:
                return self._reconciler(definition, own, caches, copied, memory)

            current = _Current(reconciler, reconciler(box))
            controller = Controller(
                box.name,
                self._counted(current),
                queue=queue,
                workers=box.workers,
                on_error=self._note_failure,
                observer=metrics,
                turns=self.services.turns,
            )
            metrics.watch(depth=queue.depth, refused=lambda: queue.refused, resources=lambda: len(crs.lister))
            feeds.callback(metrics.close)
            metrics.activated(asyncio.get_running_loop().time() - self._born)
            running = self.running = Running(activation, queue, controller, current.relocate)
            self.health.start()
            self._log.info("reconciling", gvk=str(box.gvk), workers=box.workers, objects=len(crs.lister))
            try:
                await self._until_halted(running, feed_former)
            finally:
                self.running = None

    def _wanted(self, item: Cached) -> Iterable[ObjectKey]:
        """The key of a CR this box is for; none for namespaces the entry leaves out."""
        box, namespace = self.definition, item.meta.namespace
        if box.allowed_namespaces and namespace not in box.allowed_namespaces:
            return ()
        return () if namespace in box.restricted_namespaces else (item.key,)

    def _reconciler(
        self,
        box: OperatorBox,
        own: Cache,
        caches: Mapping[GVK, Cache],
        copied: Mapping[GVK, list[Cache]],
        memory: Memory,
    ) -> Reconciler:
        services = self.services

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
            is_leaving=box is self._last_words,
        )

        def find_source(gvk: GVK, key: ObjectKey) -> Object | None:
            found = cx.find_source(gvk, key)
            return found.object() if found is not None else None

        return Reconciler(cx, Renderer(box, own.info, resolve, services.environment, find_source))

    def _counted(self, current: _Current) -> Callable[[ObjectKey], Awaitable[Result]]:
        async def counted(key: ObjectKey) -> Result:
            result = await current.reconciler.reconcile(key)
            self.health.succeed()
            return result

        return counted

    def _note_failure(self, key: ObjectKey, error: Exception, failures: int) -> None:
        text = str(error) if isinstance(error, RetryLater) else f"{type(error).__name__}: {error}"
        self.health.fail(f"{key}: {text}")
        self._log.warning("reconcile failed", key=str(key), failures=failures, error=text)

    async def _until_halted(self, running: Running, feed: Callable[[Iterable[GVK]], None]) -> None:
        activation, crs = running.activation, running.crs

        async def watch_gate(gate: Gate) -> str:
            await gate.wait_closed()
            return gate.reason

        async def watch_definition() -> str:
            await crs.wait_missing()
            return f"the CRD of {self.definition.gvk} was removed"

        def keys() -> Iterable[ObjectKey]:
            return [key for item in crs.lister for key in self._wanted(item)]

        async with asyncio.TaskGroup() as group:
            work = group.create_task(running.controller.run(), name=f"{self.definition.name} workers")
            again = group.create_task(resync(running.queue, keys, self.definition.resync_seconds))
            rights = group.create_task(watch_rights(activation, self.health))
            past = group.create_task(look_back(self.definition, running, self.services, feed))
            halts = [
                group.create_task(watch_gate(self.dependencies)),
                group.create_task(watch_gate(self.services.leadership)),
                group.create_task(watch_definition()),
            ]
            # Halting is no error: a group that ends by one cannot tell it from a cancellation that comes meanwhile.
            halted, _ = await asyncio.wait(halts, return_when=asyncio.FIRST_COMPLETED)
            for task in (work, again, rights, past, *halts):
                task.cancel()
        reason = halted.pop().result()
        self._log.info("halted", reason=reason)
        self._wait_for(reason)


@dataclass(slots=True)
class _Current:
    """The reconciler that the next reconcile uses."""

    make: Callable[[OperatorBox], Reconciler]
    reconciler: Reconciler

    def relocate(self, definition: OperatorBox) -> None:
        self.reconciler = self.make(definition)


def reader_mapper(gvk: GVK, memory: Memory) -> Mapper:
    """A source's change is work for the CRs that copy it."""

    def keys(source: Cached) -> Iterable[ObjectKey]:
        yield from memory.readers.get((gvk, source.key), ())

    return keys


def owner_mapper(gvk: GVK, crs: Informer, wanted: Callable[[Cached], Iterable[ObjectKey]], memory: Memory) -> Mapper:
    """A child's change is work for the CR it belongs to, if that is one of this box's, and for those that want its
    place."""

    def keys(child: Cached) -> Iterable[ObjectKey]:
        for uid in owners_of(child.meta):
            for cr in crs.lister.by_index(UID_INDEX, uid):
                yield from wanted(cr)
        yield from memory.awaited.get((gvk, child.key), ())

    return keys
