"""Exec plugins, run for real: small shell scripts in a temporary folder."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from orkestra.client.auth.execcredential import decode_credential, exec_info
from orkestra.client.auth.execplugin import ExecAuthenticator, run_plugin
from orkestra.client.config import ClusterConfig, ExecPlugin, PemSource
from orkestra.client.errors import CredentialError

V1 = "client.authentication.k8s.io/v1"
CONFIG = ClusterConfig("https://api.example:6443", ca=PemSource(data=b"pem"), tls_server_name="api")
Script = Callable[..., ExecPlugin]


def credential_json(**status: str) -> str:
    return msgspec.json.encode({"kind": "ExecCredential", "apiVersion": V1, "status": status}).decode()


@pytest.fixture
def script(tmp_path: Path) -> Script:
    def write(body: str, **fields: object) -> ExecPlugin:
        path = tmp_path / "login"
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o700)
        return replace(ExecPlugin(V1, str(path), interactive_mode="Never"), **fields)  # type: ignore[arg-type]  # any field

    return write


async def test_token_of_the_plugin_is_kept(script: Script, tmp_path: Path) -> None:
    plugin = script(f"echo run >> {tmp_path}/runs; echo '{credential_json(token='t0ken')}'")
    authenticator = ExecAuthenticator(plugin, CONFIG)
    found = await asyncio.gather(*(authenticator.credential() for _ in range(5)))
    assert {credential.authorization for credential in found} == {"Bearer t0ken"}
    assert (tmp_path / "runs").read_text() == "run\n"


async def test_expired_credential_runs_the_plugin_again(script: Script, tmp_path: Path) -> None:
    answer = credential_json(token="t", expirationTimestamp="2026-01-01T00:00:00Z")
    now = 1767225600.0 - 60
    authenticator = ExecAuthenticator(script(f"echo run >> {tmp_path}/runs; echo '{answer}'"), CONFIG, now=lambda: now)
    await authenticator.credential()
    await authenticator.credential()
    assert (tmp_path / "runs").read_text() == "run\n"
    now += 61
    await authenticator.credential()
    assert (tmp_path / "runs").read_text() == "run\nrun\n"


async def test_rejected_credential_runs_the_plugin_once_for_all(script: Script, tmp_path: Path) -> None:
    plugin = script(
        f"echo run >> {tmp_path}/runs; n=$(wc -l < {tmp_path}/runs); "
        f"echo '{credential_json(token='tNUMBER')}' | sed \"s/NUMBER/$n/\""
    )
    authenticator = ExecAuthenticator(plugin, CONFIG)
    rejected = await authenticator.credential()
    assert await asyncio.gather(*(authenticator.renew(rejected) for _ in range(3))) == [True, True, True]
    assert (await authenticator.credential()).authorization == "Bearer t2"


async def test_plugin_gets_arguments_environment_and_cluster(script: Script, tmp_path: Path) -> None:
    plugin = script(
        f'printf "%s|" "$@" > {tmp_path}/args; echo "$REGION" > {tmp_path}/region;'
        f"echo \"$KUBERNETES_EXEC_INFO\" > {tmp_path}/info; echo '{credential_json(token='t')}'",
        args=("a b", "$(touch pwned)"),
        env=(("REGION", "eu"),),
        provide_cluster_info=True,
        cluster_extension={"audience": "x"},
    )
    await ExecAuthenticator(plugin, CONFIG).credential()
    assert (tmp_path / "args").read_text() == "a b|$(touch pwned)|"
    assert (tmp_path / "region").read_text() == "eu\n"
    assert msgspec.json.decode((tmp_path / "info").read_bytes()) == {
        "kind": "ExecCredential",
        "apiVersion": V1,
        "spec": {
            "interactive": False,
            "cluster": {
                "server": "https://api.example:6443",
                "tls-server-name": "api",
                "certificate-authority-data": "cGVt",
                "config": {"audience": "x"},
            },
        },
    }


def test_cluster_is_told_only_on_request() -> None:
    info = exec_info(ExecPlugin(V1, "login", interactive_mode="Never"), CONFIG)
    assert info["spec"] == {"interactive": False}


async def test_client_certificate_of_the_plugin(script: Script) -> None:
    plugin = script(f"echo '{credential_json(clientCertificateData='CERT', clientKeyData='KEY')}'")
    found = await ExecAuthenticator(plugin, CONFIG).credential()
    assert (found.authorization, found.client_cert, found.client_key) == ("", b"CERT", b"KEY")


async def test_missing_plugin_gives_its_install_hint() -> None:
    plugin = ExecPlugin(V1, "no-such-plugin", install_hint="brew install it", interactive_mode="Never")
    with pytest.raises(CredentialError, match=r"not installed \(brew install it\)"):
        await ExecAuthenticator(plugin, CONFIG).credential()


async def test_failing_plugin_says_its_last_words(script: Script) -> None:
    plugin = script("echo one >&2; echo 'session expired' >&2; exit 3")
    with pytest.raises(CredentialError, match="exit code 3: session expired"):
        await ExecAuthenticator(plugin, CONFIG).credential()


async def test_failure_is_remembered_for_a_moment(script: Script, tmp_path: Path) -> None:
    now = 100.0
    authenticator = ExecAuthenticator(script(f"echo run >> {tmp_path}/runs; exit 1"), CONFIG, now=lambda: now)
    for _ in range(3):
        with pytest.raises(CredentialError):
            await authenticator.credential()
    assert (tmp_path / "runs").read_text() == "run\n"
    now += 10
    with pytest.raises(CredentialError):
        await authenticator.credential()
    assert (tmp_path / "runs").read_text() == "run\nrun\n"


async def test_plugin_that_hangs_is_ended_with_its_children(script: Script, tmp_path: Path) -> None:
    plugin = script(f"sleep 300 & echo $! > {tmp_path}/child; wait")
    with pytest.raises(CredentialError, match=r"within 0\.3 s"):
        await ExecAuthenticator(plugin, CONFIG, run_seconds=0.3).credential()
    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 5
    while is_running(child):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


async def test_endless_output_is_bounded(script: Script) -> None:
    with pytest.raises(CredentialError, match="printed more than"):
        await ExecAuthenticator(script("yes"), CONFIG, run_seconds=10).credential()


async def test_talkative_plugin_is_heard_out(script: Script) -> None:
    plugin = script(f"head -c 3000000 /dev/zero >&2; echo '{credential_json(token='t')}'")
    assert (await ExecAuthenticator(plugin, CONFIG, run_seconds=10).credential()).authorization == "Bearer t"


async def test_plugin_that_needs_a_terminal_is_refused_without_one(script: Script) -> None:
    plugin = script("exit 0", interactive_mode="Always")
    with pytest.raises(CredentialError, match="needs a terminal"):
        await run_plugin(plugin, {"spec": {"interactive": False}})


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("", "did not print an ExecCredential"),
        ("s3cret", "did not print an ExecCredential"),
        ('{"kind":"Pod"}', "another version"),
        ('{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1"}', "another version"),
        (credential_json(), "neither a token nor a certificate"),
        (credential_json(clientKeyData="k"), "without its key, or the reverse"),
        (credential_json(token="s3cret\r\nX: y"), "cannot be sent"),
        (credential_json(token="s3cret", expirationTimestamp="soon"), "unreadable expirationTimestamp"),
    ],
)
def test_unusable_answer_is_told_without_repeating_it(output: str, expected: str) -> None:
    with pytest.raises(CredentialError, match=expected) as raised:
        decode_credential(output.encode(), ExecPlugin(V1, "login"))
    assert "s3cret" not in str(raised.value)
