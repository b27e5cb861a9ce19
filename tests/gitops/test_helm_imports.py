"""Charts as imports, packed and rendered by the real Helm, from a repository and a registry on loopback."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from orkestra.cli import cli
from orkestra.katalog import Diagnostic, Katalog, load
from orkestra.katalog.compose.imports import fetcher
from orkestra.katalog.compose.imports.bounds import Bounds
from orkestra.template import DEFAULT_ENVIRONMENT
from tests.imports.servers import Answer, files, reply, serving
from tests.unit.katalog.compose.trees import entry, katalog, komposer, write

pytestmark = pytest.mark.gitops

VALUES = {"kind": "Site", "workers": 2, "parts": {"image": "nginx", "tags": ["a", "b"]}}
TEMPLATES = {
    "_names.tpl": '{{ define "low" }}{{ .Values.kind | lower }}{{ end }}',
    "katalog.yaml": katalog(
        """\
        {{ include "low" . }}:
          apiTypes: {group: x.example.com, version: v1, kind: {{ .Values.kind }}, plural: {{ include "low" . }}s}
          operatorBox:
            reconciler: {workers: {{ .Values.workers }}}
            onReconcile:
              deployments:
                - image: "{{ .Values.parts.image }}:{{ "{{" }} .spec.tag {{ "}}" }}"
                  labels: {chart: "{{ .Chart.Version }}", tags: "{{ join "-" .Values.parts.tags }}"}
        """
    ),
    "service.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}]}\n",
    "more.yaml": "{{ if .Values.more }}" + katalog(entry("Page")) + "{{ end }}",
}


@pytest.fixture
def environ(helm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("PATH", f"{helm.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return dict(os.environ)


def make_chart(folder: Path, version: str = "1.2.3", **changed: str) -> Path:
    """A chart's folder; ``changed`` templates by name, ``__`` for a dot."""
    chart = folder / "shop"
    shutil.rmtree(chart, ignore_errors=True)
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text(yaml.safe_dump({"apiVersion": "v2", "name": "shop", "version": version}))
    (chart / "values.yaml").write_text(yaml.safe_dump(VALUES))
    for name, text in {**TEMPLATES, **{key.replace("__", "."): text for key, text in changed.items()}}.items():
        (chart / "templates" / name).write_text(text)
    return chart


def pack(helm: Path, chart: Path, repository: Path) -> None:
    home = {f"HELM_{name}_HOME": str(repository.parent / "helm") for name in ("CACHE", "CONFIG", "DATA")}
    for arguments in (["package", str(chart), "-d", str(repository)], ["repo", "index", str(repository)]):
        subprocess.run([helm, *arguments], check=True, capture_output=True, env={**os.environ, **home}, timeout=150)


def serve_folder(folder: Path) -> Answer:
    return files(**{path.name: path.read_bytes() for path in folder.iterdir()})


def imported(
    folder: Path, environ: dict[str, str], repo: str, row: str = "version: 1.2.3", bounds: Bounds | None = None
) -> tuple[Katalog | None, list[Diagnostic]]:
    write(folder, komposer=komposer(f"imports: {{helm: [{{repo: '{repo}', chart: shop, {row}}}]}}\n"))
    return load(folder / "komposer.yaml", root=folder, fetch=fetcher(environ, bounds=bounds))


def test_a_repository_gives_what_its_chart_renders(helm: Path, tmp_path: Path, environ: dict[str, str]) -> None:
    for version in ("1.2.3", "2.0.0"):
        pack(helm, make_chart(tmp_path, version), tmp_path / "repository")
    write(tmp_path / "own", more="workers: 5\nparts: {image: httpd}\n")
    with serving(serve_folder(tmp_path / "repository")) as (url, seen):
        found, findings = imported(
            tmp_path / "own",
            environ,
            url,
            "version: 2.0.0, valueFiles: [more.yaml], values: {parts: {tags: [x]}, more: true}",
        )
        assert found is not None, findings
    assert [box.name for box in found.boxes] == ["site", "page"]
    (child,) = found.boxes[0].on_reconcile.entries
    assert found.boxes[0].workers == 5
    assert child.fields["image"].render({"spec": {"tag": "1"}}, DEFAULT_ENVIRONMENT) == "httpd:1"
    assert child.fields["labels"].render({}, DEFAULT_ENVIRONMENT) == {"chart": "2.0.0", "tags": "x"}
    assert [place for place, _ in seen] == ["/index.yaml", "/shop-2.0.0.tgz"]


def test_one_template_of_a_chart(helm: Path, tmp_path: Path, environ: dict[str, str]) -> None:
    pack(helm, make_chart(tmp_path), tmp_path / "repository")
    with serving(serve_folder(tmp_path / "repository")) as (url, _):
        found, findings = imported(
            tmp_path / "own", environ, url, "version: 1.2.3, path: templates/more.yaml, values: {more: true}"
        )
    assert found is not None, findings
    assert [box.name for box in found.boxes] == ["page"]


