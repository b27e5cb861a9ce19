"""CRD files at URLs: fetched, pinned, packed and refused as imports are."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from orkestra.cli import cli
from orkestra.katalog import load
from orkestra.katalog.compose.imports import fetcher
from orkestra.katalog.compose.imports.bounds import Bounds
from orkestra.operator.delivery import mount
from tests.imports.servers import files, reply, serving
from tests.unit.katalog.compose.trees import katalog, write
from tests.unit.katalog.test_crd_files import CRD

BOX = "  operatorBox: {onReconcile: {configMaps: [{data: {a: '{{ .metadata.name }}'}}]}}\n"


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    found = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    return found


def define(folder: Path, url: str) -> Path:
    write(folder, katalog=katalog(f"website:\n  crdFile: {url}\n{BOX}"))
    return folder / "katalog.yaml"


def ork(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, standalone_mode=False)


def code_of(result: Result) -> int:
    """The exit code ``ork`` would end with."""
    return result.exit_code or int(result.return_value or 0)


def test_the_crd_types_the_entry(tmp_path: Path, environ: dict[str, str]) -> None:
    with serving(files(**{"crd.yaml": CRD.encode()})) as (url, seen):
        path = define(tmp_path, f"{url}/crd.yaml")
        found, findings = load(path, fetch=fetcher(environ))
    assert found is not None, findings
    assert (found.boxes[0].gvk.kind, found.boxes[0].crd) == ("Website", yaml.safe_load(CRD))
    assert [place for place, _ in seen] == ["/crd.yaml"]


def test_what_it_holds_is_part_of_the_revision(tmp_path: Path, environ: dict[str, str]) -> None:
    revisions = set()
    for text in (CRD, CRD + "# more\n"):
        with serving(files(**{"crd.yaml": text.encode()})) as (url, _):
            write(tmp_path, katalog=katalog(f"website:\n  crdFile: {url}/crd.yaml\n{BOX}").replace(url, "http://x"))

            def fetch(reference):  # type: ignore[no-untyped-def]
                return fetcher(environ)(dataclasses.replace(reference, url=f"{url}/crd.yaml"))

            found, findings = load(tmp_path / "katalog.yaml", fetch=fetch)
            assert found is not None, findings
            revisions.add(found.revision)
    assert len(revisions) == 2


def test_commands_lock_it_and_take_what_is_locked(tmp_path: Path, environ: dict[str, str]) -> None:
    with serving(files(**{"crd.yaml": CRD.encode()})) as (url, seen):
        path = str(define(tmp_path, f"{url}/crd.yaml"))
        for command in (
            ["validate", "--locked", path],
            ["template", "--locked", "-f", path],
            *(["generate", made, "--locked", "-f", path] for made in ("configmap", "bundle", "rbac")),
            ["dev", "--locked", "-f", path],
            ["run", "--no-wait", "--locked", "-f", path],
        ):
            refused = ork(*command)
            assert code_of(refused) == 1, refused.output
            assert "ORK2011" in refused.output
            assert "run ork lock" in refused.output
        assert not seen
        made = ork("lock", "-f", path)
        assert code_of(made) == 0, made.output
        assert f"http {url}/crd.yaml" in (tmp_path / "komposer.lock").read_text()
    for command in (
        ["validate", "--locked", path],
        ["template", "--locked", "-f", path],
        *(["generate", made, "--locked", "-f", path] for made in ("configmap", "bundle", "rbac")),
        ["notes", "list", "-f", path],
    ):
        taken = ork(*command)
        assert code_of(taken) == 0, taken.output
    (tmp_path / "cache").rename(tmp_path / "gone")
    offline = ork("validate", path)
    assert code_of(offline) == 1
    assert "ORK2010" in offline.output
    assert "cannot be reached" in offline.output


def test_a_bundle_holds_the_crd_and_reaches_nothing(tmp_path: Path, environ: dict[str, str]) -> None:
    with serving(files(**{"crd.yaml": CRD.encode()})) as (url, _):
        path = define(tmp_path, f"{url}/crd.yaml")
        packed = ork("generate", "configmap", "-f", str(path))
        alone = ork("template", "-f", str(path), "--alone")
        whole = ork("template", "-f", str(path))
    assert code_of(packed) == 0, packed.output
    data = yaml.safe_load(packed.stdout)["data"]
    assert yaml.safe_load(data["katalog.yaml"])["spec"]["crds"]["website"]["crdFile"] == "./crd.yaml"
    assert data["crd.yaml"] == CRD
    assert yaml.safe_load(whole.stdout)["spec"]["crds"]["website"]["crdFile"] == f"{url}/crd.yaml"
    entry = yaml.safe_load(alone.stdout)["spec"]["crds"]["website"]
    assert "crdFile" not in entry
    assert entry["apiTypes"]["kind"] == "Website"


@pytest.mark.parametrize(
    ("body", "code"), [(b"<html>no</html>", "ORK1113"), (b"\xff\x00\xfe", "ORK1010"), (b"x" * 200_000, "ORK2010")]
)
def test_a_server_that_answers_otherwise(tmp_path: Path, environ: dict[str, str], body: bytes, code: str) -> None:
    with serving(files(**{"crd.yaml": body})) as (url, _):
        path = define(tmp_path, f"{url}/crd.yaml")
        found, findings = load(path, fetch=fetcher(environ, bounds=Bounds(seconds=60, bytes=100_000)))
    assert found is None
    assert code in {each.code for each in findings}, findings


def test_a_status_other_than_200_is_told(tmp_path: Path, environ: dict[str, str]) -> None:
    with serving(lambda handler: reply(handler, b"", status=404)) as (url, _):
        _, findings = load(define(tmp_path, f"{url}/crd.yaml"), fetch=fetcher(environ))
    assert [each.message for each in findings] == [f"spec.crds.website.crdFile: {url}/crd.yaml: the server answers 404"]


@pytest.mark.asyncio
async def test_a_running_runtime_takes_what_is_locked_alone(
    tmp_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mount, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(mount, "SETTLE_SECONDS", 0.01)
    with serving(files(**{"crd.yaml": CRD.encode()})) as (url, _):
        path = define(tmp_path, f"{url}/crd.yaml")
        delivered = mount.watch_path(lambda: path, is_locked=True)
        refused = await anext(delivered)
        assert refused.katalog is None
        assert "ORK2011" in refused.findings[0]
        assert code_of(ork("lock", "-f", str(path))) == 0
        taken = await asyncio.wait_for(anext(delivered), 10)
        assert taken.katalog is not None, taken.findings
