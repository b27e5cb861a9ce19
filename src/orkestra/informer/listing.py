"""Reading the whole of a resource: by pages, or as the opening of a watch (WatchList)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import NamedTuple

from orkestra.client.errors import WatchStalled
from orkestra.client.watch import BOOKMARK, WatchEvent, decode_meta
from orkestra.informer.cached import Cached, keep
from orkestra.informer.target import ListWatcher, Target
from orkestra.k8s.objects import ObjectKey

PAGE_SIZE = 500
PAGE_DEADLINE = 120.0
"""Seconds one page, or 256 objects of a streamed list, may take."""
SLICE = 256
"""Events or objects handled before other tasks get a turn."""


class Listing(NamedTuple):
    items: list[Cached]
    version: str


async def list_by_pages(api: ListWatcher, target: Target) -> Listing:
    """The newest state, consistent over all pages. Raises what the client raises, TimeoutError for a slow page."""
    items: list[Cached] = []
    version = ""
    loop = asyncio.get_running_loop()
    pages = api.list_pages(
        target.info,
        namespace=target.namespace,
        label_selector=target.label_selector,
        field_selector=target.field_selector,
        limit=PAGE_SIZE,
        metadata_only=target.metadata_only,
    )
    async with aclosing(pages), asyncio.timeout(PAGE_DEADLINE) as deadline:
        async for page in pages:
            deadline.reschedule(loop.time() + PAGE_DEADLINE)
            for at, raw in enumerate(page.items, 1):
                items.append(
                    keep(
                        decode_meta(raw),
                        raw,
                        metadata_only=target.metadata_only,
                        api_version=page.api_version,
                        kind=page.kind,
                    )
                )
                if at % SLICE == 0:
                    await asyncio.sleep(0)
            version = page.resource_version
    return Listing(items, version)


async def list_by_watch(stream: AsyncGenerator[WatchEvent, None], target: Target) -> Listing:
    """The opening of a WatchList stream; what follows on ``stream`` are the changes after the listing's version."""
    items: dict[ObjectKey, Cached] = {}
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(PAGE_DEADLINE) as deadline:
        async for event in stream:
            if event.type == BOOKMARK:
                if event.initial_events_end:
                    return Listing([*items.values()], event.meta.resource_version)
                continue
            item = keep(event.meta, event.raw, metadata_only=target.metadata_only)
            items[item.key] = item
            if len(items) % SLICE == 0:
                deadline.reschedule(loop.time() + PAGE_DEADLINE)
                await asyncio.sleep(0)
    raise WatchStalled(f"the streamed list of {target} ended before its last object")
