"""Servers that are slow, endless or full of traps: every import ends soon, small, and with words."""

from __future__ import annotations

import gzip
import json
import random
import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from orkestra.katalog import load
from orkestra.katalog.compose import FetchError, Reference
from orkestra.katalog.compose.imports import fetcher
from orkestra.katalog.compose.imports.artifacts import files_of_tar
from orkestra.katalog.compose.imports.bounds import Bounds
from tests.imports.servers import Answer, files, reply, serving
from tests.imports.test_http import _drip, _endless
from tests.imports.test_oci import digest, tar
from tests.unit.cli.test_hostile_input import validate
from tests.unit.katalog.compose.trees import HEAD, komposer, write

SHORT = Bounds(seconds=0.5, bytes=1_000_000, files=10)
INDEX_BOMB = "a: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return {"XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path), "PATH": "/usr/local/bin:/usr/bin:/bin"}


def registry(part: str, answer: Answer, layers: int = 1) -> Answer:
    """A registry that answers as told where its path has ``part``, and is slow to nobody else."""
    blobs = {digest(data): data for data in (tar(**{f"f{n}.yaml": b"a"}) for n in range(layers))}
    kind = "application/vnd.oci.image.layer.v1.tar+gzip"
    manifest = json.dumps({"layers": [{"mediaType": kind, "digest": each} for each in blobs]}).encode()

    def reply_or_not(handler: BaseHTTPRequestHandler) -> None:
        if part in handler.path:
            answer(handler)
        elif "/manifests/" in handler.path:
            reply(handler, manifest)
        else:
            reply(handler, blobs[handler.path.rpartition("/")[2]])

    return reply_or_not


def _sleepy(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(2)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (registry("manifests", _drip), "no whole answer within 0.5 s"),
        (registry("blobs", _drip), "no whole answer within 0.5 s"),
        (registry("manifests", _sleepy), "no whole answer within 0.5 s"),
        (registry("manifests", _endless), "larger than 0 MiB"),
        (registry("blobs", _endless), "larger than 0 MiB"),
        (registry("blobs", lambda handler: reply(handler, b"x" * 999_999)), "not of the digest"),
    ],
)
def test_registries_that_are_slow_or_endless(answer: Answer, message: str, environ: dict[str, str]) -> None:
    began = time.monotonic()
    with serving(answer) as (url, _), pytest.raises(FetchError, match=message):
        reference = Reference("oci", f"{url.removeprefix('http://')}/p/site:v1", wanted=("katalog.yaml",))
        fetcher(environ, bounds=SHORT if "within" in message else replace(SHORT, seconds=60))(reference)
    assert time.monotonic() - began < 20


def test_the_time_of_an_import_is_that_of_all_its_requests(environ: dict[str, str]) -> None:
    asked: list[str] = []
    served = registry("nothing", _drip, layers=9)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        if "/blobs/" in handler.path:
            time.sleep(0.6)
        served(handler)

    began = time.monotonic()
    with serving(answer) as (url, _), pytest.raises(FetchError, match=r"no whole answer within 2 s"):
        reference = Reference("oci", f"{url.removeprefix('http://')}/p/site:v1", wanted=("katalog.yaml",))
        fetcher(environ, bounds=replace(SHORT, seconds=2.0))(reference)
    assert time.monotonic() - began < 5, "nine layers of 0.6 s each"
    assert len(asked) <= 6


def test_a_git_server_that_never_answers(environ: dict[str, str]) -> None:
    began = time.monotonic()
    with serving(_sleepy) as (url, _), pytest.raises(FetchError, match=r"git did not end within 0\.5 s"):
        fetcher(environ, bounds=SHORT)(Reference("git", f"{url}/a.git", {"branch": "main"}, ("katalog.yaml",)))
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    "index", [INDEX_BOMB.encode(), b"entries: " + b"[" * 100_000, b"\x00\xff\xfe", b"entries: {shop: 3}"]
)
def test_indexes_of_charts_that_are_traps(index: bytes, environ: dict[str, str]) -> None:
    began = time.process_time()
    with serving(files(**{"index.yaml": index})) as (url, _), pytest.raises(FetchError, match="has no chart shop"):
        fetcher(environ, bounds=replace(SHORT, seconds=60))(
            Reference("helm", url, {"chart": "shop", "version": "1.0.0"})
        )
    assert time.process_time() - began < 2


