"""Plain HTTP to an API server: nothing retried, nothing interpreted, everything the answer holds kept."""

from __future__ import annotations

import asyncio
import io
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import aiohttp
import msgspec

from orkestra.client.sources import load_config

JSON = "application/json"
JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"
REQUEST_SECONDS = 30.0
EVENT_SECONDS = 30.0
_LARGE_BYTES = 1 << 20
_GOODBYE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Answer:
    code: int
    headers: Mapping[str, str]
    warnings: tuple[str, ...]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def content_type(self) -> str:
        return self.headers.get("Content-Type", "")

    def expect(self, code: int) -> Any:
        """The body, where the answer is the expected one."""
        assert self.code == code, f"{self.code}, not {code}: {self.text[:2000]}"
        return self.json


class WatchStream:
    """The events of one watch, in order."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.code = response.status
        self.content_type = response.headers.get("Content-Type", "")

    async def event(self, seconds: float = EVENT_SECONDS) -> dict[str, Any]:
        """The next event; EOFError at the stream's end, TimeoutError after ``seconds``."""
        async with asyncio.timeout(seconds):
            line = await self._response.content.readuntil(b"\n")
        if not line:
            raise EOFError("the watch ended")
        found: dict[str, Any] = msgspec.json.decode(line)
        return found

    async def events(self, count: int, seconds: float = EVENT_SECONDS) -> list[dict[str, Any]]:
        return [await self.event(seconds) for _ in range(count)]

    async def rest(self, seconds: float = EVENT_SECONDS) -> list[dict[str, Any]]:
        """Every event until the stream's end; none of them more than ``seconds`` after the one before."""
        found = []
        try:
            while True:
                found.append(await self.event(seconds))
        except EOFError:
            return found

    async def is_quiet(self, seconds: float = 0.3) -> bool:
        """Whether nothing arrives for ``seconds``."""
        try:
            await self.event(seconds)
        except TimeoutError:
            return True
        return False


class Api:
    """``async with Api(kubeconfig) as api``: requests with the kubeconfig's server and credentials."""

    def __init__(self, kubeconfig: Path, *, read_bytes: int = 1 << 22) -> None:
        """``read_bytes``: how much of a watch is read ahead of who asks for it."""
        self._read_bytes = read_bytes
        config = load_config(kubeconfig)
        self._server = config.server
        self._tls: ssl.SSLContext | bool = True
        if config.is_tls:
            self._tls = ssl.create_default_context(cafile=config.ca.file)
            self._tls.load_cert_chain(config.auth.client_cert.file, config.auth.client_key.file)

    async def __aenter__(self) -> Api:
        connector = aiohttp.TCPConnector(ssl=self._tls, limit=0)
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=REQUEST_SECONDS)
        self._session = aiohttp.ClientSession(
            self._server,
            connector=connector,
            timeout=timeout,
            read_bufsize=self._read_bytes,
            headers={"User-Agent": "suite/1"},
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()
        # TLS says goodbye after close() has returned.
        await asyncio.sleep(_GOODBYE_SECONDS)

    async def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, Any] | None = None,
        content_type: str = JSON,
        accept: str = JSON,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """``body``: bytes as they are, anything else as JSON. Waits REQUEST_SECONDS at most."""
        encoded = body if isinstance(body, bytes) or body is None else msgspec.json.encode(body)
        data = io.BytesIO(encoded) if encoded is not None and len(encoded) > _LARGE_BYTES else encoded
        sent = {"Accept": accept} | dict(headers or {})
        skip = {"Content-Type"}
        if data is not None and content_type:
            sent["Content-Type"] = content_type
        async with (
            asyncio.timeout(REQUEST_SECONDS),
            self._session.request(
                method, path, data=data, params=_strings(query), headers=sent, skip_auto_headers=skip
            ) as response,
        ):
            content = await response.read()
            warnings = tuple(response.headers.getall("Warning", ()))
            return Answer(response.status, response.headers, warnings, content)

    async def get(self, path: str, *, accept: str = JSON, **query: Any) -> Answer:
        return await self.request("GET", path, query=query, accept=accept)

    async def create(self, path: str, body: Any, **query: Any) -> Answer:
        return await self.request("POST", path, body, query=query)

    async def replace(self, path: str, body: Any, **query: Any) -> Answer:
        return await self.request("PUT", path, body, query=query)

    async def patch(self, path: str, body: Any, *, content_type: str = MERGE_PATCH, **query: Any) -> Answer:
        return await self.request("PATCH", path, body, query=query, content_type=content_type)

    async def apply(self, path: str, body: Any, manager: str = "suite", **query: Any) -> Answer:
        return await self.patch(path, body, content_type=APPLY_PATCH, fieldManager=manager, **query)

    async def delete(self, path: str, body: Any = None, **query: Any) -> Answer:
        return await self.request("DELETE", path, body, query=query)

    @asynccontextmanager
    async def watch(self, path: str, *, accept: str = JSON, **query: Any) -> AsyncIterator[WatchStream]:
        parameters = {"watch": "true", "timeoutSeconds": "60"} | query
        async with self._session.get(path, params=_strings(parameters), headers={"Accept": accept}) as response:
            try:
                yield WatchStream(response)
            finally:
                if response.connection is not None and response.connection.transport is not None:
                    response.connection.transport.abort()

    async def until(self, path: str, is_reached: Any, seconds: float = 30.0) -> Any:
        """The object at ``path`` once ``is_reached(object)``; one missing or still being set up counts as ``{}``."""
        seen: Any = {}
        try:
            async with asyncio.timeout(seconds):
                while True:
                    answer = await self.get(path)
                    seen = {} if answer.code in (404, 429) else answer.expect(200)
                    if is_reached(seen):
                        return seen
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"{path} did not get there within {seconds} s; last seen: {seen}") from None


def _strings(query: Mapping[str, Any] | None) -> dict[str, str] | None:
    return {key: str(value) for key, value in query.items()} if query else None
