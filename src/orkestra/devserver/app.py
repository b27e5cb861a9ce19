"""The embedded API server as a process sees it: a socket, its requests, its end."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from types import TracebackType
from typing import Any

import yaml
from aiohttp import web
from aiohttp.http import RawRequestMessage

from orkestra.devserver import controllers as controllers_package
from orkestra.devserver.admission import Webhooks
from orkestra.devserver.bootstrap import bootstrap
from orkestra.devserver.cluster import Cluster
from orkestra.devserver.faults import Faults
from orkestra.devserver.handlers.bodies import MAX_BYTES
from orkestra.devserver.handlers.watching import BOOKMARK_SECONDS
from orkestra.devserver.routing import Router
from orkestra.devserver.storage import Store
from orkestra.devserver.storage.journal import Journal

__all__ = ["DevServer"]

_STOP_SECONDS = 2.0


class DevServer:
    """``async with DevServer() as server``: serving from entry to exit, on ``server.url``.

    ``data_dir`` keeps the cluster across restarts (JournalError where it cannot be used); ``watch_history`` is how many
    events of each resource watches can resume from; ``token`` is demanded of every request where it is given;
    ``ssl_context`` makes it https. Raises OSError where the address cannot be bound.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        data_dir: str | Path | None = None,
        controllers: bool = True,
        faults: bool = False,
        watch_history: int = 4096,
        bookmark_seconds: float = BOOKMARK_SECONDS,
        token: str = "",
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._host = host
        self.port = port
        self._data_dir = Path(data_dir) if data_dir is not None else None
        self._with_controllers = controllers
        self._faults = Faults() if faults else None
        self._watch_history = watch_history
        self._bookmark_seconds = bookmark_seconds
        self._token = token
        self._ssl = ssl_context
        self._cluster: Cluster | None = None
        self._runner: web.ServerRunner | None = None
        self._controllers: Any = None
        self._webhooks: Webhooks | None = None

    @property
    def cluster(self) -> Cluster:
        """The cluster in process; only while serving."""
        if self._cluster is None:
            raise RuntimeError("the server is not running")
        return self._cluster

    @property
    def url(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{'https' if self._ssl else 'http'}://{host}:{self.port}"

    def kubeconfig(self) -> str:
        """A kubeconfig for this server, as YAML. Certificates of an https server are not checked by it."""
        cluster: dict[str, Any] = {"server": self.url}
        if self._ssl is not None:
            cluster["insecure-skip-tls-verify"] = True
        name = "orkestra-dev"
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": name,
            "clusters": [{"name": name, "cluster": cluster}],
            "users": [{"name": name, "user": {"token": self._token} if self._token else {}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name, "namespace": "default"}}],
        }
        return yaml.safe_dump(document, sort_keys=False)

    async def start(self) -> None:
        journal = Journal(self._data_dir) if self._data_dir is not None else None
        try:
            store = Store(history_limit=self._watch_history, journal=journal)
        except BaseException:
            if journal is not None:
                journal.close()
            raise
        self._cluster = cluster = Cluster(store)
        # Addresses are the API server's to give, whether or not controllers run.
        cluster.allocate_services(controllers_package.allocate_service)
        self._webhooks = Webhooks(cluster)
        try:
            bootstrap(cluster)
            await self._listen(cluster)
            if self._with_controllers:
                self._controllers = controllers_package.start(cluster, asyncio.get_running_loop())
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End watches, controllers and the socket; what was answered is on disk where there is one."""
        if self._controllers is not None:
            await self._controllers.stop()
            self._controllers = None
        if self._cluster is not None:
            self._cluster.store.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if self._webhooks is not None:
            await self._webhooks.close()
            self._webhooks = None
        self._cluster = None

    async def __aenter__(self) -> DevServer:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _listen(self, cluster: Cluster) -> None:
        assert self._webhooks is not None
        router = Router(
            cluster,
            webhooks=self._webhooks,
            faults=self._faults,
            token=self._token,
            bookmark_seconds=self._bookmark_seconds,
        )
        loop = asyncio.get_running_loop()

        def make_request(
            message: RawRequestMessage, payload: Any, protocol: Any, writer: Any, task: asyncio.Task[None]
        ) -> web.BaseRequest:
            return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=MAX_BYTES)

        server = web.Server(router.handle, request_factory=make_request, handler_cancellation=True, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=_STOP_SECONDS)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self.port, ssl_context=self._ssl, backlog=1024)
        await site.start()
        self.port = self._runner.addresses[0][1]
        router.address = f"{self._host}:{self.port}"
