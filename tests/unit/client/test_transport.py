"""Deadlines, repeats and bounds, against a server that misbehaves on purpose."""

from __future__ import annotations

import asyncio
import gzip
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import yarl
from aiohttp import web

from orkestra.client.api import ApiClient, PatchType
from orkestra.client.auth.authenticators import FixedAuthenticator
from orkestra.client.config import AuthConfig, ClusterConfig, Impersonation
from orkestra.client.errors import ConnectionFailed, DeadlineExceeded, MessageTooLarge, ProtocolError
from orkestra.client.requests import build_raw
from orkestra.client.transport import Transport
from orkestra.k8s.errors import (
    NotFound,
    RequestEntityTooLarge,
    ServiceUnavailable,
    StatusError,
    TooManyRequests,
    Unauthorized,
)
from orkestra.k8s.objects import ObjectKey

from .conftest import CONFIG_MAPS, IMPATIENT, ScriptedServer

KEY = ObjectKey("shop", "web")
FOUND = {"kind": "ConfigMap", "metadata": {"name": "web", "namespace": "shop"}}
BUSY = (429, {"kind": "Status", "reason": "TooManyRequests", "code": 429}, {"Retry-After": "0"})


@asynccontextmanager
async def raw_server(peer: Callable[..., object]) -> AsyncIterator[ClusterConfig]:
    """A server below HTTP: ``peer(reader, writer)`` is run for each connection."""
    server = await asyncio.start_server(peer, "127.0.0.1", 0)  # type: ignore[arg-type]  # any coroutine function
    try:
        yield ClusterConfig(server=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    finally:
        server.close()


async def test_refused_request_is_repeated(server: ScriptedServer, client: ApiClient) -> None:
    server.answer(BUSY, BUSY, FOUND)
    assert await client.create(CONFIG_MAPS, FOUND, field_manager="ork") == FOUND
    assert len(server.seen) == 3


async def test_repeats_are_bounded(server: ScriptedServer, client: ApiClient) -> None:
    server.answer(BUSY)
    with pytest.raises(TooManyRequests):
        await client.get(CONFIG_MAPS, KEY)
    assert len(server.seen) == IMPATIENT.retry.attempts


async def test_wait_longer_than_the_window_is_left_to_the_caller(server: ScriptedServer, client: ApiClient) -> None:
    server.answer((503, {"kind": "Status", "code": 503}, {"Retry-After": "3600"}))
    with pytest.raises(ServiceUnavailable) as raised:
        await client.get(CONFIG_MAPS, KEY)
    assert raised.value.retry_after == 3600
    assert len(server.seen) == 1


async def test_server_error_without_retry_after_is_not_repeated(server: ScriptedServer, client: ApiClient) -> None:
    server.answer((500, {"kind": "Status", "code": 500, "message": "etcd is down"}))
    with pytest.raises(StatusError, match="etcd is down"):
        await client.get(CONFIG_MAPS, KEY)
    assert len(server.seen) == 1


async def test_answer_of_a_proxy_becomes_a_status_error(server: ScriptedServer, client: ApiClient) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=404, text="404 page not found")

    server.handler = handler
    with pytest.raises(NotFound, match="404 page not found"):
        await client.get(CONFIG_MAPS, KEY)


async def test_redirect_is_not_followed(server: ScriptedServer, client: ApiClient) -> None:
    server.answer((302, {}, {"Location": f"{server.url}/elsewhere"}))
    with pytest.raises(StatusError):
        await client.get(CONFIG_MAPS, KEY)
    assert len(server.seen) == 1


