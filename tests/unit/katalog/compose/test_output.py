"""The merged result as text: it loads as what was composed, and knows the origin of every value."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml

from orkestra.cli import cli
from orkestra.katalog import load, load_text
from orkestra.katalog.compose import compose, to_yaml
from orkestra.katalog.compose.graph import FORMS, graph_of
from orkestra.katalog.digest import box_digest
from tests.unit.katalog.compose.trees import entry, katalog, komposer, motif, write

EXAMPLE = Path(__file__).parents[4] / "examples" / "overlays"


@pytest.fixture
def overlays(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLE, tmp_path / "repo")
    return tmp_path / "repo" / "overlays"


def printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert cli.main([str(argument) for argument in arguments], standalone_mode=False) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("environment", ["staging", "production"])
@pytest.mark.parametrize("is_alone", [False, True])
def test_what_is_printed_loads_as_the_same(overlays: Path, environment: str, is_alone: bool) -> None:
    file = overlays / environment / "komposer.yaml"
    whole, found = load(file, root=overlays.parent)
    assert whole is not None and not found, found
    made, _ = compose(file, root=overlays.parent)
    assert made is not None
    text = to_yaml(made, is_alone=is_alone)
    again, found = load_text(text, path=file.with_name("again.yaml"), root=overlays.parent)
    assert again is not None and not [f for f in found if f.is_error or f.is_unsupported], found
    assert ("crdFile" in text) is not is_alone
    if not is_alone:
        assert [box_digest(box) for box in again.boxes] == [box_digest(box) for box in whole.boxes]
    assert [str(e.kind) for e in again.boxes[0].entries] == [str(e.kind) for e in whole.boxes[0].entries]


def test_overlays_differ_as_they_say(overlays: Path) -> None:
    boxes = {}
    for environment in ("staging", "production"):
        whole, _ = load(overlays / environment / "komposer.yaml", root=overlays.parent)
        assert whole is not None
        boxes[environment] = whole.boxes[0]
    assert (boxes["staging"].workers, boxes["production"].workers) == (2, 8)
    assert (boxes["staging"].namespace, boxes["production"].namespace) == ("staging", "")
    assert boxes["production"].restricted_namespaces == {"staging"}


def test_every_value_has_its_origin(overlays: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = overlays / "production" / "komposer.yaml"
    lines = printed(capsys, "template", "-f", file, "--root", overlays.parent, "--origin").splitlines()
    (workers,) = [line for line in lines if line.strip().startswith("workers:")]
    assert workers.strip().startswith("workers: 8  # ")
    assert "production/komposer.yaml:16:31 overrides " in workers and "parts/reconciler.yaml:1:10" in workers
    (host,) = [line for line in lines if line.strip().startswith("host: ") and "spec.host" in line][:1]
    assert "base/katalog.yaml" in host and "(imports.files[0])" in host
    found = json.loads(printed(capsys, "template", "-f", file, "--root", overlays.parent, "--origin", "-o", "json"))
    origin = found["origins"]["/spec/crds/website/operatorBox/reconciler/workers"]
    assert (origin["line"], origin["column"], len(origin["overrides"])) == (16, 31, 1)
    values = list(found["origins"])
    assert len(values) == sum(1 for line in lines if "  # " in line)
    assert found["value"] == yaml.safe_load(printed(capsys, "template", "-f", file, "--root", overlays.parent))


def test_graphs_name_files_entries_and_dependencies(tmp_path: Path) -> None:
    write(
        tmp_path,
        web=motif("resources: {services: [{port: 80}]}\n"),
        base=katalog(
            entry("Site", more="imports: [{motif: web.yaml}]") + entry("Page", more="dependsOn: {site: healthy}")
        ),
        komposer=komposer("imports: {files: [base.yaml]}\nspec: {crds: {page: {enabled: false}}}\n"),
    )
    made, _ = compose(tmp_path / "komposer.yaml", root=tmp_path)
    assert made is not None
    graph = graph_of(made)
    ends = {(a.rpartition("/")[2], b.rpartition("/")[2], what) for a, b, what in graph.edges}
    assert {
        ("komposer.yaml", "base.yaml", "import"),
        ("base.yaml", "web.yaml", "motif"),
        ("base.yaml", "entry:site", "entry"),
        ("entry:page", "entry:site", "dependsOn healthy"),
    } <= ends
    text = FORMS["text"](graph)
    assert "[page]\n  dependsOn healthy → [site]\n" in text
    assert FORMS["dot"](graph).count("->") == len(graph.edges)
    assert FORMS["mermaid"](graph).startswith("flowchart LR\n")
    svg = ET.fromstring(FORMS["svg"](graph))
    assert len([e for e in svg.iter() if e.tag.endswith("rect")]) == len(graph.nodes)


def test_what_is_no_katalog_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, web=motif("resources: {}\n"))
    assert cli.main(["template", "-f", str(tmp_path / "web.yaml")], standalone_mode=False) == 1
    assert "ORK2004" in capsys.readouterr().err
