"""An in-memory API server behind the client's methods, with faults on demand: no sockets, no HTTP.

Holds one resource. Every write gets the next resourceVersion; watches replay from any version still in the log.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from typing import Any

import msgspec

from orkestra.client.lists import ListPage
from orkestra.client.watch import ADDED, BOOKMARK, DELETED, INITIAL_EVENTS_END, MODIFIED, WatchEvent, decode_event
from orkestra.k8s.errors import Expired
from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey, key_of

WEBSITES = ResourceInfo("example.com", "v1", "Website", "websites", namespaced=True)

_End = type("_End", (), {})


class FakeApi:
    def __init__(self) -> None:
        self.objects: dict[ObjectKey, Object] = {}
        self.revision = 100
        self.log: list[tuple[int, str, Object]] = []
        self.compacted = 0
        self.list_faults: deque[Exception] = deque()
        self.watch_faults: deque[Exception] = deque()
        self.lists: list[dict[str, Any]] = []
        self.watches: list[dict[str, Any]] = []
        self.page_size: int | None = None
        self._streams: set[asyncio.Queue[Any]] = set()

    # -- what happens on the server -------------------------------------------------------------------------------
    def put(self, name: str, namespace: str = "default", **extra: Any) -> Object:
        """Create or change an object; returns what the server answers."""
        self.revision += 1
        key = ObjectKey(namespace, name)
        old = self.objects.get(key)
        metadata = {
            "name": name,
            "namespace": namespace,
            "uid": old["metadata"]["uid"] if old else f"uid-{self.revision}",
            "resourceVersion": str(self.revision),
            "generation": self.revision,
        }
        metadata.update(extra.pop("metadata", {}))
        obj = {"apiVersion": "example.com/v1", "kind": "Website", "metadata": metadata, **extra}
        self.objects[key] = obj
        self._emit(MODIFIED if old else ADDED, obj)
        return obj

    def delete(self, name: str, namespace: str = "default") -> str:
        """Delete an object; returns its uid."""
        self.revision += 1
        gone = self.objects.pop(ObjectKey(namespace, name))
        last = {**gone, "metadata": {**gone["metadata"], "resourceVersion": str(self.revision)}}
        self._emit(DELETED, last)
        return str(gone["metadata"]["uid"])

    def bookmark(self) -> None:
        self._send(_bookmark(self.revision))

    def compact(self) -> None:
        """Forget history: watches from before now get 410."""
        self.compacted = self.revision
        self.log.clear()

    def cut(self, error: Exception | None = None) -> None:
        """End all watches, with an error or as at their timeout."""
        for stream in [*self._streams]:
            stream.put_nowait(error or _End())

    @property
    def watchers(self) -> int:
        return len(self._streams)

    # -- what a client asks ---------------------------------------------------------------------------------------
    async def list_pages(self, info: ResourceInfo, **query: Any) -> AsyncGenerator[ListPage, None]:
        self.lists.append({"info": info, **query})
        if self.list_faults:
            raise self.list_faults.popleft()
        raws = [msgspec.Raw(msgspec.json.encode(obj)) for obj in self.objects.values()]
        revision, size = str(self.revision), self.page_size or max(len(raws), 1)
        for at in range(0, max(len(raws), 1), size):
            await asyncio.sleep(0)
            token = "more" if at + size < len(raws) else ""
            yield ListPage(raws[at : at + size], revision, token, "example.com/v1", "Website")

    async def watch(
        self, info: ResourceInfo, *, resource_version: str, send_initial_events: bool = False, **query: Any
    ) -> AsyncGenerator[WatchEvent, None]:
        self.watches.append({"info": info, "resource_version": resource_version, **query})
        if self.watch_faults:
            raise self.watch_faults.popleft()
        stream: asyncio.Queue[Any] = asyncio.Queue()
        if send_initial_events:
            for obj in self.objects.values():
                stream.put_nowait(_line(ADDED, obj))
            stream.put_nowait(_bookmark(self.revision, ends=True))
        elif int(resource_version) < self.compacted:
            raise Expired("too old resource version")
        else:
            for revision, kind, obj in self.log:
                if revision > int(resource_version):
                    stream.put_nowait(_line(kind, obj))
        self._streams.add(stream)
        try:
            while True:
                got = await stream.get()
                if isinstance(got, Exception):
                    raise got
                if isinstance(got, _End):
                    return
                yield decode_event(got)
        finally:
            self._streams.discard(stream)

    # -- the verbs of an object -----------------------------------------------------------------------------------
    async def create(self, info: ResourceInfo, obj: Object, **_: Any) -> Object:
        key = key_of(obj)
        return self.put(key.name, key.namespace, spec=obj.get("spec"))

    def _emit(self, kind: str, obj: Object) -> None:
        self.log.append((self.revision, kind, obj))
        self._send(_line(kind, obj))

    def _send(self, line: bytes) -> None:
        for stream in self._streams:
            stream.put_nowait(line)


def _line(kind: str, obj: Object) -> bytes:
    return msgspec.json.encode({"type": kind, "object": obj})


def _bookmark(revision: int, *, ends: bool = False) -> bytes:
    annotations = {INITIAL_EVENTS_END: "true"} if ends else {}
    return _line(BOOKMARK, {"metadata": {"resourceVersion": str(revision), "annotations": annotations}})
