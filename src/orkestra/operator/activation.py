"""What a definition needs before it can work: its kinds served by the cluster, and caches that are filled.

An activation holds informers; whoever made it closes it. Several may hold the same ones at a time: a definition that
follows another takes over the caches that both need, and only what is new is listed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Protocol

from orkestra.client.errors import TransportError
from orkestra.informer.index import IndexFunction
from orkestra.informer.informer import Informer
from orkestra.informer.target import Target
from orkestra.k8s.errors import StatusError
from orkestra.k8s.gvk import GVK, ResourceInfo
from orkestra.katalog.model import OperatorBox
from orkestra.observe.logging import get_logger
from orkestra.operator import names
from orkestra.operator.copies import SourceNeed, source_needs
from orkestra.operator.health import BoxHealth
from orkestra.operator.inventory import OWNER_INDEX, owners_of
from orkestra.operator.needs import Need, child_needs, former_needs
from orkestra.operator.services import Services

_log = get_logger("operator")

UID_INDEX = "uid"
RETRY_SECONDS = 1.0
RETRY_LIMIT_SECONDS = 15.0
SYNC_NOTICE_SECONDS = 2.0
"""How often a box that waits for its caches says what it waits for."""
FORMER_SECONDS = 10.0
"""How long a kind that only an earlier definition had may take to be listed before the box goes on without it."""


class Notice(Protocol):
    """Hears what is waited for. ``is_broken``: it went away under the box, or is refused; None: as it was."""

    def __call__(self, what: str, is_broken: bool | None = False) -> None: ...


@dataclass(slots=True)
class Activation:
    """``former``: kinds that the definition has no more; their children are there to be pruned."""

    definition: OperatorBox
    info: ResourceInfo
    crs: Informer
    needs: Mapping[GVK, Need]
    infos: dict[GVK, ResourceInfo]
    former: dict[GVK, Need]
    children: dict[GVK, Informer]
    sources: Mapping[SourceNeed, Informer]
    _held: ExitStack
    _former_held: dict[GVK, ExitStack] = field(default_factory=dict)

    def close(self) -> None:
        """Give the informers back. May be called more than once."""
        for held in self._former_held.values():
            held.close()
        self._held.close()

    def left_behind(self, needs: Mapping[GVK, Need]) -> Mapping[GVK, Need]:
        """The kinds of children that ``needs`` lacks: this definition's own, and of those before it what is left."""
        left = {gvk: need for gvk, need in self.former.items() if self.may_have(gvk)}
        return {gvk: replace(need, metadata_only=True) for gvk, need in lacking({**left, **self.needs}, needs).items()}

    async def look_back(self, former: Mapping[GVK, Need], services: Services) -> Iterable[GVK]:
        """Watch the kinds of ``former`` too that are served and not watched yet; those are returned."""
        found = await _served(lacking(former, self.children), services)
        self.hold(found, former, services)
        return found.keys()

    def hold(self, found: Mapping[GVK, ResourceInfo], former: Mapping[GVK, Need], services: Services) -> None:
        """Watch the kinds ``found`` of ``former``."""
        for gvk, info in found.items():
            target = _child_target(self.definition, info, former[gvk])
            informer = services.informers.acquire(target, indexes={OWNER_INDEX: owners_of})
            self._former_held[gvk] = ExitStack()
            self._former_held[gvk].callback(services.informers.release, informer)
            self.infos[gvk], self.former[gvk], self.children[gvk] = info, former[gvk], informer
        services.informers.start()

    def may_have(self, gvk: GVK) -> bool:
        """Whether an object of ours has children of a kind, as far as is known."""
        informer = self.children[gvk]
        return not informer.has_synced or any(
            True for cr in self.crs.lister for _ in informer.lister.by_index(OWNER_INDEX, cr.meta.uid)
        )


def lacking(former: Mapping[GVK, Need], present: Iterable[GVK]) -> Mapping[GVK, Need]:
    """What ``former`` has and ``present`` lacks. The same objects are there in every version of their kind."""
    kinds = {(gvk.group, gvk.kind) for gvk in present}
    return {gvk: need for gvk, need in former.items() if (gvk.group, gvk.kind) not in kinds}


