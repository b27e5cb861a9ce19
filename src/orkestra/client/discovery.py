"""Which resource serves a kind: a cache of what the API server says it serves.

One aggregated document loads everything in two requests; servers without it are asked group by group. A kind that is
not there asks for its group-version alone, at most once per ``miss_seconds``, so that a CRD made a moment ago is
found soon and a kind that never comes costs little. What is cached stays until ``invalidate``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from orkestra.client.api import ApiClient
from orkestra.client.discovery_documents import ACCEPT_AGGREGATED, decode_group_version, decode_root
from orkestra.client.errors import TransportError
from orkestra.k8s.errors import NotFound, StatusError
from orkestra.k8s.gvk import GVK, ResourceInfo

_LEGACY_AT_ONCE = 8


class Discovery:
    """The served resources of one API server. Raises what ``ApiClient.get_raw`` raises, ProtocolError included."""

    def __init__(self, client: ApiClient, *, miss_seconds: float = 2.0) -> None:
        self._client = client
        self._miss_seconds = miss_seconds
        self._by_gvk: dict[GVK, ResourceInfo] | None = None
        self._asked_at: dict[str, float] = {}
        self._lock = asyncio.Lock()

    async def resource_for(self, gvk: GVK) -> ResourceInfo | None:
        """The resource of exactly this group, version and kind; None when the server does not serve it."""
        if self._by_gvk is not None and (known := self._by_gvk.get(gvk)) is not None:
            return known
        async with self._lock:
            found = await self._loaded()
            if gvk not in found and self._may_ask(gvk.api_version):
                await self._reload_group_version(gvk.api_version)
            return (self._by_gvk or {}).get(gvk)

    async def resource_named(self, name: str) -> ResourceInfo | None:
        """What a person means by ``deployments``, ``deploy``, ``Deployment``, ``deployments.apps`` or
        ``deployments.v1.apps``: plural before singular, short name and kind; core and preferred versions first.
        """
        async with self._lock:
            fresh = self._by_gvk is None
            match = find_named(name, (await self._loaded()).values())
            if match is None and not fresh and self._may_ask(""):
                self._by_gvk = None
                match = find_named(name, (await self._loaded()).values())
            return match

    async def resources(self) -> list[ResourceInfo]:
        """All served resources, in the server's order of preference."""
        async with self._lock:
            return list((await self._loaded()).values())

    def invalidate(self) -> None:
        """Forget everything: a CRD was changed or deleted."""
        self._by_gvk = None
        self._asked_at.clear()

    def _may_ask(self, what: str) -> bool:
        now = asyncio.get_running_loop().time()
        asked = self._asked_at.get(what)
        if asked is not None and now - asked < self._miss_seconds:
            return False
        if len(self._asked_at) > 1000:
            self._asked_at.clear()
        self._asked_at[what] = now
        return True

    async def _loaded(self) -> dict[GVK, ResourceInfo]:
        if self._by_gvk is None:
            found: dict[GVK, ResourceInfo] = {}
            for root in ("/api", "/apis"):
                body = await self._client.get_raw(root, accept=ACCEPT_AGGREGATED)
                resources, group_versions = decode_root(body)
                for info in resources if resources is not None else await self._load_each(group_versions):
                    found.setdefault(info.gvk, info)
            self._by_gvk = found
        return self._by_gvk

    async def _load_each(self, group_versions: list[str]) -> list[ResourceInfo]:
        gate = asyncio.Semaphore(_LEGACY_AT_ONCE)

        async def load(api_version: str) -> list[ResourceInfo]:
            async with gate:
                return await self._group_version(api_version)

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(load(api_version)) for api_version in group_versions]
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        return [info for task in tasks for info in task.result()]

    async def _group_version(self, api_version: str) -> list[ResourceInfo]:
        """One group-version; an aggregated API server that is down hides its own kinds only."""
        try:
            body = await self._client.get_raw(f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}")
        except StatusError as error:
            if isinstance(error, NotFound) or error.code >= 500:
                return []
            raise
        return decode_group_version(body)

    async def _reload_group_version(self, api_version: str) -> None:
        try:
            served = await self._group_version(api_version)
        except TransportError:
            self._asked_at.pop(api_version, None)
            raise
        if self._by_gvk is not None:
            self._by_gvk.update((info.gvk, info) for info in served)


def find_named(name: str, resources: Iterable[ResourceInfo]) -> ResourceInfo | None:
    """The first of ``resources`` a person means by ``name`` (forms: see ``Discovery.resource_named``)."""
    first, _, rest = name.partition(".")
    word = first.lower()
    version, _, group = rest.partition(".")
    candidates = [
        info
        for info in resources
        if not rest or info.group == rest or (info.group == group and info.version == version)
    ]
    for is_meant in (
        lambda info: info.plural == word,
        lambda info: info.singular == word,
        lambda info: word in info.short_names,
        lambda info: info.kind.lower() == word,
    ):
        for info in candidates:
            if is_meant(info):
                return info
    return None
