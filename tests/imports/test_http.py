"""Imports over HTTP: what comes, and what a bad server cannot do."""

from __future__ import annotations

import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from orkestra.katalog import load
from orkestra.katalog.compose import Auth, FetchError, Reference
from orkestra.katalog.compose.imports import fetcher
from orkestra.katalog.compose.imports.bounds import Bounds
from orkestra.katalog.compose.lock import Lock, Pin
from tests.imports.servers import Answer, files, reply, serving
from tests.unit.katalog.compose.trees import entry, katalog, komposer, write

TIGHT = Bounds(seconds=0.6, bytes=100_000, files=10, redirects=3)
PATIENT = replace(TIGHT, seconds=60)
SECRET = "s3cr3t-value"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"XDG_CACHE_HOME": str(tmp_path / "cache"), "TOKEN": SECRET, "HOME": str(tmp_path)}


def refused(answer: Answer, environ: dict[str, str], auth: Auth, bounds: Bounds) -> str:
    with serving(answer) as (url, _), pytest.raises(FetchError) as caught:
        fetcher(environ, bounds=bounds)(Reference("http", f"{url}/base.yaml", auth=auth))
    assert SECRET not in str(caught.value) + caught.value.hint
    return str(caught.value)


def test_a_komposer_takes_a_katalog_from_a_url(tmp_path: Path, environ: dict[str, str]) -> None:
    with serving(files(**{"base.yaml": katalog(entry("Site")).encode()})) as (url, seen):
        write(
            tmp_path, komposer=komposer(f"imports: {{files: [{{url: '{url}/base.yaml', auth: {{fromEnv: TOKEN}}}}]}}\n")
        )
        found, findings = load(tmp_path / "komposer.yaml", root=tmp_path, fetch=fetcher(environ))
        assert found is not None, findings
    assert [box.name for box in found.boxes] == ["site"]
    assert seen[0][1]["authorization"] == f"Bearer {SECRET}"


def test_findings_in_what_came_name_the_url(tmp_path: Path, environ: dict[str, str]) -> None:
    with serving(files(**{"base.yaml": katalog(entry("Site", "reconciler: {worker: 1}")).encode()})) as (url, _):
        write(tmp_path, komposer=komposer(f"imports: {{files: ['{url}/base.yaml']}}\n"))
        _, findings = load(tmp_path / "komposer.yaml", root=tmp_path, fetch=fetcher(environ))
        assert [(f.code, f.file) for f in findings] == [("ORK1101", f"{url}/base.yaml")]


def test_what_is_fetched_names_no_other_files(tmp_path: Path, environ: dict[str, str]) -> None:
    text = katalog("site: {crdFile: crd.yaml}\npage: {crdFile: ../../etc/passwd}\n")
    with serving(files(**{"base.yaml": text.encode()})) as (url, seen):
        write(tmp_path, komposer=komposer(f"imports: {{files: ['{url}/base.yaml']}}\n"))
        _, findings = load(tmp_path / "komposer.yaml", root=tmp_path, fetch=fetcher(environ))
    assert [f.code for f in findings] == ["ORK1016", "ORK1112"]
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("auth", "expected"),
    [("bearer", f"Bearer {SECRET}"), ("github", f"Bearer {SECRET}"), ("basic", "Basic czNjcjN0LXZhbHVl")],
)
def test_credentials_go_to_their_host_alone(auth: str, expected: str, environ: dict[str, str]) -> None:
    with (
        serving(lambda handler: reply(handler, b"kind: x\n")) as (other, there),
        serving(lambda handler: reply(handler, status=302, Location=f"{other}/moved.yaml")) as (url, here),
    ):
        fetcher(environ)(Reference("http", f"{url}/a.yaml", auth=Auth(auth, "TOKEN")))  # type: ignore[arg-type]
    assert here[0][1]["authorization"] == expected
    assert there[0][0] == "/moved.yaml"
    assert "authorization" not in there[0][1]


def test_a_variable_that_is_not_set_is_told(environ: dict[str, str]) -> None:
    with pytest.raises(FetchError, match="the environment variable NOPE is not set"):
        fetcher(environ)(Reference("http", "http://127.0.0.1:9/a", auth=Auth("bearer", "NOPE")))


def _drip(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b"x")
        time.sleep(0.05)


def _endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(1_000):
        handler.wfile.write(b"x" * 65536)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda handler: reply(handler, status=404), "answers 404"),
        (lambda handler: reply(handler, status=500), "answers 500"),
        (lambda handler: reply(handler, status=302, Location="/again"), "more than 3 redirects"),
        (lambda handler: reply(handler, status=302, Location="file:///etc/passwd"), "not HTTP"),
        (lambda handler: handler.wfile.write(b"\x00\xff garbage\r\n\r\n"), "no HTTP"),
        (lambda handler: time.sleep(1.0), "no whole answer within 0.6 s"),
        (_drip, "no whole answer within 0.6 s"),
        (_endless, "larger than"),
    ],
    ids=["404", "500", "loop", "file", "garbage", "silent", "drip", "endless"],
)
def test_bad_servers_are_told_and_bounded(answer: Answer, message: str, environ: dict[str, str]) -> None:
    began = time.monotonic()
    bounds = TIGHT if "within" in message else PATIENT
    assert message in refused(answer, environ, Auth("bearer", "TOKEN"), bounds)
    assert time.monotonic() - began < 20


def test_nobody_there(environ: dict[str, str]) -> None:
    with pytest.raises(FetchError, match="cannot be reached"):
        fetcher(environ, bounds=PATIENT)(Reference("http", "http://127.0.0.1:1/a.yaml"))


def test_what_a_lock_pins_comes_from_the_cache_and_nothing_else(environ: dict[str, str]) -> None:
    content = [b"kind: one\n"]
    with serving(lambda handler: reply(handler, content[0])) as (url, seen):
        reference = Reference("http", f"{url}/a.yaml")
        first = fetcher(environ)(reference)
        lock = Lock({reference.label: Pin(first.digest)})
        content[0] = b"kind: two\n"
        assert fetcher(environ, lock=lock)(reference).files == first.files
        assert len(seen) == 1
        for kept in (Path(environ["XDG_CACHE_HOME"]) / "orkestra" / "imports").iterdir():
            kept.write_text(kept.read_text().replace("a2luZDogb25l", "a2luZDogVFdP"))
        with pytest.raises(FetchError, match=r"is not what komposer\.lock pins") as caught:
            fetcher(environ, lock=lock)(reference)
        assert caught.value.number == 2012
        with pytest.raises(FetchError, match=r"is not in komposer\.lock") as caught:
            fetcher(environ, lock=Lock(), is_locked=True)(reference)
        assert caught.value.number == 2011
