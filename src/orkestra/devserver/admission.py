"""Admission webhooks over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from orkestra.devserver.cluster import Cluster
from orkestra.devserver.writes import Draft


class Webhooks:
    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def admitter(self) -> Callable[[Draft], Awaitable[None]] | None:
        return None

    async def close(self) -> None:
        return None
