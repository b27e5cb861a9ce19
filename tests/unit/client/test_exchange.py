"""Exchanges over pooled connections: what is sent, what is kept open, and the way round for another aiohttp."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from orkestra.client import exchange
from orkestra.client.api import ApiClient
from orkestra.client.config import ClusterConfig
from orkestra.client.requests import build_raw
from orkestra.k8s.errors import NotFound
from orkestra.k8s.objects import ObjectKey

from .conftest import CONFIG_MAPS, IMPATIENT, ScriptedServer

KEY = ObjectKey("shop", "web")
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Peer:
    """A server below HTTP that keeps what came over each connection, and answers each request with ``answer``."""

    def __init__(self, answer: bytes = ANSWER) -> None:
        self.answer = answer
        self.connections: list[list[bytes]] = []
        self.is_silent = False
        self.is_asked = asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests: list[bytes] = []
        self.connections.append(requests)
        try:
            while True:
                requests.append(await reader.readuntil(b"\r\n\r\n"))
                self.is_asked.set()
                if not self.is_silent:
                    writer.write(self.answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


async def client_of(peer: Peer, path: str = "") -> tuple[asyncio.Server, ApiClient]:
    server = await asyncio.start_server(peer, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    return server, ApiClient(ClusterConfig(server=f"http://{host}:{port}{path}"), options=IMPATIENT)


async def test_requests_one_after_another_share_a_connection_and_name_the_host() -> None:
    peer = Peer()
    server, client = await client_of(peer, "/k8s/clusters/c-1")
    async with client:
        for _ in range(3):
            assert await client.get_raw("/version", query={"a": "b c"}) == b"{}"
    port = server.sockets[0].getsockname()[1]
    server.close()
    (requests,) = peer.connections
    assert len(requests) == 3
    lines = requests[0].decode().split("\r\n")
    assert lines[0] == "GET /k8s/clusters/c-1/version?a=b+c HTTP/1.1"
    assert lines[1] == f"Host: 127.0.0.1:{port}"


async def test_a_request_given_up_midway_leaves_its_connection_to_nobody() -> None:
    peer = Peer()
    server, client = await client_of(peer)
    async with client:
        peer.is_silent = True
        waiting = asyncio.create_task(client.get_raw("/slow"))
        await peer.is_asked.wait()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        peer.is_silent = False
        assert await client.get_raw("/next") == b"{}"
    server.close()
    assert [[request.split(b" ")[1] for request in requests] for requests in peer.connections] == [
        [b"/slow"],
        [b"/next"],
    ]


async def test_a_connection_that_closes_before_it_is_used_costs_a_second_one(monkeypatch: pytest.MonkeyPatch) -> None:
    peer = Peer(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}")
    server, client = await client_of(peer)
    connect, closed = aiohttp.TCPConnector.connect, [True, False]

    async def closing(self: aiohttp.TCPConnector, *args: Any, **named: Any) -> Any:
        connection = await connect(self, *args, **named)
        if closed.pop(0):
            assert connection.transport is not None
            connection.transport.abort()
        return connection

    monkeypatch.setattr(aiohttp.TCPConnector, "connect", closing)
    async with client:  # a create, which may not be sent twice
        await client.create(CONFIG_MAPS, {"metadata": {"name": "web", "namespace": "shop"}}, field_manager="ork")
    server.close()
    assert not closed
    assert [len(requests) for requests in peer.connections if requests] == [1]


async def test_answers_before_the_answer_are_passed_over() -> None:
    peer = Peer(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ANSWER)
    server, client = await client_of(peer)
    async with client:
        assert await client.get_raw("/version") == b"{}"
    server.close()


async def test_an_answer_that_ends_with_its_connection_is_whole() -> None:
    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"a":')
        await writer.drain()
        writer.write(b"1}")
        writer.close()

    server = await asyncio.start_server(peer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with ApiClient(ClusterConfig(server=f"http://127.0.0.1:{port}"), options=IMPATIENT) as client:
        assert await client.get_raw("/version") == b'{"a":1}'
    server.close()


async def test_another_aiohttp_is_used_by_its_front_door(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert exchange.is_known(), "the one that is installed has changed inside: see client/exchange.py"
    monkeypatch.setattr("orkestra.client.transport.is_known", lambda: False)
    found = {"kind": "ConfigMap", "metadata": {"name": "web", "namespace": "shop"}}
    server.answer(found, (404, {"kind": "Status", "reason": "NotFound", "code": 404}))
    async with ApiClient(server.config(), options=IMPATIENT) as client:
        assert await client.create(CONFIG_MAPS, found, field_manager="ork") == found
        with pytest.raises(NotFound):
            await client.get(CONFIG_MAPS, KEY)


async def test_both_ways_send_the_same(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.json_response({})

    server.handler = handler
    found = {"kind": "ConfigMap", "metadata": {"name": "wéb", "namespace": "shop"}}
    for is_known in (True, False):
        monkeypatch.setattr("orkestra.client.transport.is_known", lambda is_known=is_known: is_known)
        async with ApiClient(server.config(), options=IMPATIENT) as client:
            await client.create(CONFIG_MAPS, found, field_manager="ork")
            await client.delete(CONFIG_MAPS, KEY, uid="1")
            await client._open.send(build_raw("/openapi/v3", None, "application/json"))
    direct, by_session = server.seen[:3], server.seen[3:]
    assert [(s.method, s.path, s.query, s.body) for s in direct] == [
        (s.method, s.path, s.query, s.body) for s in by_session
    ]
    for one, other in zip(direct, by_session, strict=True):
        assert one.headers == other.headers
