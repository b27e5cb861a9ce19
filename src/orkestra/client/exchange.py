"""One request and its answer over a connection of aiohttp's pool, without its sessions.

A session builds a request, a response, a timer and a task for each exchange, and looks after cookies, redirects and
uploads; a write to the API server needs none of that, and writes are most of what a runtime does. Pool, TLS, parser
and decompression stay aiohttp's. What is used of it beyond its documentation is checked by ``is_known``: another
aiohttp is used by its front door.
"""

from __future__ import annotations

import asyncio
import inspect
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import aiohttp
import yarl
from aiohttp.client_proto import ResponseHandler

from orkestra.client.requests import Request


class ConnectionGone(aiohttp.ClientConnectionError):
    """The connection closed before anything was sent over it."""


@cache
def is_known() -> bool:
    """Whether this aiohttp is inside what this module takes it for."""
    try:
        connect = inspect.signature(aiohttp.BaseConnector.connect).parameters
        params = inspect.signature(ResponseHandler.set_response_params).parameters
    except (AttributeError, ValueError):
        return False
    return (
        {"req", "traces", "timeout"} <= connect.keys()
        and {"read_until_eof", "timer", "auto_decompress"} <= params.keys()
        and hasattr(aiohttp.connector.Connection, "protocol")
        and hasattr(ResponseHandler, "read")
    )


@dataclass(frozen=True, slots=True)
class Head:
    """An answer before its body: ``content`` is read to its end, or ``Exchange.close`` gives it up."""

    status: int
    headers: Mapping[str, str]
    content: aiohttp.StreamReader


class Opener:
    """Opens exchanges with one server. ``headers`` go with each; ``timeout``: for connecting."""

    def __init__(
        self,
        connector: aiohttp.BaseConnector,
        server: str,
        headers: Sequence[tuple[str, str]],
        timeout: aiohttp.ClientTimeout,
    ) -> None:
        self._connector = connector
        self._url = yarl.URL(server)
        self._prefix = self._url.raw_path.rstrip("/")
        self._headers = [("Host", self._url.host_port_subcomponent or ""), *headers]
        self._timeout = timeout
        self._key: tuple[ssl.SSLContext | None, str | None] = (None, None)
        self._caller: aiohttp.ClientRequest | None = None

    async def open(
        self, request: Request, headers: Mapping[str, str], tls: ssl.SSLContext | None, server_name: str | None
    ) -> Exchange:
        """Connect, or take a connection that is open, and send. Raises what aiohttp raises for both, ConnectionGone,
        and ValueError for a header that is none."""
        sent = _encoded(request, self._prefix + request.target, [*self._headers, *headers.items()])
        try:
            connection = await self._connector.connect(
                self._caller_for(tls, server_name), traces=[], timeout=self._timeout
            )
        except TimeoutError as error:
            raise aiohttp.ConnectionTimeoutError(f"Connection timeout to host {self._url}") from error
        try:
            protocol, transport = connection.protocol, connection.transport
            # uvloop raises RuntimeError for a write to what is closed; the standard loop drops it
            if protocol is None or transport is None or transport.is_closing():
                raise ConnectionGone
            protocol.set_response_params(read_until_eof=True)
            transport.write(sent)
        except BaseException:
            connection.close()
            raise
        return Exchange(connection, protocol)

    def _caller_for(self, tls: ssl.SSLContext | None, server_name: str | None) -> aiohttp.ClientRequest:
        """What the pool knows connections by."""
        if self._caller is None or self._key != (tls, server_name):
            self._key = (tls, server_name)
            loop = asyncio.get_running_loop()
            self._caller = aiohttp.ClientRequest(
                "GET", self._url, loop=loop, ssl=True if tls is None else tls, server_hostname=server_name
            )
        return self._caller


class Exchange:
    """A request that was sent. ``close`` it unless its answer was read to the end; then ``release`` it."""

    __slots__ = ("_connection", "_protocol")

    def __init__(self, connection: aiohttp.connector.Connection, protocol: ResponseHandler) -> None:
        self._connection = connection
        self._protocol = protocol

    async def head(self) -> Head:
        """The answer, as far as it has come. No deadline of its own. Raises HttpProcessingError for what is no HTTP."""
        while True:
            try:
                message, content = await self._protocol.read()
            except aiohttp.EofStream as error:  # closed from this side
                raise aiohttp.ServerDisconnectedError from error
            if not 100 <= message.code < 200:
                return Head(message.code, message.headers, content)

    def release(self) -> None:
        self._connection.release()

    def close(self) -> None:
        self._connection.close()


def _encoded(request: Request, target: str, headers: Sequence[tuple[str, str]]) -> bytes:
    lines = [f"{request.method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    body = request.body
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join(lines)
    if head.count("\n") != len(lines) - 1 or head.count("\r") != len(lines) - 1 or "\0" in head:
        raise ValueError("a header holds a line break")
    return head.encode() + b"\r\n\r\n" + (body or b"")
