"""The runtime's HTTP side: probes, metrics, and what /katalog tells. Read-only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import web

from orkestra.k8s.objects import ObjectKey
from orkestra.operator.box import Box
from orkestra.operator.reports import box_report, health_report, katalog_report
from orkestra.operator.supervisor import Supervisor

MAX_REQUEST_BYTES = 64 * 1024
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds that a silent connection is kept, and that an answer may take."""

    idle_seconds: float = 30.0
    answer_seconds: float = 60.0


@asynccontextmanager
async def serve(supervisor: Supervisor, host: str, port: int, limits: Limits | None = None) -> AsyncIterator[int]:
    """Serve until the context ends; yields the port (``port`` 0 picks one). Raises OSError where it is taken."""

    limits = limits or Limits()

    @web.middleware
    async def bounded(request: web.Request, handler: _Handler) -> web.StreamResponse:
        try:
            async with asyncio.timeout(limits.answer_seconds):
                return await handler(request)
        except TimeoutError:
            return web.Response(status=503, text=f"no answer within {limits.answer_seconds:g} s\n")

    app = web.Application(client_max_size=MAX_REQUEST_BYTES, middlewares=[bounded])
    for path, handler in _Endpoints(supervisor).routes().items():
        app.router.add_get(path, handler)
    runner = web.AppRunner(
        app,
        access_log=None,
        handle_signals=False,
        shutdown_timeout=2.0,
        keepalive_timeout=limits.idle_seconds,
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


class _Endpoints:
    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor

    def routes(self) -> dict[str, _Handler]:
        return {
            "/startup": self.alive,
            "/health": self.alive,
            "/ready": self.ready,
            "/metrics": self.metrics,
            "/katalog": self.katalog,
            "/katalog/{crd}": self.box,
            "/katalog/{crd}/health": self.box_health,
            "/katalog/{crd}/cr": self.crs,
            "/katalog/{crd}/cr/{name}": self.cr,
            "/katalog/{crd}/cr/{namespace}/{name}": self.cr,
        }

    async def alive(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text="ok\n")

    async def ready(self, request: web.Request) -> web.StreamResponse:
        """A follower is ready: its caches are warm and it answers reads. So is a runtime one of whose boxes waits for
        a CRD that Git has not brought yet; /katalog tells that."""
        leads = self._supervisor.services.leadership.is_open
        waiting = [
            name for name, box in self._supervisor.boxes.items() if leads and box.health.pending == "not started"
        ]
        if waiting:
            return web.Response(status=503, text=f"starting: {', '.join(sorted(waiting))}\n")
        return web.Response(text="ok\n")

    async def metrics(self, request: web.Request) -> web.StreamResponse:
        services = self._supervisor.services
        for informer in services.informers:
            services.metrics.informer_objects.labels(str(informer.target)).set(len(informer.lister))
        body, content_type = services.metrics.render()
        return web.Response(body=body, headers={"Content-Type": content_type})

    async def katalog(self, request: web.Request) -> web.StreamResponse:
        report = katalog_report(self._supervisor)
        return _json(report, report.status)

    async def box(self, request: web.Request) -> web.StreamResponse:
        return _json(box_report(self._box(request)))

    async def box_health(self, request: web.Request) -> web.StreamResponse:
        report = health_report(self._box(request), self._supervisor)
        return _json(report, report.status)

    async def crs(self, request: web.Request) -> web.StreamResponse:
        """Keys of the cached CRs; with ``?field=spec.x`` the value of that field for each."""
        running = self._box(request).running
        field = request.query.get("field", "")
        listed: list[dict[str, Any]] = []
        for cached in running.crs.lister if running else ():
            row: dict[str, Any] = {"namespace": cached.key.namespace, "name": cached.key.name}
            if field:
                value: Any = cached.object() if cached.raw is not None else None
                for step in field.split("."):
                    value = value.get(step) if isinstance(value, dict) else None
                row["value"] = value
            listed.append(row)
        return _json({"items": sorted(listed, key=lambda row: (row["namespace"], row["name"]))})

    async def cr(self, request: web.Request) -> web.StreamResponse:
        running = self._box(request).running
        key = ObjectKey(request.match_info.get("namespace", ""), request.match_info["name"])
        cached = running.crs.get(key) if running else None
        if cached is None or cached.raw is None:
            raise web.HTTPNotFound(text=f"no {request.match_info['crd']} {key}\n")
        return web.Response(body=cached.raw, content_type="application/json")

    def _box(self, request: web.Request) -> Box:
        box = self._supervisor.boxes.get(request.match_info["crd"])
        if box is None:
            raise web.HTTPNotFound(text="no such entry\n")
        return box


def _json(value: Any, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")