async def test_answer_that_never_comes_meets_the_deadline(server: ScriptedServer) -> None:
    async def handler(request: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.Response()

    server.handler = handler
    async with ApiClient(server.config(), options=replace(IMPATIENT, request_seconds=0.05)) as client:
        with pytest.raises(DeadlineExceeded, match=r"0\.05 s"):
            await client.get(CONFIG_MAPS, KEY)


async def test_body_that_trickles_meets_the_deadline(server: ScriptedServer) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        for _ in range(1000):
            await response.write(b" ")
            await asyncio.sleep(0.01)
        return response

    server.handler = handler
    async with ApiClient(server.config(), options=replace(IMPATIENT, request_seconds=0.08)) as client:
        with pytest.raises(DeadlineExceeded):
            await client.get(CONFIG_MAPS, KEY)


@pytest.mark.parametrize("is_chunked", [False, True])
async def test_body_over_the_bound_is_refused(server: ScriptedServer, is_chunked: bool) -> None:
    async def handler(request: web.Request) -> web.Response:
        response = web.Response(body=b"x" * 5000)
        if is_chunked:
            response.enable_chunked_encoding()
        return response

    server.handler = handler
    async with ApiClient(server.config(), options=replace(IMPATIENT, max_response_bytes=1000)) as client:
        with pytest.raises(MessageTooLarge, match="1000"):
            await client.get(CONFIG_MAPS, KEY)


async def test_compressed_body_is_bounded_by_what_it_becomes(server: ScriptedServer) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(body=gzip.compress(b" " * 5_000_000), headers={"Content-Encoding": "gzip"})

    server.handler = handler
    async with ApiClient(server.config(), options=replace(IMPATIENT, max_response_bytes=100_000)) as client:
        with pytest.raises(MessageTooLarge, match="100000"):
            await client.get_raw("/openapi/v3")


async def test_compression_is_asked_for_lists_only(server: ScriptedServer, client: ApiClient) -> None:
    server.answer({"kind": "ConfigMapList", "metadata": {}, "items": []})
    async for _ in client.list_pages(CONFIG_MAPS):
        pass
    await client.get(CONFIG_MAPS, KEY)
    assert [seen.headers.get("Accept-Encoding") for seen in server.seen] == ["gzip", None]


async def test_request_over_the_bound_is_not_sent(server: ScriptedServer, client: ApiClient) -> None:
    server.answer(FOUND)
    big = FOUND | {"data": {"k": "x" * IMPATIENT.max_request_bytes}}
    with pytest.raises(RequestEntityTooLarge, match="the limit is 3145728"):
        await client.create(CONFIG_MAPS, big, field_manager="ork")
    assert server.seen == []


async def test_closed_port_is_a_failed_connection() -> None:
    async with ApiClient(ClusterConfig(server="http://127.0.0.1:1")) as client:
        with pytest.raises(ConnectionFailed, match=r"cannot connect to http://127\.0\.0\.1:1") as raised:
            await client.get(CONFIG_MAPS, KEY)
    assert raised.value.is_sent is False


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.close()


@pytest.mark.parametrize(
    ("call", "attempts"),
    [
        (lambda c: c.get(CONFIG_MAPS, KEY), 2),
        (lambda c: c.apply(CONFIG_MAPS, FOUND, field_manager="ork"), 2),
        (lambda c: c.delete(CONFIG_MAPS, KEY, uid="u1"), 2),
        (lambda c: c.delete(CONFIG_MAPS, KEY), 1),
        (lambda c: c.update(CONFIG_MAPS, FOUND), 1),
        (lambda c: c.create(CONFIG_MAPS, FOUND, field_manager="ork"), 1),
        (lambda c: c.patch(CONFIG_MAPS, KEY, [], patch_type=PatchType.JSON), 1),
    ],
    ids=["get", "apply", "delete uid", "delete", "update", "create", "json patch"],
)
async def test_lost_connection_is_tried_again_once_where_repeating_is_harmless(
    call: Callable[[ApiClient], asyncio.Future[object]], attempts: int
) -> None:
    connections = 0

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await hang_up(reader, writer)

    async with raw_server(peer) as config, ApiClient(config) as client:
        with pytest.raises(ConnectionFailed, match="was lost"):
            await call(client)
    assert connections == attempts


async def test_pooled_connection_lost_midway_does_not_repeat_an_update() -> None:
    """The first answer leaves a pooled connection; the server drops it on the second request."""
    requests = 0

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        for answer in (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", b""):
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0] or 0)
            await reader.readexactly(length)
            requests += 1
            writer.write(answer)
        writer.close()

    async with raw_server(peer) as config, ApiClient(config) as client:
        await client.get(CONFIG_MAPS, KEY)
        with pytest.raises(ConnectionFailed):
            await client.update(CONFIG_MAPS, FOUND)
    assert requests == 2


async def test_peer_that_does_not_speak_http_is_a_protocol_error() -> None:
    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
        writer.close()

    async with raw_server(peer) as config, ApiClient(config) as client:
        with pytest.raises(ProtocolError, match="does not answer in HTTP"):
            await client.get(CONFIG_MAPS, KEY)


async def test_answer_that_is_not_json_is_a_protocol_error(server: ScriptedServer, client: ApiClient) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text="<html>log in</html>")

    server.handler = handler
    with pytest.raises(ProtocolError):
        await client.get(CONFIG_MAPS, KEY)


async def test_impersonation_and_user_agent_are_sent(server: ScriptedServer) -> None:
    server.answer(FOUND)
    who = Impersonation("ann", "7", ("devs",), (("example.org/scope%", ("view",)),))
    async with ApiClient(server.config(auth=AuthConfig(impersonate=who))) as client:
        await client.get(CONFIG_MAPS, KEY)
    headers = server.seen[0].headers
    assert headers["User-Agent"].startswith("orkestra/")
    assert (headers["Impersonate-User"], headers["Impersonate-Uid"], headers["Impersonate-Group"]) == (
        "ann",
        "7",
        "devs",
    )
    assert headers["Impersonate-Extra-example.org%2Fscope%25"] == "view"


