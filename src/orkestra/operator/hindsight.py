"""Kinds of children that a definition has no more: what was written down of them, watched until nothing is left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from orkestra.controller.controller import Controller
from orkestra.controller.workqueue import WorkQueue
from orkestra.informer.informer import Informer
from orkestra.k8s.gvk import GVK
from orkestra.k8s.objects import ObjectKey
from orkestra.katalog.model import OperatorBox
from orkestra.operator.activation import Activation, lacking, tell_of_stuck
from orkestra.operator.ledger import Ledger
from orkestra.operator.needs import former_needs
from orkestra.operator.services import Services

LOOK_SECONDS = 10.0
"""How often a box looks whether anything is left of former kinds of children."""


@dataclass(slots=True)
class Running:
    """What exists only while a box works; endpoints read it."""

    activation: Activation
    queue: WorkQueue[ObjectKey]
    controller: Controller
    relocate: Callable[[OperatorBox], None]
    has_looked_back: bool = False
    """What was written down of former kinds of children is known."""

    @property
    def crs(self) -> Informer:
        return self.activation.crs

    @property
    def is_idle(self) -> bool:
        return not (self.queue.depth() or self.queue.running or self.queue.delayed)

    @property
    def has_seen_all(self) -> bool:
        """Every former kind is listed, or will not be, since that is not allowed."""
        children = self.activation.children
        former = (children[gvk] for gvk in self.activation.former)
        return self.has_looked_back and all(informer.has_synced or informer.denied for informer in former)

    @property
    def has_left_anything(self) -> bool:
        return any(self.activation.may_have(gvk) for gvk in self.activation.former)


async def note(definition: OperatorBox, activation: Activation, ledger: Ledger) -> bool:
    """Write down which kinds of children there may be, before there is one of them. Whether it is written. Kinds that
    the definition says it had are written when there turn out to be some."""
    said = former_needs(definition)
    known = {gvk: need for gvk, need in activation.former.items() if gvk not in said}
    return await ledger.note(definition, {**known, **activation.needs})


async def look_back(
    definition: OperatorBox, running: Running, services: Services, feed: Callable[[Iterable[GVK]], None]
) -> None:
    """Watch what is written down of kinds that ``definition`` has no more until nothing is left of them; ``feed`` is
    given those that are watched now. What cannot be read or written is tried again; nothing waits for it."""
    activation, ledger = running.activation, services.ledger
    is_told = ledger.store is None
    while ledger.store is not None:
        is_known = await note(definition, activation, ledger)
        if is_known:
            feed(await activation.look_back(ledger.former(definition), services))
        running.has_looked_back = True
        await asyncio.sleep(LOOK_SECONDS)
        if is_known and not is_told:
            tell_of_stuck(activation, activation.former)
            is_told = True
        left = {gvk: need for gvk, need in activation.former.items() if activation.may_have(gvk)}
        unserved = lacking(ledger.former(definition), activation.children)
        if is_known and await ledger.settle(definition, {**activation.needs, **left, **unserved}) and not left:
            return
    running.has_looked_back = True
