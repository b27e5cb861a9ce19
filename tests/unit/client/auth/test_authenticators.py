from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web

from orkestra.client.api import ApiClient
from orkestra.client.auth.authenticators import TokenFileAuthenticator, authenticator_for
from orkestra.client.auth.credential import Credential
from orkestra.client.config import AuthConfig, ClusterConfig
from orkestra.client.errors import CredentialError
from orkestra.k8s.objects import ObjectKey

from ..conftest import CONFIG_MAPS, ScriptedServer  # noqa: TID252 -- the fixtures of the folder above


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("auth", "header"),
    [
        (AuthConfig(), ""),
        (AuthConfig(token="t"), "Bearer t"),
        (AuthConfig(username="me", password="pässword"), "Basic bWU6cMOkc3N3b3Jk"),
    ],
)
async def test_fixed_credentials(auth: AuthConfig, header: str) -> None:
    authenticator = authenticator_for(ClusterConfig("https://x", auth=auth))
    assert (await authenticator.credential()).authorization == header
    assert not await authenticator.renew(Credential(header))


async def test_token_file_is_read_again_every_minute(tmp_path: Path) -> None:
    file, clock = tmp_path / "token", Clock()
    file.write_text("one\n")
    authenticator = TokenFileAuthenticator(str(file), clock=clock)
    assert (await authenticator.credential()).authorization == "Bearer one"
    file.write_text("two")
    clock.now = 59
    assert (await authenticator.credential()).authorization == "Bearer one"
    clock.now = 61
    assert (await authenticator.credential()).authorization == "Bearer two"


async def test_token_file_wins_over_a_token(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("file")
    config = ClusterConfig("https://x", auth=AuthConfig(token="inline", token_file=str(tmp_path / "token")))
    assert (await authenticator_for(config).credential()).authorization == "Bearer file"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a\nb", b"x" * 100_000])
async def test_unusable_token_file_keeps_the_last_token(tmp_path: Path, content: bytes) -> None:
    file, clock = tmp_path / "token", Clock()
    file.write_text("one")
    authenticator = TokenFileAuthenticator(str(file), clock=clock)
    await authenticator.credential()
    file.write_bytes(content)
    clock.now = 61
    assert (await authenticator.credential()).authorization == "Bearer one"


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"a\nb"])
async def test_token_file_that_never_was_usable_is_an_error(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CredentialError, match="cannot read the token file"):
        await TokenFileAuthenticator(str(file)).credential()


async def test_rejected_token_is_replaced_from_its_file_once(server: ScriptedServer, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("old")
    config = server.config(auth=AuthConfig(token_file=str(tmp_path / "token")))
    unauthorized = (401, {"kind": "Status", "reason": "Unauthorized", "code": 401})
    server.answer({"kind": "ConfigMap"}, unauthorized, {"kind": "ConfigMap"})
    async with ApiClient(config) as client:
        await client.get(CONFIG_MAPS, ObjectKey("shop", "web"))
        (tmp_path / "token").write_text("new")
        await client.get(CONFIG_MAPS, ObjectKey("shop", "web"))
    assert [seen.headers["Authorization"] for seen in server.seen] == ["Bearer old", "Bearer old", "Bearer new"]


async def test_watch_replaces_a_rejected_token_too(server: ScriptedServer, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("old")
    config = server.config(auth=AuthConfig(token_file=str(tmp_path / "token")))

    async def handler(request: web.Request) -> web.Response:
        if request.headers["Authorization"] == "Bearer old":
            (tmp_path / "token").write_text("new")
            return web.json_response({"kind": "Status", "code": 401}, status=401)
        return web.Response(body=b'{"type":"ADDED","object":{"metadata":{"name":"web"}}}\n')

    server.handler = handler
    async with ApiClient(config) as client:
        events = [event.meta.name async for event in client.watch(CONFIG_MAPS, resource_version="7")]
    assert events == ["web"]