async def activate(
    definition: OperatorBox, services: Services, notice: Notice, former: Mapping[GVK, Need] | None = None
) -> Activation:
    """Wait until the cluster serves what ``definition`` works on, and acquire its informers. Waits for ever, telling
    ``notice`` what for; cancel it to give up. The caches may still be filling: see ``await_caches``.

    ``former``: kinds of children that an earlier definition had, beside those that this one says it had. They are not
    waited for.
    """
    info = await _discover(definition.gvk, "the CRD of", services, notice)
    needs = child_needs(definition)
    infos = {gvk: await _discover(gvk, "the kind", services, notice) for gvk in needs}
    former = lacking({**former_needs(definition), **(former or {})}, needs)
    gone = await _served(former, services)
    copied = {need: await _discover(need.gvk, "the kind", services, notice) for need in source_needs(definition)}
    with ExitStack() as held:

        def acquire(target: Target, indexes: Mapping[str, IndexFunction]) -> Informer:
            informer = services.informers.acquire(target, indexes=indexes)
            held.callback(services.informers.release, informer)
            return informer

        activation = Activation(
            definition=definition,
            info=info,
            crs=acquire(_own_target(definition, info), {UID_INDEX: lambda meta: (meta.uid,)}),
            needs=needs,
            infos=infos,
            former={},
            children={
                gvk: acquire(_child_target(definition, infos[gvk], need), {OWNER_INDEX: owners_of})
                for gvk, need in needs.items()
            },
            sources={need: acquire(_source_target(copied[need], need), {}) for need in copied},
            _held=held.pop_all(),
        )
    activation.hold(gone, former, services)
    return activation


async def await_caches(activation: Activation, notice: Notice) -> None:
    """Wait until every cache was filled once, and for a while for those of former kinds."""
    former = [activation.children[gvk] for gvk in activation.former]
    for informer in (activation.crs, *activation.children.values(), *activation.sources.values()):
        while informer not in former and not await informer.wait_synced(SYNC_NOTICE_SECONDS):
            if informer.denied:
                notice(f"permission to {informer.denied}", True)
            elif informer.last_error is not None:
                notice(f"a first list of {informer.target}: {informer.last_error}")
            else:
                notice(f"a first list of {informer.target}")
    try:
        async with asyncio.timeout(FORMER_SECONDS):
            for informer in former:
                while not informer.denied and not await informer.wait_synced(SYNC_NOTICE_SECONDS):
                    notice(f"a first list of {informer.target}, which an earlier revision made")
    except TimeoutError:
        pass
    tell_of_stuck(activation, activation.former)


def tell_of_stuck(activation: Activation, former: Iterable[GVK]) -> None:
    """Say of which former kinds children stay, since they cannot be seen."""
    for informer in (activation.children[gvk] for gvk in former):
        if not informer.has_synced:
            problem = f"no permission to {informer.denied}" if informer.denied else str(informer.last_error)
            _log.warning(
                "children of a kind that an earlier revision had stay",
                crd=activation.definition.name,
                children=str(informer.target),
                problem=problem,
            )


async def watch_rights(activation: Activation, health: BoxHealth) -> None:
    """Tell when a cache may not be followed any more, and when it may again; it keeps what it has. Until cancelled."""
    watched = [activation.crs, *activation.sources.values()]
    watched += [informer for gvk, informer in activation.children.items() if gvk not in activation.former]
    try:
        while True:
            health.deny(next((informer.denied for informer in watched if informer.denied), ""))
            await asyncio.sleep(SYNC_NOTICE_SECONDS)
    finally:
        health.deny("")


async def _discover(gvk: GVK, what: str, services: Services, notice: Notice) -> ResourceInfo:
    """Wait until the cluster serves ``gvk``; a CRD may come after the Katalog."""
    delay = RETRY_SECONDS
    while True:
        try:
            info = await services.discovery.resource_for(gvk)
            problem = f"{what} {gvk} to be installed"
        except (StatusError, TransportError) as error:
            info, problem = None, f"the API server: {error}"
        if info is not None:
            return info
        notice(problem, None)
        await asyncio.sleep(delay)
        delay = min(delay * 1.5, RETRY_LIMIT_SECONDS)
        services.discovery.invalidate()


async def _served(kinds: Iterable[GVK], services: Services) -> dict[GVK, ResourceInfo]:
    """Those of ``kinds`` that can be seen to be served; nothing is waited for."""
    found = {}
    for gvk in kinds:
        try:
            info = await services.discovery.resource_for(gvk)
        except (StatusError, TransportError):
            continue
        if info is not None:
            found[gvk] = info
    return found


def _child_target(definition: OperatorBox, info: ResourceInfo, need: Need) -> Target:
    place = need.place(definition, namespaced=info.namespaced)
    return Target(info, place, names.CHILD_SELECTOR, metadata_only=need.metadata_only)


def _own_target(definition: OperatorBox, info: ResourceInfo) -> Target:
    return Target(
        info,
        definition.namespace if info.namespaced else "",
        str(definition.label_selector or ""),
        str(definition.field_selector or ""),
    )


def _source_target(info: ResourceInfo, need: SourceNeed) -> Target:
    return Target(info, need.namespace, "", f"metadata.name={need.name}" if need.name else "")
