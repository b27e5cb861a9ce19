"""The verbs, end to end over a loopback server."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import msgspec
import pytest
from aiohttp import web

from orkestra.client.api import ApiClient, PatchType
from orkestra.client.errors import ConnectionFailed, MessageTooLarge, ProtocolError, WatchStalled
from orkestra.client.watch import MAX_LINE_BYTES, decode_meta
from orkestra.k8s.errors import AlreadyExists, Conflict, Expired, Invalid, NotFound, TooManyRequests
from orkestra.k8s.objects import Object, ObjectKey

from .conftest import CONFIG_MAPS, ScriptedServer

KEY = ObjectKey("shop", "web")
WEB: Object = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "web", "namespace": "shop", "resourceVersion": "7"},
}


def page(names: list[str], token: str = "") -> Object:
    items = [{"metadata": {"name": name}} for name in names]
    meta = {"resourceVersion": "9"} | ({"continue": token} if token else {})
    return {"kind": "ConfigMapList", "apiVersion": "v1", "metadata": meta, "items": items}


def status(code: int, reason: str, **details: object) -> tuple[int, Object]:
    return code, {"kind": "Status", "status": "Failure", "code": code, "reason": reason, "details": details}


async def test_list_follows_pages_until_the_last(server: ScriptedServer, client: ApiClient) -> None:
    server.answer(page(["a", "b"], "t1"), page([], "t2"), page(["c"]))
    names = [
        decode_meta(item).name
        async for found in client.list_pages(CONFIG_MAPS, namespace="shop", limit=2, resource_version="0")
        for item in found.items
    ]
    assert names == ["a", "b", "c"]
    assert [seen.query for seen in server.seen] == [
        {"limit": "2", "resourceVersion": "0"},
        {"limit": "2", "continue": "t1"},
        {"limit": "2", "continue": "t2"},
    ]


async def test_page_is_fetched_only_when_asked_for(server: ScriptedServer, client: ApiClient) -> None:
    server.answer(page(["a"], "t1"), page(["b"]))
    async with aclosing(client.list_pages(CONFIG_MAPS)) as pages:
        await anext(pages)
        assert len(server.seen) == 1


async def test_expired_token_is_told_apart(server: ScriptedServer, client: ApiClient) -> None:
    server.answer(page(["a"], "t1"), status(410, "Expired"))
    with pytest.raises(Expired):
        async for _ in client.list_pages(CONFIG_MAPS):
            pass


async def test_server_that_pages_without_end_is_stopped(server: ScriptedServer, client: ApiClient) -> None:
    server.answer(page([], "again"))
    with pytest.raises(ProtocolError, match="without end"):
        async for _ in client.list_pages(CONFIG_MAPS):
            pass


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (status(404, "NotFound", name="web"), NotFound),
        (status(409, "AlreadyExists"), AlreadyExists),
        (status(409, "Conflict"), Conflict),
        (status(422, "Invalid"), Invalid),
    ],
)
async def test_answer_raises_by_reason(
    server: ScriptedServer, client: ApiClient, answer: tuple[int, Object], error: type[Exception]
) -> None:
    server.answer(answer)
    with pytest.raises(error):
        await client.update(CONFIG_MAPS, WEB)


async def test_field_conflict_names_its_owner(server: ScriptedServer, client: ApiClient) -> None:
    cause = {"reason": "FieldManagerConflict", "message": 'conflict with "kubectl"', "field": ".data.k"}
    server.answer(status(409, "Conflict", causes=[cause]))
    with pytest.raises(Conflict) as raised:
        await client.apply(CONFIG_MAPS, WEB, field_manager="ork")
    assert raised.value.is_field_conflict
    assert raised.value.causes[0].field == ".data.k"


async def test_apply_sends_json_as_an_apply_patch(server: ScriptedServer, client: ApiClient) -> None:
    server.answer(WEB)
    await client.apply(CONFIG_MAPS, WEB, field_manager="ork", force=True, subresource="status")
    seen = server.seen[0]
    assert (seen.method, seen.path) == ("PATCH", "/api/v1/namespaces/shop/configmaps/web/status")
    assert seen.headers["Content-Type"] == "application/apply-patch+yaml"
    assert seen.query == {"fieldManager": "ork", "force": "true"}
    assert msgspec.json.decode(seen.body) == WEB


async def test_json_patch_is_a_list(server: ScriptedServer, client: ApiClient) -> None:
    server.answer(WEB)
    operations = [{"op": "remove", "path": "/metadata/finalizers"}]
    await client.patch(CONFIG_MAPS, KEY, operations, patch_type=PatchType.JSON)
    assert msgspec.json.decode(server.seen[0].body) == operations


async def test_delete_returns_what_finalizers_keep(server: ScriptedServer, client: ApiClient) -> None:
    server.answer(WEB, {"kind": "Status", "status": "Success"})
    assert await client.delete(CONFIG_MAPS, KEY) == WEB
    assert await client.delete(CONFIG_MAPS, KEY) is None


async def test_writes_are_counted_once_each(server: ScriptedServer, client: ApiClient) -> None:
    server.answer((429, {}, {"Retry-After": "0"}), WEB)
    await client.apply(CONFIG_MAPS, WEB, field_manager="ork")
    await client.get(CONFIG_MAPS, KEY)
    await client.create(CONFIG_MAPS, WEB, field_manager="ork")
    assert client.writes == {"apply": 1, "create": 1}


async def test_raw_body_comes_as_it_is(server: ScriptedServer, client: ApiClient) -> None:
    server.answer({"gitVersion": "v1.37.0"})
    assert b"v1.37.0" in await client.get_raw("/version", query={"timeout": "1s"}, accept="text/plain")
    assert (server.seen[0].query, server.seen[0].headers["Accept"]) == ({"timeout": "1s"}, "text/plain")


def stream(server: ScriptedServer, *chunks: bytes | float, is_cut: bool = False) -> None:
    """Answer with ``chunks``; a number waits that many seconds; ``is_cut`` ends without an HTTP end."""

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for chunk in chunks:
            if isinstance(chunk, float):
                await asyncio.sleep(chunk)
            else:
                await response.write(chunk)
        if is_cut:
            assert request.transport is not None
            request.transport.close()
        return response

    server.handler = handler


def event(kind: str, obj: object) -> bytes:
    return msgspec.json.encode({"type": kind, "object": obj}) + b"\n"


async def watched(client: ApiClient, **options: float) -> list[str]:
    events = client.watch(CONFIG_MAPS, resource_version="7", **options)  # type: ignore[arg-type]  # of mixed types
    return [found.type async for found in events]


async def test_watch_yields_events_until_the_server_ends_it(server: ScriptedServer, client: ApiClient) -> None:
    line = event("MODIFIED", WEB)
    stream(server, event("ADDED", WEB) + line[:20], line[20:], event("BOOKMARK", WEB))
    assert await watched(client) == ["ADDED", "MODIFIED", "BOOKMARK"]
    assert server.seen[0].query["timeoutSeconds"] == "290"


async def test_watch_raises_the_error_event(server: ScriptedServer, client: ApiClient) -> None:
    stream(server, event("ERROR", {"kind": "Status", "reason": "Expired", "code": 410}))
    with pytest.raises(Expired):
        await watched(client)


async def test_refused_watch_raises_at_once_with_its_retry_after(server: ScriptedServer, client: ApiClient) -> None:
    server.answer((429, {"kind": "Status", "code": 429}, {"Retry-After": "7"}))
    with pytest.raises(TooManyRequests) as raised:
        await watched(client)
    assert raised.value.retry_after == 7
    assert len(server.seen) == 1


async def test_silent_watch_ends_as_stalled(server: ScriptedServer, client: ApiClient) -> None:
    stream(server, event("ADDED", WEB), 30.0)
    with pytest.raises(WatchStalled, match="configmaps"):
        await watched(client, idle_seconds=0.05)


async def test_watch_that_outlives_its_end_is_stalled(
    server: ScriptedServer, client: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orkestra.client.api.WATCH_SLACK_SECONDS", 1)
    stream(server, *([event("ADDED", WEB), 0.05] * 200))
    with pytest.raises(WatchStalled):
        await watched(client, timeout_seconds=0)


async def test_watch_that_breaks_off_is_a_lost_connection(server: ScriptedServer, client: ApiClient) -> None:
    stream(server, event("ADDED", WEB), 0.01, is_cut=True)
    with pytest.raises(ConnectionFailed, match="broke off"):
        await watched(client)


async def test_watch_that_ends_inside_an_event_is_a_lost_connection(server: ScriptedServer, client: ApiClient) -> None:
    stream(server, event("ADDED", WEB)[:-10])
    with pytest.raises(ConnectionFailed, match="inside an event"):
        await watched(client)


async def test_event_over_the_bound_ends_the_watch(server: ScriptedServer, client: ApiClient) -> None:
    stream(server, *[b"x" * (1024 * 1024)] * (MAX_LINE_BYTES // (1024 * 1024) + 1))
    with pytest.raises(MessageTooLarge, match="watch event"):
        await watched(client)


async def test_abandoned_watch_closes_its_connection(server: ScriptedServer, client: ApiClient) -> None:
    gone = asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(event("ADDED", WEB))
                await asyncio.sleep(0.005)
        finally:
            gone.set()

    server.handler = handler
    async with aclosing(client.watch(CONFIG_MAPS, resource_version="7")) as events:
        await anext(events)
    async with asyncio.timeout(5):
        await gone.wait()


async def test_watches_leave_connections_for_requests(server: ScriptedServer, client: ApiClient) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        if "watch" not in request.query:
            return web.json_response(WEB)
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(event("ADDED", WEB))
        await asyncio.sleep(30)
        return response

    server.handler = handler
    watches = [client.watch(CONFIG_MAPS, resource_version="7") for _ in range(80)]
    await asyncio.gather(*(anext(events) for events in watches))
    assert await client.get(CONFIG_MAPS, KEY) == WEB
    for events in watches:
        await events.aclose()
