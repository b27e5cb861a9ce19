"""All boxes of a Katalog, side by side: started together, stopped in reverse order of dependence.

A dependency that does not hold keeps its dependents pending; it never keeps anybody else. A new revision is taken over
box by box: what it does not change goes on as it is, queue, caches, workers and all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from orkestra.client.errors import TransportError
from orkestra.client.watch import ObjectMeta
from orkestra.k8s.errors import StatusError
from orkestra.k8s.gvk import GVK
from orkestra.katalog.model import Dependency, Katalog, OperatorBox
from orkestra.observe.logging import get_logger
from orkestra.operator import names
from orkestra.operator.box import Box
from orkestra.operator.gate import Gate
from orkestra.operator.revision import Change, Rejected, Revision, compare
from orkestra.operator.services import Services
from orkestra.operator.traces import Trace

_log = get_logger("operator")

OPEN_SECONDS = 1.0
"""How often it is asked whether the ledger can be read by now."""


@dataclass(frozen=True, slots=True)
class Unmanaged:
    """What a dropped entry left as it was: so many objects, so many of which wait for us when they are deleted. None
    where it was dropped while nothing ran: what is not in the definition any more need not be ours to list."""

    name: str
    gvk: str
    objects: int | None = None
    with_finalizer: int | None = None


class Supervisor:
    """``revision`` is None until a first definition has come; ``rejected`` is the last one that was refused, until
    another runs."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.revision: Revision | None = None
        self.rejected: Rejected | None = None
        self.unmanaged: dict[str, Unmanaged] = {}
        self.leaving: dict[str, Box] = {}
        """Boxes of dropped entries that prune before they end."""
        self._boxes: dict[str, Box] = {}
        self._tasks: dict[Box, asyncio.Task[None]] = {}
        self._leaves: dict[GVK, asyncio.Task[None]] = {}
        self._listeners: dict[Box, Callable[[], None]] = {}
        self._dependents: dict[str, set[str]] = {}
        self._group: asyncio.TaskGroup | None = None
        self._has_revision = asyncio.Event()

    @property
    def boxes(self) -> Mapping[str, Box]:
        return self._boxes

    @property
    def katalog(self) -> Katalog | None:
        return self.revision.katalog if self.revision else None

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as self._group:
            for box in self._boxes.values():
                self._start(box)
            await self._look_after_dropped()
            await asyncio.get_running_loop().create_future()

    def adopt(self, revision: Revision) -> Change:
        """Work by ``revision`` from now on. Returns at once; each box follows as soon as what it needs is there."""
        change = compare(self.katalog, revision.katalog)
        self.revision, self.rejected = revision, None
        self.services.ledger.follow(revision.katalog)
        self._has_revision.set()
        for definition in change.removed:
            self._drop(self._boxes.pop(definition.name))
        for definition in change.added:
            self._add(definition)
        for definition in change.changed:
            self._boxes[definition.name].follow(definition)
        for definition in change.moved:
            self._boxes[definition.name].relocate(definition)
        self._dependents = _dependents(revision.katalog, self._boxes.values())
        for name in self._boxes:
            self._judge_dependencies(name)
        return change

    async def stop(self) -> None:
        """Let every box finish what it is doing: dependents first, so that nothing works without what it needs."""
        await asyncio.gather(*(box.stop() for box in self.leaving.values()))
        for wave in reversed(waves(self.katalog)) if self.katalog else ():
            await asyncio.gather(*(self._boxes[name].stop() for name in wave if name in self._boxes))

    def holds(self, dependency: Dependency) -> bool:
        box = self._boxes.get(dependency.name)
        if box is None:
            return False
        if dependency.condition == "started":
            return box.health.is_started
        has_none = box.running is not None and not len(box.running.crs.lister)
        return box.health.is_started and box.health.state != "degraded" and (box.health.has_succeeded or has_none)

    def _add(self, definition: OperatorBox) -> None:
        box = Box(definition, self.services, Gate(_unmet(definition.depends_on)))
        self._listeners[box] = partial(self._changed, definition.name)
        box.health.listeners.append(self._listeners[box])
        self._boxes[definition.name] = box
        left = self.unmanaged.pop(definition.name, None)
        if left is not None and left.objects is not None:
            self.services.metrics.unmanaged.remove(definition.name)
        if self._group is not None:
            self._start(box)

    def _start(self, box: Box) -> None:
        assert self._group is not None
        self._tasks[box] = self._group.create_task(self._run(box), name=f"box {box.definition.name}")

    async def _run(self, box: Box) -> None:
        """No object is ever reconciled by two boxes: one of the same kind that is still leaving goes first."""
        leaving = self._leaves.get(box.definition.gvk)
        if leaving is not None:
            await asyncio.wait({leaving})
        await box.run()

    def _drop(self, box: Box) -> None:
        """The entry is gone: its box ends, after pruning where the entry said so; else what it made stays, told."""
        box.health.listeners.remove(self._listeners.pop(box))
        if self._group is not None:
            self._see_off(box)

    def _see_off(self, box: Box) -> None:
        assert self._group is not None
        self.leaving[box.definition.name] = box
        leaving = self._group.create_task(self._leave(box), name=f"box {box.definition.name} leaves")
        self._leaves[box.definition.gvk] = leaving

    async def _leave(self, box: Box) -> None:
        name, gvk = box.definition.name, box.definition.gvk
        is_over = False
        try:
            if box.definition.prune:
                is_over = await box.prune()
            elif box.running is not None:
                left = [item.meta for item in box.running.crs.lister]
                if left:
                    self.unmanaged[name] = _left_over(box, left)
                    self.services.metrics.unmanaged.labels(name).set(len(left))
                    _log.warning("an entry was dropped; what it made stays", crd=name, objects=len(left))
            await box.stop()
            await self._end(box)
            if is_over:
                await self.services.ledger.strike(name, gvk)
        except Exception as error:
            _log.error("an entry's leaving broke; what it made stays", crd=name, cause=error)
        finally:
            if (task := self._tasks.pop(box, None)) is not None:
                task.cancel()
            if self.leaving.get(name) is box:
                del self.leaving[name]
            if self._leaves.get(gvk) is asyncio.current_task():
                del self._leaves[gvk]

    async def _end(self, box: Box) -> None:
        task = self._tasks.pop(box, None)
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    async def _look_after_dropped(self) -> None:
        """Each time this replica leads: entries that were dropped while none did go as they would have then. A bug in
        here ends no box."""
        leadership = self.services.leadership
        while self.services.ledger.store is not None:
            await self._has_revision.wait()
            await leadership.wait_open()
            try:
                await self._see_off_dropped()
            except Exception as error:
                _log.error("looking after dropped entries broke; what they made stays", cause=error)
            await leadership.wait_closed()
            self.services.ledger.close()

    async def _see_off_dropped(self) -> None:
        ledger, leadership = self.services.ledger, self.services.leadership
        while leadership.is_open:
            if await ledger.opened():
                break
            await asyncio.sleep(OPEN_SECONDS)
        for trace in ledger.dropped():
            if trace.entry not in self.leaving:
                await self._resume(trace)

    async def _resume(self, trace: Trace) -> None:
        assert self._group is not None
        try:
            if await self.services.discovery.resource_for(trace.gvk) is None:
                await self.services.ledger.strike(trace.entry, trace.gvk)  # its objects went with their CRD
                return
        except (StatusError, TransportError):
            pass
        if not trace.prune:
            self.unmanaged.setdefault(trace.entry, Unmanaged(trace.entry, str(trace.gvk)))
            _log.warning("an entry was dropped while nothing ran; what it made stays", crd=trace.entry)
            return
        _log.info("pruning what an entry made that was dropped while nothing ran", crd=trace.entry)
        box = Box(trace.definition(), self.services, Gate())
        self._tasks[box] = self._group.create_task(box.run(), name=f"box {trace.entry}")
        self._see_off(box)

    def _changed(self, name: str) -> None:
        """A box tells of its health: those that depend on it may go on, or must not; so may itself, by a definition
        that it has just taken over."""
        for each in (name, *self._dependents.get(name, ())):
            self._judge_dependencies(each)

    def _judge_dependencies(self, name: str) -> None:
        box = self._boxes.get(name)
        if box is None:
            return
        missing = [d for d in box.definition.depends_on if not self.holds(d)]
        if missing and (box.dependencies.is_open or box.dependencies.reason != _unmet(missing)):
            box.dependencies.close(_unmet(missing))
        elif not missing and not box.dependencies.is_open:
            box.dependencies.open()


