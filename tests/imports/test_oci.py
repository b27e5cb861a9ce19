"""Imports from an OCI registry, against a small one made here."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from orkestra.katalog import load
from orkestra.katalog.compose import FetchError, Reference
from orkestra.katalog.compose.imports import fetcher
from orkestra.katalog.compose.imports.bounds import Bounds
from tests.imports.servers import Answer, reply, serving
from tests.unit.katalog.compose.trees import entry, katalog, komposer, motif, write


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def tar(**contents: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in contents.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("link.yaml")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        archive.addfile(link)
    return out.getvalue()


def registry(layer: bytes, *, token: str = "", manifest: bytes | None = None, lies: bool = False) -> Answer:
    kind = "application/vnd.oci.image.layer.v1.tar+gzip"
    made = json.dumps({"schemaVersion": 2, "layers": [{"mediaType": kind, "digest": digest(layer)}]}).encode()
    body = made if manifest is None else manifest

    def answer(handler: BaseHTTPRequestHandler) -> None:
        host = handler.headers["Host"]
        if handler.path.startswith("/token"):
            reply(handler, json.dumps({"token": token}).encode())
        elif token and handler.headers.get("Authorization") != f"Bearer {token}":
            challenge = f'Bearer realm="http://{host}/token",service="s",scope="repository:p/site:pull"'
            reply(handler, b"", 401, WWW_Authenticate=challenge)
        elif "/manifests/" in handler.path:
            reply(handler, body)
        elif "/blobs/" in handler.path:
            reply(handler, layer[:-1] + b"x" if lies else layer)
        else:
            reply(handler, b"", 404)

    return answer


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}


def test_a_katalog_and_a_motif_of_a_registry(
    tmp_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = tar(**{
        "katalog.yaml": katalog(entry("Site", "status: {include: status.yaml}")).encode(),
        "status.yaml": b"fields: [{path: phase, value: x}]\n",
        "motif.yaml": motif("resources: {services: [{port: 80}]}\n").encode(),
        "../out.yaml": b"a: 1\n",
    })  # fmt: skip
    with serving(registry(layer, token="t0ken")) as (url, seen):
        host = url.removeprefix("http://")
        monkeypatch.setenv("ORK_MOTIFS_REGISTRY", f"{host}/p")
        write(
            tmp_path / "own",
            komposer=komposer(
                f"imports: {{registry: [{{oci: '{host}/p', katalog: {{site: {{version: v1}}}}}}]}}\n"
                "spec: {crds: {site: {imports: [{motif: web, oci: true, version: v2}]}}}\n"
            ),
        )
        found, findings = load(tmp_path / "own" / "komposer.yaml", root=tmp_path, fetch=fetcher(environ))
        assert found is not None, findings
    assert [e.kind for e in found.boxes[0].on_reconcile.entries] == ["services"]
    assert {path for path, _ in seen if "manifests" in path} == {"/v2/p/site/manifests/v1", "/v2/p/web/manifests/v2"}


def test_what_docker_login_kept_is_sent_for_its_host(tmp_path: Path, environ: dict[str, str]) -> None:
    layer = tar(**{"katalog.yaml": b"kind: Katalog\n"})
    kept = base64.b64encode(b"user:pass").decode()
    with serving(registry(layer)) as (url, seen):
        host = url.removeprefix("http://")
        (tmp_path / ".docker").mkdir()
        (tmp_path / ".docker" / "config.json").write_text(json.dumps({"auths": {host: {"auth": kept}}}))
        artifact = fetcher(environ)(Reference("oci", f"{host}/p/site:v1", wanted=("katalog.yaml",)))
    assert sorted(artifact.files) == ["katalog.yaml"]
    assert {headers["authorization"] for _, headers in seen} == {f"Basic {kept}"}


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (registry(b"", manifest=b"<html>"), "no manifest"),
        (registry(b"", manifest=b"[" * 100_000), "no manifest"),
        (registry(b"", manifest=b'{"layers": [{"digest": "../../x"}]}'), "no manifest"),
        (registry(tar(**{"katalog.yaml": b"a"}), lies=True), "not of the digest"),
        (registry(b"no archive at all"), "not a tar archive"),
        (registry(tar(**{"other.yaml": b"a"})), "has none of katalog.yaml"),
        (registry(tar(**{f"f{n}": b"" for n in range(50)})), "more than 10 files"),
        (registry(tar(zeros=b"\0" * 5_000_000)), "more than 10 files or"),
        (lambda handler: reply(handler, b"", 503), "answers 503"),
    ],
    ids=["html", "deep", "digest", "lies", "garbage", "other", "many", "bomb", "503"],
)
def test_bad_registries_are_told(answer: Answer, message: str, environ: dict[str, str]) -> None:
    bounds = Bounds(seconds=60, bytes=1_000_000, files=10)
    with serving(answer) as (url, _), pytest.raises(FetchError, match=message):
        reference = Reference("oci", f"{url.removeprefix('http://')}/p/site:v1", wanted=("katalog.yaml",))
        fetcher(environ, bounds=bounds)(reference)
