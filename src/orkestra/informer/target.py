"""What is watched, through what, and into what."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass
from typing import Protocol

from orkestra.client.lists import ListPage
from orkestra.client.watch import ObjectMeta, WatchEvent
from orkestra.informer.cached import Cached
from orkestra.k8s.gvk import ResourceInfo


@dataclass(frozen=True, slots=True)
class Target:
    """A resource, narrowed by namespace and selectors (selectors in their text form; empty: not narrowed)."""

    info: ResourceInfo
    namespace: str = ""
    label_selector: str = ""
    field_selector: str = ""
    metadata_only: bool = False

    def __str__(self) -> str:
        place = f" in namespace {self.namespace}" if self.namespace else ""
        narrowed = ",".join(filter(None, (self.label_selector, self.field_selector)))
        return f"{self.info.group_resource}{place}{f' ({narrowed})' if narrowed else ''}"


class ListWatcher(Protocol):
    """The two verbs of ``client.api.ApiClient`` a reflector needs."""

    def list_pages(
        self,
        info: ResourceInfo,
        *,
        namespace: str = "",
        label_selector: str = "",
        field_selector: str = "",
        limit: int = 500,
        resource_version: str = "",
        metadata_only: bool = False,
    ) -> AsyncGenerator[ListPage, None]: ...

    def watch(
        self,
        info: ResourceInfo,
        *,
        namespace: str = "",
        resource_version: str,
        label_selector: str = "",
        field_selector: str = "",
        bookmarks: bool = True,
        send_initial_events: bool = False,
        metadata_only: bool = False,
        timeout_seconds: int = 290,
    ) -> AsyncGenerator[WatchEvent, None]: ...


class Sink(Protocol):
    """What a reflector feeds: a shared informer, which owns the store and tells the handlers."""

    def begin_replace(self) -> int: ...

    def replace(self, items: Iterable[Cached], version: str, began: int) -> None: ...

    def known(self, meta: ObjectMeta) -> Cached | None: ...

    def apply_event(self, kind: str, item: Cached) -> None: ...

    def advance(self, version: str) -> None: ...