def test_an_endless_chain_of_komposers_ends(tmp_path: Path, environ: dict[str, str]) -> None:
    """Each version names the next: the digest differs every time, so that only the depth tells."""
    contents: dict[str, bytes] = {}

    def answer(handler: BaseHTTPRequestHandler) -> None:
        host, last = handler.headers["Host"], handler.path.rpartition("/")[2]
        if "/manifests/" in handler.path:
            number = int(last.removeprefix("v"))
            layer = tar(**{"komposer.yaml": importing(row(host, number + 1)).encode()})
            contents[digest(layer)] = layer
            kind = "application/vnd.oci.image.layer.v1.tar+gzip"
            reply(handler, json.dumps({"layers": [{"mediaType": kind, "digest": digest(layer)}]}).encode())
        else:
            reply(handler, contents[last])

    def importing(row: str) -> str:
        return komposer(f"imports: {{registry: [{row}]}}\n")

    def row(host: str, number: int) -> str:
        return f"{{oci: {host}/p, useKomposer: true, katalog: {{next: {{version: v{number}}}}}}}"

    with serving(answer) as (url, seen):
        host = url.removeprefix("http://")
        write(
            tmp_path, komposer=f"{HEAD}kind: Komposer\nmetadata: {{name: a}}\nimports: {{registry: [{row(host, 1)}]}}\n"
        )
        found, findings = load(tmp_path / "komposer.yaml", root=tmp_path, fetch=fetcher(environ))
    assert found is None
    assert "ORK2005" in {each.code for each in findings}, findings
    assert len(seen) < 100


def test_the_whole_command_stays_small(tmp_path: Path, environ: dict[str, str]) -> None:
    with serving(registry("blobs", _endless)) as (there, _), serving(_endless) as (url, _):
        host = there.removeprefix("http://")
        write(
            tmp_path,
            komposer=f"{HEAD}kind: Komposer\nmetadata: {{name: a}}\nimports:\n"
            f"  files: ['{url}/a.yaml', '{url}/b.yaml', '{url}/c.yaml']\n"
            f"  registry: [{{oci: {host}/p, katalog: {{one: {{version: v1}}}}}}]\n",
        )
        told = validate(tmp_path, "komposer.yaml")
    assert told.count("the answer is larger than 32 MiB") == 4, told


def test_spoilt_archives_are_files_or_an_error() -> None:
    whole = tar(**{f"f{n}.yaml": b"kind: Katalog\n" * 50 for n in range(5)})
    for seed in range(1000):
        chance = random.Random(seed)
        spoilt = bytearray(whole if seed % 2 else gzip.decompress(whole))
        for _ in range(chance.randint(1, 8)):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        try:
            found = files_of_tar(bytes(spoilt[: chance.choice((None, chance.randrange(len(spoilt))))]), "it", SHORT)
        except FetchError as error:
            assert re.search("not a tar archive|more than 10 files", str(error)), seed
        else:
            assert all(isinstance(data, bytes) and not path.startswith(("/", "..")) for path, data in found.items())


def test_revisions_of_git_are_bounded_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from orkestra.cli import cli

    monkeypatch.chdir(tmp_path)
    contents: dict[str, Callable[[], bytes]] = {
        "large.yaml": lambda: HEAD.encode() + b"# " + b"x" * (9 << 20),
        "nul.yaml": lambda: HEAD.encode() + b"a: \x00\n",
        "latin.yaml": lambda: HEAD.encode() + b"a: \xe9\n",
        "bomb.yaml": lambda: f"{HEAD}kind: Katalog\nmetadata: {{name: a}}\n{INDEX_BOMB}".encode(),
    }
    for name, made in contents.items():
        (tmp_path / name).write_bytes(made())
    settings = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
        subprocess.run(["git", *settings, *arguments], check=True, capture_output=True)
    words = {"large.yaml": "larger than 8 MiB", "nul.yaml": "ORK1011", "latin.yaml": "ORK1010", "bomb.yaml": "ORK1006"}
    for name, word in words.items():
        result = CliRunner().invoke(cli, ["diff", f"git:HEAD:{name}", name])
        assert result.exit_code == 2
        assert word in result.stderr, (name, result.stderr[:500])
