"""An API server of a few lines whose answers a test writes, and certificates to reach it by TLS."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from orkestra.client.api import ApiClient
from orkestra.client.config import ClusterConfig
from orkestra.client.retry import RetryPolicy
from orkestra.client.transport import TransportOptions
from orkestra.k8s.gvk import ResourceInfo

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CONFIG_MAPS = ResourceInfo("", "v1", "ConfigMap", "configmaps", True)
IMPATIENT = TransportOptions(
    request_seconds=5, retry=RetryPolicy(window_seconds=2, default_wait_seconds=0.001, jitter=lambda: 0.0)
)


@dataclass
class Seen:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class ScriptedServer:
    """Answers with ``handler``; keeps what it was asked."""

    url: str = ""
    handler: Handler | None = None
    seen: list[Seen] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.seen.append(
            Seen(request.method, request.raw_path.partition("?")[0], dict(request.query), dict(request.headers), body)
        )
        assert self.handler is not None
        return await self.handler(request)

    def answer(self, *answers: Any) -> None:
        """Each request gets the next answer, the last one for good: a body (200) or (code, body[, headers])."""
        queue = list(answers)

        async def handler(request: web.Request) -> web.StreamResponse:
            given = queue.pop(0) if len(queue) > 1 else queue[0]
            code, body, headers = (*given, {})[:3] if isinstance(given, tuple) else (200, given, {})
            return web.json_response(body, status=code, headers=headers)

        self.handler = handler

    def config(self, **fields: Any) -> ClusterConfig:
        return ClusterConfig(server=self.url, **fields)


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Awaitable[ScriptedServer]]]:
    """Starts scripted servers; ``ssl_context`` makes one speak TLS."""
    runners: list[web.AppRunner] = []

    async def start(ssl_context: ssl.SSLContext | None = None) -> ScriptedServer:
        server = ScriptedServer()
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", server.handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        runners.append(runner)
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=ssl_context)
        await site.start()
        port = runner.addresses[0][1]
        server.url = f"{'https' if ssl_context else 'http'}://127.0.0.1:{port}"
        return server

    yield start
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def server(serve: Callable[..., Awaitable[ScriptedServer]]) -> ScriptedServer:
    return await serve()


@pytest.fixture
async def client(server: ScriptedServer) -> AsyncIterator[ApiClient]:
    async with ApiClient(server.config(), options=IMPATIENT) as opened:
        yield opened


@dataclass(frozen=True)
class Certificates:
    """Files of one authority, a server certificate for 127.0.0.1 and api.example, and two users'."""

    folder: Path

    def path(self, name: str) -> Path:
        return self.folder / name

    def server_context(self, *, wants_client: bool = False) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path("server.crt"), self.path("server.key"))
        if wants_client:
            context.load_verify_locations(self.path("ca.crt"))
            context.verify_mode = ssl.CERT_REQUIRED
        return context


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    folder = tmp_path_factory.mktemp("certificates")

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=30)

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=ca")
    openssl("req", "-x509", *key, "-keyout", "other.key", "-out", "other.crt", "-days", "2", "-subj", "/CN=other")
    for name in ("server", "alice", "bob"):
        (folder / "san").write_text("subjectAltName=IP:127.0.0.1,DNS:api.example" if name == "server" else "")
        openssl("req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        openssl(
            "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", "2", "-out", f"{name}.crt", "-extfile", "san",
        )  # fmt: skip
    openssl("ec", "-in", "alice.key", "-aes128", "-passout", "pass:secret", "-out", "alice.encrypted.key")
    return Certificates(folder)