def _dependents(katalog: Katalog, boxes: Iterable[Box]) -> dict[str, set[str]]:
    """Entry -> those that depend on it, by the definition that is taken over and by the one that still works."""
    found: dict[str, set[str]] = {}
    for definition in (*katalog.boxes, *(box.definition for box in boxes)):
        for dependency in definition.depends_on:
            found.setdefault(dependency.name, set()).add(definition.name)
    return found


def _left_over(box: Box, left: list[ObjectMeta]) -> Unmanaged:
    held = sum(names.CLEANUP_FINALIZER in meta.finalizers for meta in left)
    return Unmanaged(box.definition.name, str(box.definition.gvk), len(left), held)


def _unmet(dependencies: Iterable[Dependency]) -> str:
    first = next(iter(dependencies), None)
    return f"{first.name} to be {first.condition}" if first else ""


def waves(katalog: Katalog) -> list[list[str]]:
    """Box names in start order: each wave depends only on those before it (the loader has refused cycles)."""
    left = {box.name: {d.name for d in box.depends_on} for box in katalog.boxes}
    out: list[list[str]] = []
    while left:
        wave = sorted(name for name, needs in left.items() if not needs & left.keys())
        if not wave:  # a cycle cannot get here; without this a bug would hang the process
            wave = sorted(left)
        out.append(wave)
        for name in wave:
            del left[name]
    return out
