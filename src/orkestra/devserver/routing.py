"""One HTTP request: who asks, what for, and the answer's status, headers and body."""

from __future__ import annotations

import asyncio
import hmac
import logging
from typing import Any

from aiohttp import web

from orkestra.devserver.admission import Webhooks
from orkestra.devserver.cluster import Cluster
from orkestra.devserver.faults import Fault, Faults, parse_fault, refusal
from orkestra.devserver.handlers.bodies import json_document, too_large
from orkestra.devserver.handlers.discovery import Discovery
from orkestra.devserver.handlers.forms import encode
from orkestra.devserver.handlers.negotiation import accepted
from orkestra.devserver.handlers.openapi import OpenAPI
from orkestra.devserver.handlers.options import is_true, list_options
from orkestra.devserver.handlers.requests import Target, parse_target
from orkestra.devserver.handlers.verbs import Call, Verbs
from orkestra.devserver.handlers.watching import Watch
from orkestra.devserver.metrics import RequestCounts
from orkestra.devserver.refusals import not_allowed
from orkestra.devserver.version import version_document
from orkestra.k8s.errors import BadRequest, InternalError, StatusError, Unauthorized

_log = logging.getLogger("orkestra.devserver")
_JSON = "application/json"
_SLOW_CLIENT_SECONDS = 30.0
_LAGGING_CLIENT_SECONDS = 3.0
_MOST_BEHIND = 100
"""Events a watcher that takes nothing may miss, as the real server's watch cache buffers them."""
_HEALTH = frozenset({"/healthz", "/livez", "/readyz"})


