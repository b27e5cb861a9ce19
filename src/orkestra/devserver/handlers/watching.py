"""Watch streams: what happened since a revision, then what happens, until the client or the clock ends it.

A watch reads the table's history by position, so a commit costs a watch nothing but a wake-up, and a line of the
stream is encoded once for all watches that want it in the same form. One that does not keep up finds its
position gone and is cut off; the client lists again, as with a real server.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from orkestra.devserver.handlers.forms import META, encode, partial, record_bytes, table, table_row
from orkestra.devserver.handlers.listing import Matches, check_not_future, matcher
from orkestra.devserver.handlers.negotiation import Form
from orkestra.devserver.handlers.options import ListOptions
from orkestra.devserver.kinds import Kind
from orkestra.devserver.storage import Event, Record, Store, Table
from orkestra.k8s.errors import Expired
from orkestra.k8s.objects import Object

Send = Callable[[bytes], Awaitable[None]]

BOOKMARK_SECONDS = 60.0
_SHORTEST_LIFE, _LONGEST_LIFE = 1800, 3600
_LAST_BOOKMARK_SECONDS = 2.0
_BATCH_BYTES = 256 * 1024
_INITIAL_END = "k8s.io/initial-events-end"


@dataclass(slots=True)
class Watch:
    """One stream. ``clock`` is the wall clock ages are counted by; ``is_stalled`` lets a test silence the stream."""

    store: Store
    kind: Kind
    namespace: str
    options: ListOptions
    form: Form
    include: str
    clock: Callable[[], Any]
    bookmark_seconds: float = BOOKMARK_SECONDS
    is_stalled: Callable[[], bool] = bool
    _has_columns: bool = False
    _position: int = 0

    @property
    def behind(self) -> int:
        """Events of its kind that happened since it last took some."""
        return self.store.table(self.kind.table).history.end - self._position

    def check(self) -> None:
        """Raises before the stream starts: a bad selector, a revision of the future."""
        matcher(self.kind, self.options)
        check_not_future(self.store, self.options.revision)

    async def run(self, send: Send) -> None:
        """Stream until the deadline, the end of the resource, or a history that no longer reaches back."""
        loop = asyncio.get_running_loop()
        life = self.options.timeout or random.randint(_SHORTEST_LIFE, _LONGEST_LIFE)
        ends_at = loop.time() + life
        table = self.store.table(self.kind.table)
        matches = matcher(self.kind, self.options)
        self._position = table.history.end
        wake = asyncio.Event()
        table.listeners.add(wake.set)
        try:
            if not await self._begin(table, matches, send):
                return
            await self._follow(table, matches, send, wake, ends_at)
        finally:
            table.listeners.discard(wake.set)

    async def _begin(self, table: Table, matches: Matches | None, send: Send) -> bool:
        """What was before this moment; False where the stream is over already."""
        revision = self.options.revision
        starts_with_state = self.options.sends_initial
        if starts_with_state is None:
            starts_with_state = not revision
        if starts_with_state:
            records = [r for r in table.scan(self.namespace) if matches is None or matches(r)]
            await self._send_lines([self._line(Event("ADDED", record, None)) for record in records], send)
            if self.options.sends_initial and self.options.wants_bookmarks:
                await send(self._bookmark({_INITIAL_END: "true"}))
            return True
        if not revision:
            return True
        missed = table.history.after(revision)
        if missed is None:
            error = Expired(f"too old resource version: {revision} ({table.history.floor})")
            await send(encode({"type": "ERROR", "object": error.status}) + b"\n")
            return False
        await self._send_lines(self._lines(missed, matches), send)
        return True

    async def _follow(
        self, table: Table, matches: Matches | None, send: Send, wake: asyncio.Event, ends_at: float
    ) -> None:
        loop = asyncio.get_running_loop()
        bookmark_at = loop.time() + self.bookmark_seconds
        # As the real server does, one more just before the end, so that a resume starts late.
        last_at = ends_at - _LAST_BOOKMARK_SECONDS
        while not table.is_closed:
            wake.clear()
            events = table.history.since(self._position)
            if events is None:
                return
            if events and not self.is_stalled():
                self._position += len(events)
                await self._send_lines(self._lines(events, matches), send)
            now = loop.time()
            if now >= ends_at:
                return
            due = min(bookmark_at, last_at)
            if self.options.wants_bookmarks and now >= due:
                bookmark_at = now + self.bookmark_seconds
                if now >= last_at:
                    last_at = math.inf
                if self._position == table.history.end and not self.is_stalled():
                    await send(self._bookmark(None))
                due = min(bookmark_at, last_at)
            limit = min(ends_at, due) if self.options.wants_bookmarks else ends_at
            if not wake.is_set():
                try:
                    async with asyncio.timeout(max(0.0, limit - loop.time())):
                        await wake.wait()
                except TimeoutError:
                    continue

    async def _send_lines(self, lines: list[bytes], send: Send) -> None:
        """In batches: one write for many events, none so big that it holds up others."""
        batch: list[bytes] = []
        size = 0
        for line in lines:
            batch.append(line)
            size += len(line)
            if size > _BATCH_BYTES:
                await send(b"".join(batch))
                batch, size = [], 0
        if batch:
            await send(b"".join(batch))

    def _lines(self, events: list[Event], matches: Matches | None) -> list[bytes]:
        namespace = self.namespace
        lines: list[bytes] = []
        for event in events:
            if namespace and event.record.namespace != namespace:
                continue
            if matches is None:
                lines.append(self._line(event))
            else:
                line = self._selected(event, matches)
                if line:
                    lines.append(line)
        return lines

    def _selected(self, event: Event, matches: Matches) -> bytes:
        """An object that enters a selection is ADDED, one that leaves it DELETED (apiserver storage/cacher)."""
        old = event.old
        had = old is not None and matches(old)
        has = event.type != "DELETED" and matches(event.record)
        if has:
            if had or event.type == "ADDED":
                return self._line(event)
            return self._line(Event("ADDED", event.record, old))
        if not had or old is None:
            return b""
        if event.type == "DELETED":
            return self._line(event)
        gone = old.fresh()
        gone["metadata"]["resourceVersion"] = str(event.revision)
        record = Record(old.path, event.revision, encode(gone), gone)
        return self._line(Event("DELETED", record, old))

    def _line(self, event: Event) -> bytes:
        if self.form == "table":
            return self._table_line(event)
        key = (self.kind.info.version, self.form)
        line = event.frames.get(key)
        if line is None:
            if self.form == "partial":
                body = encode(partial(self.kind.from_hub(event.record.obj)))
            else:
                body = record_bytes(self.kind, event.record)
            line = event.frames[key] = b"".join((b'{"type":"', event.type.encode(), b'","object":', body, b"}\n"))
        return line

    def _table_line(self, event: Event) -> bytes:
        """Columns go out once a stream; ages are of this moment, so rows are not shared."""
        row = table_row(self.kind, self.kind.from_hub(event.record.obj), self.clock(), self.include)
        meta = {"resourceVersion": str(event.revision)}
        body = table(self.kind, [row], meta, has_columns=not self._has_columns)
        self._has_columns = True
        return encode({"type": event.type, "object": body}) + b"\n"

    def _bookmark(self, annotations: dict[str, str] | None) -> bytes:
        meta: Object = {"resourceVersion": str(self.store.revision)}
        if annotations:
            meta["annotations"] = annotations
        if self.form == "table":
            body: Object = {
                "kind": "Table",
                "apiVersion": META,
                "metadata": meta,
                "columnDefinitions": None,
                "rows": None,
            }
            if annotations:
                # A table carries the mark in the row's object, where kubectl looks for it.
                shown = {"kind": "PartialObjectMetadata", "apiVersion": META, "metadata": meta}
                body = {
                    **body,
                    "metadata": {"resourceVersion": meta["resourceVersion"]},
                    "rows": [{"cells": [], "object": shown}],
                }
        elif self.form == "partial":
            body = {"kind": "PartialObjectMetadata", "apiVersion": META, "metadata": meta}
        else:
            body = {"kind": self.kind.info.kind, "apiVersion": self.kind.info.api_version, "metadata": meta}
        return encode({"type": "BOOKMARK", "object": body}) + b"\n"
