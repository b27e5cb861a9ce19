"""Shared informers: whoever asks for the same thing gets the same watch; the last to leave ends it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import TracebackType

from orkestra.informer.index import IndexFunction
from orkestra.informer.informer import Informer
from orkestra.informer.reflector import StateHook
from orkestra.informer.target import ListWatcher, Target
from orkestra.k8s.gvk import GVR

_log = logging.getLogger(__name__)

_RESTART_SECONDS = 5.0


@dataclass(slots=True)
class _Shared:
    informer: Informer
    users: int = 0
    task: asyncio.Task[None] | None = None


_Slot = tuple[GVR, str, str, str, bool]


class InformerFactory:
    """An async context manager: leaving it ends every watch. Inside, ``acquire``, ``start``, ``release`` as needed.

    Users who need bodies and users who do not share one informer if the latter's has not started when the former
    ask; a metadata-only watch that runs is left alone and a second, full one is opened.
    """

    def __init__(self, api: ListWatcher, *, use_watch_list: bool = False, on_state: StateHook | None = None) -> None:
        self._api = api
        self._use_watch_list = use_watch_list
        self._on_state = on_state
        self._shared: dict[_Slot, _Shared] = {}
        self._group: asyncio.TaskGroup | None = None

    async def __aenter__(self) -> InformerFactory:
        self._group = asyncio.TaskGroup()
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        group, self._group = self._group, None
        for shared in self._shared.values():
            if shared.task is not None:
                shared.task.cancel()
        self._shared.clear()
        if group is not None:
            # The exception of the body is the caller's; the group only has to see its tasks end.
            await group.__aexit__(None, None, None)

    def acquire(self, target: Target, *, indexes: Mapping[str, IndexFunction] | None = None) -> Informer:
        """The informer of ``target``, shared; call ``release`` once for each ``acquire``. ``start`` runs it."""
        shared = self._find(target)
        if shared is None:
            informer = Informer(self._api, target, use_watch_list=self._use_watch_list, on_state=self._on_state)
            shared = self._shared[_slot(target)] = _Shared(informer)
        shared.users += 1
        for name, function in (indexes or {}).items():
            shared.informer.add_index(name, function)
        return shared.informer

    def start(self) -> None:
        """Run every informer that does not run yet. Raises RuntimeError outside the ``async with``."""
        if self._group is None:
            raise RuntimeError("informers are started inside 'async with factory'")
        for shared in self._shared.values():
            if shared.task is None:
                name = f"informer {shared.informer.target}"
                shared.task = self._group.create_task(_keep_running(shared.informer), name=name)

    def release(self, informer: Informer) -> None:
        """Give one ``acquire`` back; the last one ends the watch. Unknown informers are ignored."""
        slot = _slot(informer.target)
        shared = self._shared.get(slot)
        if shared is None or shared.informer is not informer:
            return
        shared.users -= 1
        if shared.users <= 0:
            del self._shared[slot]
            if shared.task is not None:
                shared.task.cancel()

    def __iter__(self) -> Iterator[Informer]:
        """Every informer, for health and metrics."""
        return iter([shared.informer for shared in self._shared.values()])

    def _find(self, target: Target) -> _Shared | None:
        full = self._shared.get(_slot(replace(target, metadata_only=False)))
        if full is not None:
            return full  # bodies serve those who only need metadata too
        slim = self._shared.get(_slot(replace(target, metadata_only=True)))
        if slim is None or target.metadata_only:
            return slim
        if slim.task is not None:
            return None
        del self._shared[_slot(slim.informer.target)]
        slim.informer.retarget(target)
        self._shared[_slot(target)] = slim
        return slim


async def wait_all_synced(informers: Iterable[Informer], timeout: float) -> list[Informer]:
    """Wait at most ``timeout`` seconds for the first lists; the informers that have not synced by then."""
    waiting = [*informers]
    try:
        async with asyncio.timeout(timeout):
            for informer in waiting:
                await informer.wait_synced(timeout)
    except TimeoutError:
        pass
    return [informer for informer in waiting if not informer.has_synced]


async def _keep_running(informer: Informer) -> None:
    """The reflector handles what it expects; a bug in it must not end its siblings through the task group."""
    while True:
        try:
            await informer.run()
        except Exception as error:
            _log.error("the informer of %s broke, restarting: %r", informer.target, error)
        await asyncio.sleep(_RESTART_SECONDS)


def _slot(target: Target) -> _Slot:
    return (target.info.gvr, target.namespace, target.label_selector, target.field_selector, target.metadata_only)