class Router:
    """``handle`` answers every request and never raises, but to drop a connection."""

    def __init__(
        self,
        cluster: Cluster,
        *,
        webhooks: Webhooks,
        faults: Faults | None = None,
        token: str = "",
        bookmark_seconds: float = 60.0,
    ) -> None:
        self._cluster = cluster
        self._verbs = Verbs(cluster)
        self._discovery = Discovery(cluster.registry)
        self._openapi = OpenAPI(cluster.registry)
        self._webhooks = webhooks
        self._faults = faults
        self._counts = RequestCounts()
        self._token = f"Bearer {token}".encode() if token else b""
        self._bookmark_seconds = bookmark_seconds

    @property
    def address(self) -> str:
        return self._discovery.address

    @address.setter
    def address(self, value: str) -> None:
        self._discovery.address = value

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            return await self._respond(request)
        except StatusError as error:
            return _failure(error)
        except web.HTTPRequestEntityTooLarge:
            return _failure(too_large())
        except RecursionError:
            return _failure(BadRequest("the object is nested too deeply"))
        except (asyncio.CancelledError, ConnectionError):
            raise
        except Exception as error:
            # A fault of this server: the client is told that much, the log gets the rest.
            _log.error("%s %s failed: %s", request.method, request.path, type(error).__name__)
            _log.debug("the failure in full", exc_info=True)
            return _failure(InternalError(f"Internal error occurred: {type(error).__name__}"))

    async def _respond(self, request: web.BaseRequest) -> web.StreamResponse:
        if self._token and not self._is_known(request):
            raise Unauthorized("Unauthorized")
        path = request.path
        if self._faults is not None:
            if path.startswith("/faults"):
                return _json(200, encode(await self._administer(request, path)))
            fault = self._faults.take(request.method, path)
            if fault is not None:
                await self._suffer(fault, request)
        target = parse_target(self._cluster.registry, path)
        if target is not None:
            return await self._resource(request, target)
        return self._document(request, path)

    def _is_known(self, request: web.BaseRequest) -> bool:
        given = request.headers.get("Authorization", "").encode("utf-8", "replace")
        return hmac.compare_digest(given, self._token)

    async def _resource(self, request: web.BaseRequest, target: Target) -> web.StreamResponse:
        query = request.query if request.query_string else {}
        form = accepted(request.headers.get("Accept", ""))
        if target.is_watch:
            if request.method != "GET":
                raise not_allowed()
            return await self._watch(request, target, {**query, **_only(target)}, form)
        if request.method == "GET" and query and not target.name and is_true(query, "watch"):
            return await self._watch(request, target, query, form)
        body = b"" if request.method == "GET" else await request.read()
        call = Call(
            method=request.method,
            target=target,
            query=query,
            accepted=form,
            content_type=request.headers.get("Content-Type", "").partition(";")[0].strip(),
            body=body,
            user_agent=request.headers.get("User-Agent", ""),
            warnings=[target.kind.deprecation] if target.kind.deprecation else [],
            admit=self._webhooks.admitter(),
        )
        is_apply = call.content_type == "application/apply-patch+yaml"
        try:
            answer = await self._verbs.answer(call)
        except StatusError as error:
            self._counts.count(request.method, target, error.code, is_apply=is_apply)
            return _with_warnings(_failure(error), call.warnings)
        self._counts.count(request.method, target, answer.code, is_apply=is_apply)
        if form.media == "application/yaml" and answer.content_type == _JSON:
            # Every JSON document is a YAML document.
            answer.content_type = form.media
        response = web.Response(status=answer.code, body=answer.body, headers={"Content-Type": answer.content_type})
        return _with_warnings(response, call.warnings)

    async def _watch(self, request: web.BaseRequest, target: Target, query: Any, form: Any) -> web.StreamResponse:
        if "watch" not in target.kind.info.verbs:
            raise not_allowed()
        loop = asyncio.get_running_loop()
        faults, path = self._faults, request.path
        watch = Watch(
            self._cluster.store,
            target.kind,
            target.namespace,
            list_options(query),
            form.form,
            query.get("includeObject", ""),
            self._cluster.now,
            bookmark_seconds=self._bookmark_seconds,
        )
        if faults is not None:
            watch.is_stalled = lambda: faults.is_stalled(path, loop.time())
        watch.check()
        self._counts.count("GET", target, 200, is_watch=True)
        response = web.StreamResponse(headers={"Content-Type": _JSON, "Cache-Control": "no-cache, private"})
        response.enable_chunked_encoding()
        await response.prepare(request)

        async def send(data: bytes) -> None:
            began = loop.time()

            timer: asyncio.TimerHandle

            def judge() -> None:
                nonlocal timer
                now = loop.time()
                if now - began >= _SLOW_CLIENT_SECONDS or watch.behind > _MOST_BEHIND:
                    limit.reschedule(now)
                else:
                    timer = loop.call_at(now + _LAGGING_CLIENT_SECONDS, judge)

            async with asyncio.timeout(None) as limit:
                timer = loop.call_at(began + _LAGGING_CLIENT_SECONDS, judge)
                try:
                    await response.write(data)
                finally:
                    timer.cancel()

        try:
            await watch.run(send)
            await response.write_eof()
        except TimeoutError:
            # The client reads nothing: hold no memory for it.
            if request.transport is not None:
                request.transport.abort()
        except ConnectionError:
            pass
        return response

    def _document(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        """Everything that is about the API rather than in it."""
        plain = path.rstrip("/") or "/"
        if request.method not in ("GET", "HEAD"):
            if self._is_known_path(plain):
                raise not_allowed()
            return _no_page()
        if plain in _HEALTH or plain.startswith(("/livez/", "/readyz/", "/healthz/")):
            return web.Response(text="ok")
        if plain == "/metrics":
            return web.Response(text=self._counts.exposition())
        if plain == "/version":
            return _json(200, encode(version_document()))
        if plain == "/openapi/v3":
            return _json(200, self._openapi.index())
        if plain.startswith("/openapi/v3/"):
            body = self._openapi.document(plain.removeprefix("/openapi/v3/"))
            return _json(200, body) if body is not None else web.Response(status=404)
        if plain.startswith("/api") and self._is_known_path(plain):
            form = accepted(request.headers.get("Accept", ""))
            body = self._discovery.document(plain, form.as_kind, form.version)
            if body is not None:
                return self._discovered(request, body, form)
        if plain == "/":
            return _json(200, encode({"paths": ["/api", "/apis", "/healthz", "/openapi/v3", "/version"]}))
        return _no_page()

    def _is_known_path(self, plain: str) -> bool:
        """Whether a handler of the API's own answers there, if only to say that there is no such version."""
        parts = plain.strip("/").split("/")
        return (
            parts[0] == "api"
            or parts == ["apis"]
            or (parts[0] == "apis" and parts[1] in self._cluster.registry.groups())
        )

    def _discovered(self, request: web.BaseRequest, body: bytes, form: Any) -> web.StreamResponse:
        if form.as_kind != "APIGroupDiscoveryList" or request.path.rstrip("/") not in ("/api", "/apis"):
            return _json(200, body)
        etag = self._discovery.etag(body)
        headers = {"ETag": etag, "Vary": "Accept", "Cache-Control": "public"}
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers=headers)
        headers["Content-Type"] = f"{_JSON};g=apidiscovery.k8s.io;v={form.version};as={form.as_kind}"
        return web.Response(body=body, headers=headers)

    async def _suffer(self, fault: Fault, request: web.BaseRequest) -> None:
        match fault.kind:
            case "status":
                raise refusal(fault)
            case "latency":
                await asyncio.sleep(fault.seconds)
            case "reset":
                if request.transport is not None:
                    request.transport.abort()
                raise ConnectionResetError("injected fault")

    async def _administer(self, request: web.BaseRequest, path: str) -> Any:
        assert self._faults is not None
        if path == "/faults/compact" and request.method == "POST":
            self._cluster.store.compact()
            return {"revision": self._cluster.store.revision}
        match request.method:
            case "POST":
                self._faults.add(parse_fault(json_document(await request.read()), asyncio.get_running_loop().time()))
            case "DELETE":
                self._faults.clear()
        return {"faults": self._faults.listed()}


def _only(target: Target) -> dict[str, str]:
    """What picks the one object that an old watch path may name."""
    return {"fieldSelector": f"metadata.name={target.name}"} if target.name else {}


def _json(code: int, body: bytes) -> web.Response:
    return web.Response(status=code, body=body, headers={"Content-Type": _JSON})


def _with_warnings(response: web.Response, warnings: list[str]) -> web.Response:
    for warning in warnings:
        text = warning.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("\r", " ")
        response.headers.add("Warning", f'299 - "{text}"')
    return response


def _failure(error: StatusError) -> web.Response:
    response = _json(error.code, encode(error.status))
    if error.retry_after:
        response.headers["Retry-After"] = str(max(1, round(error.retry_after)))
    return response


def _no_page() -> web.Response:
    return web.Response(status=404, text="404 page not found\n")