async def test_header_injection_is_refused(server: ScriptedServer) -> None:
    server.answer(FOUND)
    who = Impersonation("ann\r\nImpersonate-Group: system:masters")
    async with ApiClient(server.config(auth=AuthConfig(impersonate=who))) as client:
        with pytest.raises(ProtocolError):
            await client.get(CONFIG_MAPS, KEY)
    assert server.seen == []


async def test_rejected_fixed_token_is_not_tried_again(server: ScriptedServer) -> None:
    server.answer((401, {"kind": "Status", "reason": "Unauthorized", "code": 401}))
    async with ApiClient(server.config(auth=AuthConfig(token="t"))) as client:
        with pytest.raises(Unauthorized):
            await client.get(CONFIG_MAPS, KEY)
    assert [seen.headers["Authorization"] for seen in server.seen] == ["Bearer t"]


async def test_observer_sees_every_attempt(server: ScriptedServer) -> None:
    observed: list[tuple[str, str, int]] = []

    def observe(verb: str, resource: str, code: int, seconds: float) -> None:
        assert seconds >= 0
        observed.append((verb, resource, code))

    server.answer(BUSY, FOUND)
    async with ApiClient(server.config(), options=IMPATIENT, observer=observe) as client:
        await client.get(CONFIG_MAPS, KEY)
    async with ApiClient(ClusterConfig(server="http://127.0.0.1:1"), observer=observe) as client:
        with pytest.raises(ConnectionFailed):
            await client.create(CONFIG_MAPS, FOUND, field_manager="ork")
    assert observed[:2] == [("get", "configmaps", 429), ("get", "configmaps", 200)]
    assert observed[2] == ("create", "configmaps", 0)


async def test_waiting_for_others_does_not_count_against_the_deadline(server: ScriptedServer) -> None:
    async def handler(request: web.Request) -> web.Response:
        await asyncio.sleep(0.4)
        return web.json_response(FOUND)

    server.handler = handler
    options = replace(IMPATIENT, connections=1, request_seconds=2.0)
    async with ApiClient(server.config(), options=options) as client:
        assert await asyncio.gather(*[client.get(CONFIG_MAPS, KEY) for _ in range(7)]) == [FOUND] * 7


async def test_requests_in_flight_are_bounded(server: ScriptedServer) -> None:
    at_once = most = 0

    async def handler(request: web.Request) -> web.Response:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.002)
        at_once -= 1
        return web.json_response(FOUND)

    server.handler = handler
    options = replace(IMPATIENT, connections=3)
    async with ApiClient(server.config(), options=options) as client, asyncio.TaskGroup() as group:
        for _ in range(12):
            group.create_task(client.get(CONFIG_MAPS, KEY))
    assert most == 3


async def test_plain_request_through_a_proxy_carries_its_password(server: ScriptedServer) -> None:
    server.answer(FOUND)
    proxy = server.url.replace("http://", "http://me:hunter2@")
    config = ClusterConfig(server="http://api.example:6443", proxy_url=proxy)
    async with ApiClient(config) as client:
        assert await client.get(CONFIG_MAPS, KEY) == FOUND
    assert server.seen[0].headers["Host"] == "api.example:6443"
    assert server.seen[0].headers["Proxy-Authorization"].startswith("Basic ")


async def test_closed_client_says_so(server: ScriptedServer) -> None:
    client = ApiClient(server.config())
    with pytest.raises(RuntimeError, match="not open"):
        await client.get(CONFIG_MAPS, KEY)


def sockets_to(port: int) -> Iterator[socket.socket]:
    for name in os.listdir("/dev/fd"):
        try:
            with socket.socket(fileno=os.dup(int(name))) as found:
                if found.getpeername()[1] == port:
                    yield found
        except (OSError, TypeError, IndexError):
            continue  # no socket, or none that is connected by TCP


@pytest.mark.skipif(not hasattr(socket, "TCP_KEEPIDLE"), reason="this system does not say when probes begin")
async def test_kernel_probes_the_peer_of_a_stream(server: ScriptedServer) -> None:
    options = ((socket.SOL_SOCKET, socket.SO_KEEPALIVE), (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE))
    is_read = asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"first")
        await is_read.wait()
        return response

    server.handler = handler
    async with (
        Transport(server.config(), FixedAuthenticator()) as transport,
        transport.stream(build_raw("/watch"), total_seconds=5, idle_seconds=5) as read,
    ):
        assert await read() == b"first"
        probed = [
            tuple(found.getsockopt(*option) for option in options)
            for found in sockets_to(yarl.URL(server.url).port or 0)
        ]
        is_read.set()
    assert probed == [(1, 20)]


async def test_a_body_of_megabytes_arrives_whole(server: ScriptedServer, client: ApiClient) -> None:
    big = {**FOUND, "data": {"k": "x" * 2_000_000}}
    server.answer(BUSY, FOUND)
    await client.create(CONFIG_MAPS, big, field_manager="ork")
    assert [len(seen.body) > 2_000_000 for seen in server.seen] == [True, True]
