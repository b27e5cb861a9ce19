"""Katalogs to start from: they load, and read nothing that is not there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from orkestra.cli.generating.katalog import command
from orkestra.generate.starter import parse_kind
from orkestra.k8s.gvk import GVK
from orkestra.katalog import load
from tests.unit.generate.test_sample import crd

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: str, stdin: str | None = None) -> Any:
    return CliRunner().invoke(command, arguments, input=stdin, standalone_mode=False)


def loaded(text: str) -> Any:
    Path("katalog.yaml").write_text(text)
    katalog, findings = load("katalog.yaml")
    assert katalog is not None, findings
    assert {each.code for each in findings} <= {"ORK1308"}, findings
    return katalog.boxes[0]


@pytest.mark.parametrize(
    ("fields", "children"),
    [
        ({"image": TEXT}, ["deployments"]),
        ({"image": TEXT, "replicas": NUMBER, "port": NUMBER}, ["deployments", "services"]),
        ({"image": TEXT, "port": NUMBER, "host": TEXT}, ["deployments", "services", "ingresses"]),
        ({"size": TEXT, "more": {"type": "object", "properties": {"deep": TEXT}}}, ["configMaps"]),
        ({"x-y": TEXT}, ["configMaps"]),
        ({}, ["configMaps"]),
    ],
)
@pytest.mark.parametrize("scope", ["Namespaced", "Cluster"])
def test_children_follow_from_the_fields_there_are(fields: dict[str, Any], children: list[str], scope: str) -> None:
    Path("crd.yaml").write_text(yaml.safe_dump(crd({"type": "object", "properties": fields}, scope)))
    box = loaded(run("crd.yaml").stdout)
    assert [entry.kind for entry in box.entries] == children
    assert box.crd is not None


@pytest.mark.parametrize("kind", ["shop.example.com/v1/Website", "v1/Pod", "apps/v1/Deployment"])
def test_a_kind_alone_is_enough(kind: str) -> None:
    assert str(loaded(run(kind).stdout).gvk.kind) == kind.rpartition("/")[2]


def test_a_crd_from_standard_input_is_named_by_its_kind() -> None:
    box = loaded(run("-", stdin=yaml.safe_dump(crd({"type": "object", "properties": {"image": TEXT}}))).stdout)
    assert (box.gvk.kind, box.crd) == ("Thing", None)


def test_the_crd_file_is_named_from_where_the_katalog_will_be() -> None:
    Path("crds").mkdir()
    Path("crds/thing.yaml").write_text(yaml.safe_dump(crd({"type": "object"})))
    assert run("crds/thing.yaml", "-o", "apps/katalog.yaml").return_value == 0
    assert "crdFile: ../crds/thing.yaml" in Path("apps/katalog.yaml").read_text()


@pytest.mark.parametrize("source", ["absent.yaml", "a/b", "v1/pod"])
def test_neither_a_file_nor_a_kind_cannot_run(source: str) -> None:
    assert getattr(run(source).exception, "exit_code", None) == 2


def test_kinds_are_told_from_paths() -> None:
    assert parse_kind("a.io/v1/Thing") == GVK("a.io", "v1", "Thing")
    assert parse_kind("v1/Pod") == GVK("", "v1", "Pod")
    assert parse_kind("./a/B") is None and parse_kind("a//B") is None
