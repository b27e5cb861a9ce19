"""Trust, names and client certificates, against a real TLS server."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from orkestra.client.api import ApiClient
from orkestra.client.auth.credential import Credential
from orkestra.client.config import AuthConfig, ClusterConfig, PemSource
from orkestra.client.errors import ConnectionFailed, CredentialError
from orkestra.client.tls import TlsContexts, build_context
from orkestra.k8s.objects import ObjectKey

from .conftest import CONFIG_MAPS, Certificates, ScriptedServer

KEY = ObjectKey("shop", "web")
Serve = Callable[..., Awaitable[ScriptedServer]]


@pytest.fixture
async def tls_server(serve: Serve, certificates: Certificates) -> ScriptedServer:
    server = await serve(certificates.server_context())
    server.answer({"kind": "ConfigMap"})
    return server


@pytest.fixture
async def naming_server(serve: Serve, certificates: Certificates) -> ScriptedServer:
    """Demands a client certificate and answers with its common name."""
    server = await serve(certificates.server_context(wants_client=True))

    async def handler(request: web.Request) -> web.Response:
        assert request.transport is not None
        subject = request.transport.get_extra_info("peercert")["subject"]
        return web.json_response({"name": subject[0][0][1]})

    server.handler = handler
    return server


def ca_of(certificates: Certificates, name: str = "ca") -> PemSource:
    return PemSource(file=str(certificates.path(f"{name}.crt")))


def user_of(certificates: Certificates, name: str) -> AuthConfig:
    return AuthConfig(
        client_cert=PemSource(file=str(certificates.path(f"{name}.crt"))),
        client_key=PemSource(data=certificates.path(f"{name}.key").read_bytes()),
    )


async def ask(config: ClusterConfig) -> dict[str, object]:
    async with ApiClient(config) as client:
        return await client.get(CONFIG_MAPS, KEY)


async def test_authority_of_the_cluster_is_trusted(tls_server: ScriptedServer, certificates: Certificates) -> None:
    assert await ask(tls_server.config(ca=ca_of(certificates))) == {"kind": "ConfigMap"}


async def test_other_authority_is_not_trusted(tls_server: ScriptedServer, certificates: Certificates) -> None:
    with pytest.raises(ConnectionFailed, match="not trusted") as raised:
        await ask(tls_server.config(ca=ca_of(certificates, "other")))
    assert raised.value.is_sent is False


async def test_system_authorities_apply_without_one(tls_server: ScriptedServer) -> None:
    with pytest.raises(ConnectionFailed, match="not trusted"):
        await ask(tls_server.config())


async def test_server_name_replaces_the_address(tls_server: ScriptedServer, certificates: Certificates) -> None:
    assert await ask(tls_server.config(ca=ca_of(certificates), tls_server_name="api.example"))
    with pytest.raises(ConnectionFailed, match=r"api\.elsewhere"):
        await ask(tls_server.config(ca=ca_of(certificates), tls_server_name="api.elsewhere"))


async def test_verification_can_be_skipped(tls_server: ScriptedServer) -> None:
    assert await ask(tls_server.config(insecure_skip_tls_verify=True))


async def test_leaf_alone_can_anchor_trust(tls_server: ScriptedServer, certificates: Certificates) -> None:
    assert await ask(tls_server.config(ca=ca_of(certificates, "server")))


async def test_client_certificate_is_presented(naming_server: ScriptedServer, certificates: Certificates) -> None:
    config = naming_server.config(ca=ca_of(certificates), auth=user_of(certificates, "alice"))
    assert await ask(config) == {"name": "alice"}


async def test_missing_client_certificate_fails_clearly(
    naming_server: ScriptedServer, certificates: Certificates
) -> None:
    with pytest.raises(ConnectionFailed):
        await ask(naming_server.config(ca=ca_of(certificates)))


async def test_rotated_client_certificate_is_used_for_new_connections(
    naming_server: ScriptedServer, certificates: Certificates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def install(user: str) -> None:
        for end in ("crt", "key"):
            (tmp_path / f"tls.{end}").write_bytes(certificates.path(f"{user}.{end}").read_bytes())

    monkeypatch.setattr("orkestra.client.tls._RECHECK_SECONDS", 0.0)
    cert, key = (PemSource(file=str(tmp_path / f"tls.{end}")) for end in ("crt", "key"))
    config = naming_server.config(ca=ca_of(certificates), auth=AuthConfig(client_cert=cert, client_key=key))
    install("alice")
    async with ApiClient(config) as client:
        first = await client.get(CONFIG_MAPS, KEY)
        install("bob")
        second = await client.get(CONFIG_MAPS, KEY)
    assert (first["name"], second["name"]) == ("alice", "bob")


def test_unchanged_files_keep_the_context(certificates: Certificates) -> None:
    now = 0.0
    contexts = TlsContexts(
        ClusterConfig("https://x", ca=ca_of(certificates), auth=user_of(certificates, "alice")), clock=lambda: now
    )
    first = contexts.context_for(Credential())
    now = 60.0
    assert contexts.context_for(Credential()) is first


def test_half_written_rotation_keeps_the_old_certificate(certificates: Certificates, tmp_path: Path) -> None:
    now = 0.0
    cert, key = tmp_path / "tls.crt", tmp_path / "tls.key"
    cert.write_bytes(certificates.path("alice.crt").read_bytes())
    key.write_bytes(certificates.path("alice.key").read_bytes())
    auth = AuthConfig(client_cert=PemSource(file=str(cert)), client_key=PemSource(file=str(key)))
    contexts = TlsContexts(ClusterConfig("https://x", auth=auth), clock=lambda: now)
    first = contexts.context_for(Credential())
    cert.write_bytes(certificates.path("bob.crt").read_bytes())
    now = 60.0
    assert contexts.context_for(Credential()) is first
    key.write_bytes(certificates.path("bob.key").read_bytes())
    now = 120.0
    assert contexts.context_for(Credential()) is not first


def test_certificate_of_a_plugin_wins_over_the_configured_one(certificates: Certificates) -> None:
    contexts = TlsContexts(ClusterConfig("https://x", auth=user_of(certificates, "alice")))
    plugin = Credential("", certificates.path("bob.crt").read_bytes(), certificates.path("bob.key").read_bytes())
    assert contexts.context_for(plugin) is not contexts.context_for(Credential())


def test_encrypted_key_is_refused_without_asking_for_its_password(certificates: Certificates) -> None:
    auth = AuthConfig(
        client_cert=PemSource(file=str(certificates.path("alice.crt"))),
        client_key=PemSource(file=str(certificates.path("alice.encrypted.key"))),
    )
    with pytest.raises(CredentialError, match="unencrypted PEM key"):
        build_context(ClusterConfig("https://x", auth=auth), Credential())


@pytest.mark.parametrize(
    "data", [b"not pem", b"\xff\xfe", b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----"]
)
def test_unusable_authority_is_refused(data: bytes) -> None:
    with pytest.raises(CredentialError, match="no usable PEM certificate"):
        build_context(ClusterConfig("https://x", ca=PemSource(data=data)), Credential())


def test_key_of_another_certificate_is_refused(certificates: Certificates) -> None:
    auth = AuthConfig(
        client_cert=PemSource(file=str(certificates.path("alice.crt"))),
        client_key=PemSource(file=str(certificates.path("bob.key"))),
    )
    with pytest.raises(CredentialError, match=r"alice\.crt cannot be used"):
        build_context(ClusterConfig("https://x", auth=auth), Credential())


def test_key_never_rests_in_a_temporary_folder(
    certificates: Certificates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    build_context(ClusterConfig("https://x", auth=user_of(certificates, "alice")), Credential())
    assert list(tmp_path.iterdir()) == []


async def test_tls_buffers_are_bounded(tls_server: ScriptedServer, certificates: Certificates) -> None:
    await ask(tls_server.config(ca=ca_of(certificates)))
    assert asyncio.sslproto.SSLProtocol.max_size <= 64 * 1024


async def test_tls_goes_through_a_connect_proxy(tls_server: ScriptedServer, certificates: Certificates) -> None:
    asked: list[bytes] = []

    async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                target.write(data)
                await target.drain()
        except ConnectionError:
            pass
        finally:
            target.close()

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        asked.append(head)
        host, _, port = head.split()[1].decode().partition(":")
        upstream_reader, upstream_writer = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(pump(reader, upstream_writer), pump(upstream_reader, writer))

    listener = await asyncio.start_server(proxy, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    config = tls_server.config(ca=ca_of(certificates), proxy_url=f"http://me:hunter2@127.0.0.1:{port}")
    assert await ask(config) == {"kind": "ConfigMap"}
    listener.close()
    assert asked[0].startswith(b"CONNECT 127.0.0.1:")
    assert b"Proxy-Authorization: Basic " in asked[0]


async def test_proxy_that_refuses_is_named_without_its_password(tls_server: ScriptedServer) -> None:
    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    listener = await asyncio.start_server(proxy, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    with pytest.raises(ConnectionFailed, match=r"proxy refused.*407") as raised:
        await ask(tls_server.config(proxy_url=f"http://me:hunter2@127.0.0.1:{port}"))
    listener.close()
    assert "hunter2" not in str(raised.value)


def test_minimum_protocol_is_tls_1_2(certificates: Certificates) -> None:
    context = build_context(ClusterConfig("https://x", ca=ca_of(certificates)), Credential())
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