def test_a_registry_gives_the_same(helm: Path, tmp_path: Path, environ: dict[str, str]) -> None:
    pack(helm, make_chart(tmp_path), tmp_path / "repository")
    chart = (tmp_path / "repository" / "shop-1.2.3.tgz").read_bytes()
    media = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
    layer = {"mediaType": media, "digest": f"sha256:{hashlib.sha256(chart).hexdigest()}", "size": len(chart)}
    manifest = json.dumps({"schemaVersion": 2, "layers": [layer]}).encode()

    contents = {
        "/v2/charts/shop/manifests/1.2.3": manifest,
        f"/v2/charts/shop/blobs/{layer['digest']}": chart,
    }

    def answer(handler: BaseHTTPRequestHandler) -> None:
        found = contents.get(handler.path)
        reply(handler, found or b"", 404 if found is None else 200)

    with serving(answer) as (url, _):
        found, findings = imported(tmp_path / "own", environ, url.replace("http://", "oci://") + "/charts")
    assert found is not None, findings
    assert [box.name for box in found.boxes] == ["site"]


def test_a_locked_chart_is_taken_from_the_cache(helm: Path, tmp_path: Path, environ: dict[str, str]) -> None:
    pack(helm, make_chart(tmp_path), tmp_path / "repository")
    with serving(serve_folder(tmp_path / "repository")) as (url, _):
        assert imported(tmp_path / "own", environ, url)[0] is not None
        path = str(tmp_path / "own" / "komposer.yaml")
        assert CliRunner().invoke(cli, ["lock", "-f", path]).exit_code == 0
    answer = CliRunner().invoke(cli, ["template", "--locked", "-f", path])
    assert "site:" in answer.stdout, answer.output


BROKEN = {
    "a template that does not parse": ({"katalog__yaml": "{{ if }}"}, "missing value for if"),
    "a value that is required": ({"katalog__yaml": '{{ required "say who" .Values.who }}'}, "say who"),
    "an unknown function": ({"katalog__yaml": "{{ nope }}"}, "nope"),
    "a template that fails": ({"katalog__yaml": '{{ fail "not like this" }}'}, "not like this"),
    "text that is no YAML": ({"katalog__yaml": "a: [b"}, "YAML parse error"),
    "no Katalog": ({"katalog__yaml": ""}, "renders no document of kind Katalog"),
    "a Katalog with an error": ({"katalog__yaml": katalog("site: {operatorBix: {}}\n")}, "operatorBix"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_charts_that_give_nothing_good(name: str, helm: Path, tmp_path: Path, environ: dict[str, str]) -> None:
    templates, words = BROKEN[name]
    pack(helm, make_chart(tmp_path, **templates), tmp_path / "repository")
    with serving(serve_folder(tmp_path / "repository")) as (url, _):
        found, findings = imported(tmp_path / "own", environ, url)
    assert found is None
    told = [each for each in findings if each.is_error]
    assert told
    assert words in " ".join(f"{each.message} {each.hint}" for each in told)
    assert not any("--debug" in each.message for each in told)


@pytest.mark.parametrize("content", [b"no archive", b"", b"\x1f\x8b\x08\x00" + b"\x00" * 100])
def test_charts_that_are_none(content: bytes, helm: Path, tmp_path: Path, environ: dict[str, str]) -> None:
    index = b"entries:\n  shop:\n    - {version: 1.2.3, urls: [shop.tgz]}\n"
    with serving(files(**{"index.yaml": index, "shop.tgz": content})) as (url, _):
        found, findings = imported(tmp_path / "own", environ, url)
    assert found is None
    assert [each.code for each in findings if each.is_error] == ["ORK2010"]
    assert "imports.helm[0]: chart shop 1.2.3: helm failed: " in findings[0].message
    assert "/ork-helm" not in findings[0].message


def test_a_chart_that_never_ends_is_stopped(helm: Path, tmp_path: Path, environ: dict[str, str]) -> None:
    endless = "{{ range until 100000 }}{{ range until 100000 }}x{{ end }}{{ end }}"
    pack(helm, make_chart(tmp_path, katalog__yaml=endless), tmp_path / "repository")
    before = time.monotonic()
    with serving(serve_folder(tmp_path / "repository")) as (url, _):
        found, findings = imported(tmp_path / "own", environ, url, bounds=Bounds(seconds=2.0))
    assert found is None
    assert time.monotonic() - before < 30
    assert "did not end within 2 s" in findings[0].message


def test_a_folder_is_no_repository(tmp_path: Path, environ: dict[str, str]) -> None:
    make_chart(tmp_path / "own")
    found, findings = imported(tmp_path / "own", environ, ".")
    assert found is None
    assert findings[0].message == "imports.helm[0]: repo: . is no https:// or oci:// URL"
