"""Which kinds of children were made for which entry, kept where a restart finds it: one ConfigMap of the runtime.

The inventory of a CR is read from its children; to read it, their kinds have to be watched, and a definition tells
only those that it has now. So the kinds are written down before the first child of them is made, and struck out once
nothing is left of what a definition no longer has. At rest nothing is written. Nobody waits for this for long, and
nothing that works depends on it: without it, children of former kinds stay.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from orkestra.client.api import ApiClient
from orkestra.client.errors import TransportError
from orkestra.client.requests import PatchType
from orkestra.k8s.errors import NotFound, StatusError
from orkestra.k8s.gvk import GVK, ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey
from orkestra.katalog.model import Katalog, OperatorBox
from orkestra.observe.logging import get_logger
from orkestra.operator import names
from orkestra.operator.needs import Need
from orkestra.operator.traces import Trace, merge_kinds, read_trace, trace_id, trace_of, write_trace

_Answer = TypeVar("_Answer")
_log = get_logger("ledger")

CONFIG_MAPS = ResourceInfo("", "v1", "ConfigMap", "configmaps", namespaced=True)
ANSWER_SECONDS = 5.0
"""How long a box that is about to begin waits for its kinds to be written down."""
AGAIN_SECONDS = 10.0
AGAIN_LIMIT_SECONDS = 600.0
"""How soon what failed is tried again; the pause doubles, since a missing right may stay missing."""


@dataclass(frozen=True, slots=True)
class Store:
    """Where it is kept, and whether this replica may write now."""

    api: ApiClient
    key: ObjectKey
    may_write: Callable[[], bool]


@dataclass(slots=True)
class Ledger:
    """``store`` None: nothing is kept. What was read is good for as long as this replica leads: see ``close``."""

    store: Store | None = None
    _katalog: Katalog | None = None
    _traces: dict[str, Trace] | None = None
    _unsaved: set[str] = field(default_factory=set)
    _not_before: float = float("-inf")
    _pause: float = 0.0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def follow(self, katalog: Katalog) -> None:
        """The definition that runs from now on, in the light of which traces are read."""
        self._katalog = katalog
        self._hand_over()

    def close(self) -> None:
        """Another replica leads: what is known here is no longer what is true."""
        self._traces = None
        self._unsaved.clear()
        self._not_before, self._pause = float("-inf"), 0.0

    async def opened(self) -> bool:
        """Whether it is known what was made before; asked for where it is not, and at most once in a while."""
        if self.store is None:
            return False
        async with self._lock:
            if self._traces is None and self._may_try():
                found = await self._attempt("read", self._read(self.store))
                if found is not None:
                    self._traces = found
                    self._hand_over()
            return self._traces is not None

    async def note(self, box: OperatorBox, needs: Mapping[GVK, Need]) -> bool:
        """Write down that ``box`` has children of ``needs``, beside what is known already. Whether it is written."""
        if not await self.opened() or self._traces is None or self._katalog is None:
            return False
        before = self._traces.get(trace_id(box.name, box.gvk))
        now = trace_of(self._katalog.name, box, needs)
        self._put(now if before is None else now.with_kinds(before.kinds))
        return await self._save()

    async def settle(self, box: OperatorBox, needs: Mapping[GVK, Need]) -> bool:
        """Write down that ``box`` has children of ``needs`` and of no other kind."""
        if self._traces is None or self._katalog is None:
            return False
        self._put(trace_of(self._katalog.name, box, needs))
        return await self._save()

    async def strike(self, entry: str, gvk: GVK) -> bool:
        """Nothing is left of a dropped entry."""
        found = trace_id(entry, gvk)
        if self._traces is None or self._traces.pop(found, None) is None:
            return False
        self._unsaved.add(found)
        return await self._save()

    def former(self, box: OperatorBox) -> Mapping[GVK, Need]:
        """The kinds that children of ``box`` may have, by what was written down."""
        trace = (self._traces or {}).get(trace_id(box.name, box.gvk))
        return {} if trace is None else trace.needs

    def dropped(self) -> Sequence[Trace]:
        """Entries that the definition had once and has no more. Those of definitions by another name are not ours."""
        katalog = self._katalog
        if katalog is None:
            return ()
        present = {trace_id(box.name, box.gvk) for box in katalog.boxes if box.enabled}
        traces = (self._traces or {}).values()
        return [trace for trace in traces if trace.katalog == katalog.name and trace.id not in present]

    def _hand_over(self) -> None:
        """An entry that goes leaves its children to those of the same kind that are about other objects than before:
        they may be about its own. One that was there already, with objects of its own, has none of them."""
        if self._katalog is None or self._traces is None:
            return
        for gone in self.dropped():
            heirs = [
                trace
                for box in self._katalog.boxes
                if box.enabled and (box.gvk.group, box.gvk.kind) == (gone.gvk.group, gone.gvk.kind)
                if not (trace := trace_of(self._katalog.name, box, {})).is_about_the_same(self._traces.get(trace.id))
            ]
            for heir in heirs:
                known = self._traces.get(heir.id)
                self._put(heir.with_kinds(known.kinds if known else {}).with_kinds(gone.kinds))
            if heirs:
                del self._traces[gone.id]
                self._unsaved.add(gone.id)

    def _put(self, trace: Trace) -> None:
        assert self._traces is not None
        trace = replace(trace, kinds=merge_kinds(trace.kinds, {}))
        if self._traces.get(trace.id) != trace:
            self._traces[trace.id] = trace
            self._unsaved.add(trace.id)

    # -- requests -------------------------------------------------------------------------------------------------
    async def _save(self) -> bool:
        """One request for all that came together. Whether everything is written."""
        store = self.store
        async with self._lock:
            if store is None or self._traces is None:
                return False
            if not self._unsaved:
                return True
            if not store.may_write() or not self._may_try():
                return False
            data = {key: self._text(key) for key in sorted(self._unsaved)}
            if await self._attempt("write", self._write(store, data)) is None:
                return False
            self._unsaved -= {key for key, text in data.items() if text == self._text(key)}
            return not self._unsaved

    def _text(self, key: str) -> str | None:
        trace = (self._traces or {}).get(key)
        return None if trace is None else write_trace(trace)

    async def _read(self, store: Store) -> dict[str, Trace]:
        try:
            found = await store.api.get(CONFIG_MAPS, store.key)
        except NotFound:
            return {}
        data = found.get("data")
        traces = {}
        for key, text in (data if isinstance(data, dict) else {}).items():
            try:
                trace = read_trace(str(text))
            except ValueError as error:
                _log.warning(
                    "a line of the ledger is not understood, and left", configmap=str(store.key), key=key, why=error
                )
                continue
            traces[trace.id] = trace
        return traces

    async def _write(self, store: Store, data: Mapping[str, str | None]) -> Object:
        try:
            return await store.api.patch(
                CONFIG_MAPS,
                store.key,
                {"data": dict(data)},
                patch_type=PatchType.MERGE,
                field_manager=names.FIELD_MANAGER,
            )
        except NotFound:
            metadata = {
                "name": store.key.name,
                "namespace": store.key.namespace,
                "labels": {"app.kubernetes.io/name": "orkestra"},
                "annotations": {"kubernetes.io/description": _DESCRIPTION},
            }
            kept = {key: write_trace(trace) for key, trace in (self._traces or {}).items()}
            body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": kept}
            return await store.api.create(CONFIG_MAPS, body, field_manager=names.FIELD_MANAGER)

    def _may_try(self) -> bool:
        return asyncio.get_running_loop().time() >= self._not_before

    async def _attempt(self, what: str, request: Coroutine[object, object, _Answer]) -> _Answer | None:
        """None where it failed, which is told."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                answer = await request
            self._pause = 0.0
            return answer
        except (StatusError, TransportError, TimeoutError) as error:
            self._pause = min(max(self._pause * 2, AGAIN_SECONDS), AGAIN_LIMIT_SECONDS)
            self._not_before = asyncio.get_running_loop().time() + self._pause
            assert self.store is not None
            _log.warning(
                f"cannot {what} which kinds of children were made; those that a definition drops may stay",
                configmap=str(self.store.key),
                problem=str(error) or "no answer",
            )
            return None


_DESCRIPTION = "Kinds of children by entry, kept by the Orkestra runtime so that what a definition drops is pruned."
