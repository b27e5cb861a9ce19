"""Requests over sockets: pooled connections, deadlines, size bounds, and the few repeats that are safe.

What is repeated, and nothing else: a refused request the server asks to repeat (``retry``); once, after a lost
connection, a request that may be sent twice (``Request.is_repeatable``) or certainly was not sent; once, after a 401,
with fresh credentials. Every attempt has its own deadline and is reported to the observer.
"""

from __future__ import annotations

import asyncio
import asyncio.sslproto
import contextlib
import io
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import yarl
from aiohttp.http_exceptions import HttpProcessingError

from orkestra.client.auth.credential import Authenticator, Credential
from orkestra.client.auth.impersonation import fixed_headers
from orkestra.client.config import ClusterConfig
from orkestra.client.errors import ConnectionFailed, MessageTooLarge, TransportError, WatchStalled
from orkestra.client.exchange import Opener, is_known
from orkestra.client.failures import answer_error, transport_error
from orkestra.client.requests import Request
from orkestra.client.retry import RetryPolicy
from orkestra.client.tls import TlsContexts
from orkestra.k8s.errors import RequestEntityTooLarge, StatusError

Observer = Callable[[str, str, int, float], None]
"""Called after every attempt with (verb, resource, HTTP status or 0 without an answer, seconds until the answer)."""

_Answer = tuple[int, bytes, str | None]
"""Status, body, and the header Retry-After."""

_TLS_BUFFER_BYTES = 64 * 1024
_PROBE_SECONDS = 20
_CHUNKED_FROM_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class TransportOptions:
    """Bounds of one client. Seconds and bytes.

    ``request_seconds``: one attempt, from when it may be sent until the whole answer is there. ``connections``:
    requests in flight at once, others wait in the order they came; watches have connections of their own beside them.
    """

    request_seconds: float = 60.0
    connect_seconds: float = 10.0
    connections: int = 64
    keepalive_seconds: float = 75.0
    max_request_bytes: int = 3 * 1024 * 1024
    max_response_bytes: int = 128 * 1024 * 1024
    max_error_bytes: int = 1024 * 1024
    retry: RetryPolicy = field(default_factory=RetryPolicy)


