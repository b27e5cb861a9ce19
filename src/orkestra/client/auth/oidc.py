"""The ``oidc`` auth-provider: an id token, refreshed with the refresh token before it expires; kept in memory only.

Protocol: k8s.io/client-go plugin/pkg/client/auth/oidc/oidc.go; OpenID Connect Discovery 1.0; RFC 6749 section 6.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import ssl
import time
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import quote, urlencode

import aiohttp
import msgspec

from orkestra.client.auth.credential import Credential, basic_authorization
from orkestra.client.config import OidcProvider
from orkestra.client.errors import CredentialError
from orkestra.client.tls import trust_of

_LEEWAY_SECONDS = 10.0
_REFRESH_SECONDS = 30.0
_MAX_ANSWER_BYTES = 256 * 1024
_Answer = TypeVar("_Answer")


class _Discovery(msgspec.Struct):
    token_endpoint: str = ""


class _Tokens(msgspec.Struct):
    id_token: str = ""
    refresh_token: str = ""


class _Claims(msgspec.Struct):
    exp: float = 0


class OidcAuthenticator:
    """Uses the id token until shortly before its expiry, then refreshes; one refresh at a time."""

    def __init__(self, provider: OidcProvider, *, proxy_url: str = "", now: Callable[[], float] = time.time) -> None:
        self._provider = provider
        self._proxy_url = proxy_url or None
        self._now = now
        self._refresh_token = provider.refresh_token
        self._lock = asyncio.Lock()
        self._current = Credential(f"Bearer {provider.id_token}" if provider.id_token else "")
        self._expires_at = token_expiry(provider.id_token)

    async def credential(self) -> Credential:
        if self._is_fresh():
            return self._current
        async with self._lock:
            if not self._is_fresh():
                await self._refresh()
            return self._current

    async def renew(self, rejected: Credential) -> bool:
        async with self._lock:
            if self._current == rejected:
                await self._refresh()
            return self._current != rejected

    def _is_fresh(self) -> bool:
        return self._now() < self._expires_at - _LEEWAY_SECONDS

    async def _refresh(self) -> None:
        issuer = self._provider.issuer_url
        if not self._refresh_token:
            raise CredentialError(
                f"the id token of {issuer} has expired", hint="log in again: there is no refresh-token"
            )
        try:
            async with asyncio.timeout(_REFRESH_SECONDS):
                tokens = await self._ask(issuer)
        except TimeoutError:
            raise CredentialError(f"{issuer} did not answer within {_REFRESH_SECONDS:g} s") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise CredentialError(f"{issuer} cannot be reached: {type(error).__name__}") from None
        if not tokens.id_token or not (tokens.id_token.isascii() and tokens.id_token.isprintable()):
            raise CredentialError(f"{issuer} answered the refresh without a usable id token")
        self._current = Credential(f"Bearer {tokens.id_token}")
        self._expires_at = token_expiry(tokens.id_token)
        self._refresh_token = tokens.refresh_token or self._refresh_token

    async def _ask(self, issuer: str) -> _Tokens:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trust_of(context, self._provider.ca)
        connector = aiohttp.TCPConnector(ssl=context, limit=2)
        async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
            discovery = f"{issuer}/.well-known/openid-configuration"
            async with session.get(discovery, proxy=self._proxy_url, allow_redirects=False) as response:
                endpoint = _decode(await _body(response, issuer), _Discovery, issuer).token_endpoint
            if not endpoint.startswith("https://") and not (
                endpoint.startswith("http://") and issuer.startswith("http://")
            ):
                raise CredentialError(f"{issuer} names no usable token_endpoint")
            form = {"grant_type": "refresh_token", "refresh_token": self._refresh_token}
            headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
            client_id, secret = self._provider.client_id, self._provider.client_secret
            if secret:
                headers["Authorization"] = basic_authorization(quote(client_id, safe=""), quote(secret, safe=""))
            else:
                form["client_id"] = client_id
            async with session.post(
                endpoint, data=urlencode(form), headers=headers, proxy=self._proxy_url, allow_redirects=False
            ) as response:
                return _decode(await _body(response, issuer), _Tokens, issuer)


async def _body(response: aiohttp.ClientResponse, issuer: str) -> bytes:
    if response.status != 200:
        raise CredentialError(f"{issuer} answered {response.status}", hint="log in again if the session has ended")
    body = await response.content.read(_MAX_ANSWER_BYTES)
    while not response.content.at_eof() and len(body) < _MAX_ANSWER_BYTES:
        body += await response.content.read(_MAX_ANSWER_BYTES - len(body))
    return body


def _decode(body: bytes, what: type[_Answer], issuer: str) -> _Answer:
    try:
        return msgspec.json.decode(body, type=what)
    except (msgspec.MsgspecError, RecursionError):
        raise CredentialError(f"{issuer} sent an unreadable answer") from None


def token_expiry(token: str) -> float:
    """``exp`` of a JWT in Unix seconds; 0, long past, where unreadable. The signature is the server's business."""
    parts = token.split(".")
    if len(parts) != 3:
        return 0.0
    try:
        claims = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        return msgspec.json.decode(claims, type=_Claims).exp
    except (binascii.Error, ValueError, msgspec.MsgspecError, RecursionError):
        return 0.0
