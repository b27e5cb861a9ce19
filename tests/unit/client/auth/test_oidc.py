"""The oidc provider against a small issuer."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from urllib.parse import parse_qs

import msgspec
import pytest
from aiohttp import web

from orkestra.client.auth.oidc import OidcAuthenticator, token_expiry
from orkestra.client.config import OidcProvider
from orkestra.client.errors import CredentialError

from ..conftest import ScriptedServer  # noqa: TID252 -- the fixtures of the folder above


def jwt(expires_at: float) -> str:
    claims = base64.urlsafe_b64encode(msgspec.json.encode({"exp": expires_at})).decode().rstrip("=")
    return f"e30.{claims}.c2ln"


class Issuer:
    """Serves discovery and a token endpoint; each refresh gives a token that lives 100 s longer."""

    def __init__(self, server: ScriptedServer) -> None:
        self.server = server
        self.tokens = [jwt(2000), jwt(3000)]
        self.refresh_tokens: list[str] = []
        self.provider = OidcProvider(server.url, "ork", "s3cret", id_token=jwt(1000), refresh_token="r1")
        server.handler = self.handle

    async def handle(self, request: web.Request) -> web.Response:
        if request.path == "/.well-known/openid-configuration":
            return web.json_response({"token_endpoint": f"{self.server.url}/token"})
        self.refresh_tokens += parse_qs(self.server.seen[-1].body.decode())["refresh_token"]
        return web.json_response({"id_token": self.tokens.pop(0), "refresh_token": "r2"})


@pytest.fixture
def issuer(server: ScriptedServer) -> Issuer:
    return Issuer(server)


async def test_fresh_token_asks_nobody(issuer: Issuer) -> None:
    authenticator = OidcAuthenticator(issuer.provider, now=lambda: 900)
    assert (await authenticator.credential()).authorization == f"Bearer {jwt(1000)}"
    assert issuer.server.seen == []


async def test_token_is_refreshed_shortly_before_it_expires(issuer: Issuer) -> None:
    now = 991.0
    authenticator = OidcAuthenticator(issuer.provider, now=lambda: now)
    found = await asyncio.gather(*(authenticator.credential() for _ in range(3)))
    assert {credential.authorization for credential in found} == {f"Bearer {jwt(2000)}"}
    now = 1995.0
    await authenticator.credential()
    assert issuer.refresh_tokens == ["r1", "r2"]


async def test_client_authenticates_with_its_secret(issuer: Issuer) -> None:
    await OidcAuthenticator(issuer.provider, now=lambda: 1000).credential()
    assert issuer.server.seen[-1].headers["Authorization"] == "Basic b3JrOnMzY3JldA=="


async def test_public_client_names_itself(issuer: Issuer) -> None:
    await OidcAuthenticator(replace(issuer.provider, client_secret=""), now=lambda: 1000).credential()
    assert parse_qs(issuer.server.seen[-1].body.decode())["client_id"] == ["ork"]
    assert "Authorization" not in issuer.server.seen[-1].headers


async def test_rejected_token_is_refreshed(issuer: Issuer) -> None:
    authenticator = OidcAuthenticator(issuer.provider, now=lambda: 900)
    assert await authenticator.renew(await authenticator.credential())
    assert (await authenticator.credential()).authorization == f"Bearer {jwt(2000)}"


async def test_without_refresh_token_a_new_login_is_needed(issuer: Issuer) -> None:
    with pytest.raises(CredentialError, match="log in again"):
        await OidcAuthenticator(replace(issuer.provider, refresh_token=""), now=lambda: 1000).credential()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((400, {"error": "invalid_grant"}), "answered 400"),
        ({"token_endpoint": "file:///etc/passwd"}, "no usable token_endpoint"),
        ({"token_endpoint": 5}, "unreadable answer"),
        ([], "unreadable answer"),
    ],
)
async def test_unusable_issuer_is_told(issuer: Issuer, answer: object, expected: str) -> None:
    issuer.server.answer(answer)
    with pytest.raises(CredentialError, match=expected):
        await OidcAuthenticator(issuer.provider, now=lambda: 1000).credential()


async def test_issuer_that_is_down_is_told() -> None:
    provider = OidcProvider("http://127.0.0.1:1", "ork", refresh_token="r")
    with pytest.raises(CredentialError, match="cannot be reached"):
        await OidcAuthenticator(provider).credential()


@pytest.mark.parametrize("token", ["", "a.b", "a.!!.c", "a.bm90IGpzb24.c", f"{jwt(5)}.d"])
def test_unreadable_token_counts_as_expired(token: str) -> None:
    assert token_expiry(token) == 0


def test_expiry_is_read_from_the_claims() -> None:
    assert token_expiry(jwt(1234)) == 1234