class Transport:
    """Open sockets of one client. Use as an async context manager, inside a running loop."""

    def __init__(
        self,
        config: ClusterConfig,
        authenticator: Authenticator,
        observer: Observer | None = None,
        options: TransportOptions | None = None,
    ) -> None:
        self._config = config
        self._options = options or TransportOptions()
        self._authenticator = authenticator
        self._observer = observer
        self._tls = TlsContexts(config) if config.is_tls else None
        self._headers = fixed_headers(config)
        self._proxy = config.proxy_url or None
        self._host = config.server.rstrip("/")
        self._server_hostname = config.tls_server_name or None
        # Who waits behind hundreds of others has not been kept waiting by the server: the deadline starts afterwards.
        self._slots = asyncio.Semaphore(self._options.connections)
        self._unary: aiohttp.ClientSession | None = None
        self._streams: aiohttp.ClientSession | None = None
        self._opener: Opener | None = None
        self._unary_timeout = aiohttp.ClientTimeout(
            total=self._options.request_seconds, sock_connect=self._options.connect_seconds
        )

    async def __aenter__(self) -> Transport:
        _bound_tls_buffers()
        self._unary = self._session(self._options.connections)
        if self._proxy is None and self._unary.connector is not None and is_known():
            self._opener = Opener(self._unary.connector, self._host, self._headers, self._unary_timeout)
        # a watch holds its connection for minutes: counted with the rest, a hundred kinds would leave none for writes
        self._streams = self._session(0)
        return self

    async def __aexit__(self, *exc: object) -> None:
        sessions, self._unary, self._streams = (self._unary, self._streams), None, None
        self._opener = None
        for session in sessions:
            if session is not None:
                await session.close()
        if self._config.is_tls:
            # aiohttp closes TLS transports without waiting; give their close-notify one turn of the loop
            await asyncio.sleep(0)

    def _session(self, limit: int) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=limit,
            keepalive_timeout=self._options.keepalive_seconds,
            ttl_dns_cache=30,
        )
        session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent", "Content-Type"),
            headers=self._headers,
            trust_env=False,
        )
        # aiohttp repeats PUT and DELETE on its own; whether a request may be sent twice is decided by Request alone
        session._retry_connection = False
        return session

    async def send(self, request: Request) -> bytes:
        """The body of a 2xx answer. Raises StatusError for any other answer, TransportError without one."""
        if request.body is not None and len(request.body) > self._options.max_request_bytes:
            raise RequestEntityTooLarge(
                f"{request.verb} {request.resource}: the object has {len(request.body)} bytes,"
                f" the limit is {self._options.max_request_bytes}"
            )
        attempt, waited = 1, 0.0
        may_reconnect = may_reauthenticate = True
        while True:
            credential = await self._authenticator.credential()
            try:
                async with self._slots:
                    return await self._attempt(request, credential)
            except StatusError as error:
                if error.code == 401 and may_reauthenticate:
                    may_reauthenticate = False
                    if await self._authenticator.renew(credential):
                        continue
                    raise
                wait = self._options.retry.wait_before(attempt, error, waited, is_repeatable=request.is_repeatable)
                if wait is None:
                    raise
                attempt += 1
                waited += wait
                await asyncio.sleep(wait)
            except ConnectionFailed as error:
                if not may_reconnect or (error.is_sent and not request.is_repeatable):
                    raise
                may_reconnect = False

    async def _attempt(self, request: Request, credential: Credential) -> bytes:
        code, started = 0, time.perf_counter()
        headers, arguments = self._request_headers(request, credential), self._connection_arguments(credential)
        is_direct = self._opener is not None and len(request.body or b"") <= _CHUNKED_FROM_BYTES
        exchange = self._exchange if is_direct else self._session_exchange
        try:
            code, body, retry_after = await exchange(request, headers, arguments)
            if 200 <= code < 300:
                return body
            raise answer_error(code, body, retry_after)
        except (aiohttp.ClientError, HttpProcessingError, TimeoutError, OSError, ValueError) as error:
            raise self._transport_error(request, error, self._options.request_seconds) from None
        finally:
            if self._observer is not None:
                self._observer(request.verb, request.resource, code, time.perf_counter() - started)

    async def _exchange(self, request: Request, headers: dict[str, str], arguments: dict[str, Any]) -> _Answer:
        assert self._opener is not None
        async with asyncio.timeout(self._options.request_seconds):
            exchange = await self._opener.open(request, headers, arguments.get("ssl"), arguments.get("server_hostname"))
            try:
                head = await exchange.head()
                body = await self._read(head.status, head.headers, head.content)
            except BaseException:
                exchange.close()
                raise
        exchange.release()
        return head.status, body, head.headers.get("Retry-After")

    async def _session_exchange(self, request: Request, headers: dict[str, str], arguments: dict[str, Any]) -> _Answer:
        """By way of a session: through a proxy, and what is too large to be written at once."""
        if self._unary is None:
            raise RuntimeError("the client is not open")
        async with self._unary.request(
            request.method,
            yarl.URL(self._host + request.target, encoded=True),
            data=_payload(request.body),
            headers=headers,
            timeout=self._unary_timeout,
            **arguments,
        ) as response:
            body = await self._read(response.status, response.headers, response.content)
            return response.status, body, response.headers.get("Retry-After")

    @contextlib.asynccontextmanager
    async def stream(
        self, request: Request, *, total_seconds: float, idle_seconds: float
    ) -> AsyncIterator[Callable[[], Awaitable[bytes]]]:
        """The body of a 2xx answer as it comes: yields a function that returns the next chunk, b"" at the end.

        The answer's head has ``request_seconds``; afterwards ``idle_seconds`` may pass between two chunks and
        ``total_seconds`` until the end. The function raises WatchStalled and ConnectionFailed.
        """
        response = await self._open_stream(request, total_seconds, idle_seconds)
        what = f"{request.verb} {request.resource}"

        async def read() -> bytes:
            try:
                return await response.content.readany()
            except TimeoutError:
                raise WatchStalled(
                    f"{what}: silent for {idle_seconds:g} s, or no end after {total_seconds:g} s"
                ) from None
            except (aiohttp.ClientError, OSError) as error:
                raise ConnectionFailed(f"{what}: the stream broke off: {type(error).__name__}") from None

        try:
            yield read
        finally:
            # not drained: an abandoned stream has no end to wait for
            response.close()

    async def _open_stream(self, request: Request, total_seconds: float, idle_seconds: float) -> aiohttp.ClientResponse:
        session = self._streams
        if session is None:
            raise RuntimeError("the client is not open")
        timeout = aiohttp.ClientTimeout(
            total=total_seconds, sock_connect=self._options.connect_seconds, sock_read=idle_seconds
        )
        head_seconds = self._options.request_seconds
        for may_reauthenticate in (True, False):
            credential = await self._authenticator.credential()
            code, started = 0, time.perf_counter()
            try:
                async with asyncio.timeout(head_seconds):
                    response = await session.request(
                        request.method,
                        yarl.URL(self._host + request.target, encoded=True),
                        headers=self._request_headers(request, credential),
                        timeout=timeout,
                        **self._connection_arguments(credential),
                    )
                    code = response.status
                    if 200 <= code < 300:
                        _probe_peer(response)
                        return response
                    async with response:
                        body = await self._read(code, response.headers, response.content)
                error = answer_error(code, body, response.headers.get("Retry-After"))
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as failure:
                raise self._transport_error(request, failure, head_seconds) from None
            finally:
                if self._observer is not None:
                    self._observer(request.verb, request.resource, code, time.perf_counter() - started)
            if code != 401 or not may_reauthenticate or not await self._authenticator.renew(credential):
                raise error
        raise AssertionError("unreachable: the second attempt returns or raises")

    def _request_headers(self, request: Request, credential: Credential) -> dict[str, str]:
        headers = {"Accept": request.accept}
        if credential.authorization:
            headers["Authorization"] = credential.authorization
        if request.body is not None:
            headers["Content-Type"] = request.content_type
        if request.is_compressible and not self._config.disable_compression:
            headers["Accept-Encoding"] = "gzip"
        return headers

    def _connection_arguments(self, credential: Credential) -> dict[str, Any]:
        arguments: dict[str, Any] = {"allow_redirects": False}
        if self._tls is not None:
            arguments["ssl"] = self._tls.context_for(credential)
            if self._server_hostname is not None:
                arguments["server_hostname"] = self._server_hostname
        if self._proxy is not None:
            arguments["proxy"] = self._proxy
        return arguments

    async def _read(self, status: int, headers: Mapping[str, str], content: aiohttp.StreamReader) -> bytes:
        limit = self._options.max_response_bytes if status < 300 else self._options.max_error_bytes
        length = int(headers.get("Content-Length", -1))
        if length > limit:
            raise MessageTooLarge(f"the server's answer has {length} bytes, the limit is {limit}")
        if length >= 0 and "Content-Encoding" not in headers:
            return await content.read()
        chunks: list[bytes] = []
        size = 0
        while chunk := await content.readany():
            size += len(chunk)
            if size > limit:
                raise MessageTooLarge(f"the server's answer has more than {limit} bytes")
            chunks.append(chunk)
        return b"".join(chunks)

    def _transport_error(self, request: Request, error: Exception, seconds: float) -> TransportError:
        return transport_error(error, f"{request.verb} {request.resource or request.target}", self._host, seconds)


def _payload(body: bytes | None) -> bytes | io.BytesIO | None:
    """aiohttp writes bytes in one go and warns of more than 1 MiB, which would hold the loop; a file goes in chunks."""
    return body if body is None or len(body) <= _CHUNKED_FROM_BYTES else io.BytesIO(body)


def _probe_peer(response: aiohttp.ClientResponse) -> None:
    """Let the kernel notice within a minute that the peer is gone: nothing is sent on a watch."""
    connection = response.connection
    sock = connection.transport.get_extra_info("socket") if connection and connection.transport else None
    if sock is None or not hasattr(socket, "TCP_KEEPIDLE"):
        return
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _PROBE_SECONDS)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _PROBE_SECONDS // 2)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)


def _bound_tls_buffers() -> None:
    """The standard loop allocates this much per TLS connection: 256 KiB by default, 25 MB for a hundred watches."""
    protocol = asyncio.sslproto.SSLProtocol
    if protocol.max_size > _TLS_BUFFER_BYTES:
        protocol.max_size = _TLS_BUFFER_BYTES
