"""Drafts sent to the webhooks that want to see them."""

from __future__ import annotations

import asyncio
import base64
import binascii
import ssl
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from typing import Any

import aiohttp
import msgspec

from orkestra.devserver.admission.matching import MUTATING, VALIDATING, Hook, hooks_for
from orkestra.devserver.admission.reviews import BadAnswer, Verdict, denial, review_of, verdict_of
from orkestra.devserver.cluster import Cluster
from orkestra.devserver.writes import Draft
from orkestra.k8s.errors import InternalError, StatusError
from orkestra.k8s.objects import Object, get_path
from orkestra.k8s.patch import json_patch

_MAX_ANSWER = 3 << 20
_DEFAULT_SECONDS = 10


class Unreachable(Exception):
    """A webhook that could not be asked; the text says why."""


class Webhooks:
    """One per server; ``close`` ends its connections. ``post`` sends a review and answers the response's body."""

    def __init__(self, cluster: Cluster, post: Callable[[Hook, Object], Awaitable[bytes]] | None = None) -> None:
        self._cluster = cluster
        self._send = post or self._post
        self._session: aiohttp.ClientSession | None = None

    def admitter(self) -> Callable[[Draft], Awaitable[None]] | None:
        """What a draft is to be given to; None while nothing is registered, so that a write costs nothing more."""
        store = self._cluster.store
        return self.admit if len(store.table(MUTATING)) or len(store.table(VALIDATING)) else None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def admit(self, draft: Draft) -> None:
        """Change the draft as mutating hooks want it, then hear the validating ones. Raises what they answer."""
        for hook in hooks_for(self._cluster, MUTATING, draft):
            verdict = await self._ask(hook, draft)
            if verdict is not None:
                self._heed(hook, verdict, draft)
                if verdict.patch is not None and draft.operation != "DELETE":
                    self._mutate(hook, verdict, draft)
        validating = hooks_for(self._cluster, VALIDATING, draft)
        if not validating:
            return
        verdicts = await asyncio.gather(*(self._ask(hook, draft) for hook in validating), return_exceptions=True)
        for hook, answer in zip(validating, verdicts, strict=True):
            if isinstance(answer, BaseException):
                raise answer
            if answer is not None:
                self._heed(hook, answer, draft)

    def _heed(self, hook: Hook, verdict: Verdict, draft: Draft) -> None:
        draft.options.warnings += verdict.warnings
        if not verdict.is_allowed:
            raise denial(hook, verdict)

    def _mutate(self, hook: Hook, verdict: Verdict, draft: Draft) -> None:
        """The patched object, typed and defaulted again. Raises InternalError on a patch that does not fit."""
        kind = draft.kind
        try:
            seen = draft.obj if hook.kind is kind else hook.kind.from_hub(kind.to_hub(draft.obj))
            patched = json_patch(seen, verdict.patch)
            if not isinstance(patched, dict):
                raise BadAnswer("the patch leaves no object")
            if hook.kind is not kind:
                patched = kind.from_hub(hook.kind.to_hub(patched))
            obj = kind.decode(patched, find_unknown=False).obj
        except (StatusError, BadAnswer) as error:
            raise InternalError(f'Internal error occurred: admission webhook "{hook.name}": {error}') from None
        kind.default(obj)
        draft.obj = obj

    async def _ask(self, hook: Hook, draft: Draft) -> Verdict | None:
        """The verdict, or None where the hook failed and may be ignored. Raises InternalError where it may not."""
        review = review_of(draft, hook)
        seconds = hook.webhook.get("timeoutSeconds") or _DEFAULT_SECONDS
        try:
            async with asyncio.timeout(seconds):
                return verdict_of(await self._send(hook, review), review)
        except TimeoutError:
            problem = "context deadline exceeded"
        except aiohttp.ClientConnectorError as error:
            problem = f"{error.host}:{error.port}: {error.strerror or 'cannot connect'}"
        except (Unreachable, BadAnswer, aiohttp.ClientError, OSError, ValueError) as error:
            problem = str(error) or type(error).__name__
        if hook.webhook.get("failurePolicy") == "Ignore":
            return None
        raise InternalError(
            f'Internal error occurred: failed calling webhook "{hook.name}": failed to call webhook: {problem}'
        )

    async def _post(self, hook: Hook, review: Object) -> bytes:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        client = hook.webhook.get("clientConfig") or {}
        url, host = self._address(client)
        context = _trust(str(client.get("caBundle") or ""))
        async with self._session.post(
            f"{url}?timeout={hook.webhook.get('timeoutSeconds') or _DEFAULT_SECONDS}s",
            data=msgspec.json.encode(review),
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            ssl=context,
            server_hostname=host,
            allow_redirects=False,
        ) as response:
            body = await response.content.read(_MAX_ANSWER + 1)
            while len(body) <= _MAX_ANSWER and not response.content.at_eof():
                body += await response.content.read(_MAX_ANSWER + 1 - len(body))
            if response.status != 200:
                raise Unreachable(f"the server answered {response.status}")
            if len(body) > _MAX_ANSWER:
                raise Unreachable("the answer is too large")
            return body

    def _address(self, client: Mapping[str, Any]) -> tuple[str, str | None]:
        """(url, name to check the certificate for). A Service is reached through its Endpoints: it has no network."""
        if client.get("url"):
            return str(client["url"]), None
        service = client.get("service") or {}
        namespace, name = str(service.get("namespace") or ""), str(service.get("name") or "")
        endpoints = self._cluster.resource("", "endpoints")
        assert endpoints is not None
        try:
            found = self._cluster.get(endpoints, namespace, name)
        except StatusError:
            raise Unreachable(f'no endpoints available for service "{name}"') from None
        for subset in found.get("subsets") or ():
            address = get_path((subset.get("addresses") or [{}])[0], ("ip",))
            port = get_path((subset.get("ports") or [{}])[0], ("port",)) or service.get("port") or 443
            if address:
                path = str(service.get("path") or "/")
                return (
                    f"https://{address}:{port}{path if path.startswith('/') else f'/{path}'}",
                    f"{name}.{namespace}.svc",
                )
        raise Unreachable(f'no endpoints available for service "{name}"')


@lru_cache(maxsize=64)
def _trust(bundle: str) -> ssl.SSLContext:
    """Trust in the registration's CA bundle alone, or in the system's authorities where it has none."""
    if not bundle:
        return ssl.create_default_context()
    try:
        return ssl.create_default_context(cadata=base64.b64decode(bundle).decode("ascii"))
    except (binascii.Error, UnicodeDecodeError, ssl.SSLError):
        raise Unreachable("the caBundle is not a PEM bundle") from None
