"""A reverse proxy before an API server that does to its client what networks and servers do.

It terminates plain HTTP and forwards with the credentials of a kubeconfig, so it works before any server. Faults are
set while it runs; without any it only counts. Writes are numbered as they come in.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import aiohttp
import msgspec
import yarl
from aiohttp import web

from orkestra.client.config import ClusterConfig

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "transfer-encoding",
        "te",
        "trailer",
        "upgrade",
        "host",
        "content-length",
        "date",
        "server",
    }
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request on its way through. ``write`` counts writes from 1; 0 for reads."""

    method: str
    path: str
    is_watch: bool
    write: int


class Reset(Exception):
    """Cut the connection instead of answering."""


class Refusal(Exception):
    """Answer with this instead of forwarding."""

    def __init__(self, code: int, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.body = {
            "kind": "Status",
            "apiVersion": "v1",
            "status": "Failure",
            "reason": reason,
            "code": code,
            "message": f"injected: {reason}",
            "metadata": {},
        }
        self.headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}


Hook = Callable[[Asked], Awaitable[None]]


async def _nothing(asked: Asked) -> None:
    return None


@dataclass
class Proxy:
    """``before`` runs before a request is forwarded, ``after`` before its answer is passed on; both may raise ``Reset``
    or ``Refusal``, wait, or kill somebody. ``lag`` delays watch events by so many seconds; while ``is_stalled`` they
    are swallowed, the connections stay open."""

    config: ClusterConfig
    folder: Path
    before: Hook = _nothing
    after: Hook = _nothing
    lag: float = 0.0
    is_stalled: bool = False
    tokens: set[str] | None = None
    """Bearer tokens that are accepted; None: no credential is asked for."""
    writes: list[Asked] = field(default_factory=list)
    watches: int = 0
    port: int = 0
    _streams: set[web.StreamResponse] = field(default_factory=set)
    _transports: set[asyncio.Transport] = field(default_factory=set)
    _session: aiohttp.ClientSession | None = None
    _runner: web.AppRunner | None = None

    # -- faults ---------------------------------------------------------------------------------------------------
    def calm(self) -> None:
        """No fault any more."""
        self.before = self.after = _nothing
        self.lag, self.is_stalled = 0.0, False

    def cut_all(self) -> None:
        """Reset every open connection."""
        for transport in [*self._transports]:
            transport.abort()

    async def expire_watches(self) -> None:
        """End every watch with an ERROR event: 410, the version is too old."""
        line = msgspec.json.encode({"type": "ERROR", "object": Refusal(410, "Expired").body}) + b"\n"
        for stream in [*self._streams]:
            with contextlib.suppress(ConnectionError):  # it ended in this very moment
                await stream.write(line)
        self.cut_all()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client_config(self, **auth: Any) -> ClusterConfig:
        from orkestra.client.config import AuthConfig

        return ClusterConfig(server=self.url, auth=AuthConfig(**auth))

    def kubeconfig(self, user: dict[str, Any] | None = None) -> Path:
        """A kubeconfig that leads here."""
        path = self.folder / "proxy.kubeconfig"
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "proxy",
            "contexts": [{"name": "proxy", "context": {"cluster": "proxy", "user": "proxy"}}],
            "clusters": [{"name": "proxy", "cluster": {"server": self.url}}],
            "users": [{"name": "proxy", "user": user or {}}],
        }
        path.write_bytes(msgspec.json.encode(document))
        return path

    # -- serving --------------------------------------------------------------------------------------------------
    async def open(self) -> None:
        """Listen; again on the same port after ``close``."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=_tls(self.config) if self.config.is_tls else False),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=10),
        )
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """An outage, as the client sees it: connections are reset, new ones refused."""
        self.cut_all()
        if self._session is not None:
            await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self._session = self._runner = None

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        transport = cast("asyncio.Transport", request.transport)
        self._transports.add(transport)
        try:
            return await self._answer(request)
        except (Reset, aiohttp.ClientError, ConnectionError):
            transport.abort()
            return web.Response(status=502)
        except Refusal as refusal:
            return web.Response(
                status=refusal.code,
                body=msgspec.json.encode(refusal.body),
                headers={"Content-Type": "application/json", **refusal.headers},
            )
        finally:
            self._transports.discard(transport)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        is_watch = request.query.get("watch") in ("true", "1")
        asked = Asked(request.method, request.path, is_watch, len(self.writes) + 1 if request.method in WRITES else 0)
        if asked.write:
            self.writes.append(asked)
        self.watches += is_watch
        if (
            self.tokens is not None
            and request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens
        ):
            raise Refusal(401, "Unauthorized")
        await self.before(asked)
        if self._session is None:
            raise Reset
        headers = {k: v for k, v in request.headers.items() if k.lower() not in {*_HOP_BY_HOP, "authorization"}}
        target = yarl.URL(self.config.server + request.raw_path, encoded=True)
        async with self._session.request(request.method, target, data=body or None, headers=headers) as upstream:
            kept = {k: v for k, v in upstream.headers.items() if k.lower() not in _HOP_BY_HOP}
            if is_watch and upstream.status == 200:
                return await self._stream(request, upstream, kept)
            content = await upstream.read()
        await self.after(asked)
        return web.Response(status=upstream.status, body=content, headers=kept)

    async def _stream(
        self, request: web.Request, upstream: aiohttp.ClientResponse, headers: dict[str, str]
    ) -> web.StreamResponse:
        response = web.StreamResponse(status=upstream.status, headers=headers)
        response.enable_chunked_encoding()
        await response.prepare(request)
        self._streams.add(response)
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def read() -> None:
            async for chunk in upstream.content.iter_any():
                queue.put_nowait((loop.time(), chunk))
            queue.put_nowait((loop.time(), b""))

        reader = asyncio.ensure_future(read())
        try:
            while True:
                came, chunk = await queue.get()
                await asyncio.sleep(max(0.0, came + self.lag - loop.time()))
                if not chunk:
                    break
                if not self.is_stalled:
                    await response.write(chunk)
        finally:
            self._streams.discard(response)
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)
        return response


def _tls(config: ClusterConfig) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=config.ca.file or None, cadata=config.ca.data.decode() or None)
    if config.auth.client_cert.file:
        context.load_cert_chain(config.auth.client_cert.file, config.auth.client_key.file)
    return context


@asynccontextmanager
async def opened(config: ClusterConfig, folder: Path) -> AsyncIterator[Proxy]:
    proxy = Proxy(config, folder)
    await proxy.open()
    try:
        yield proxy
    finally:
        await proxy.close()
