"""`ork run` refuses what it cannot do: the field, its code and its place, for each of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orkestra.cli import cli
from orkestra.cli.definition import load_or_tell

KATALOG = """\
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {name: shop, clusterName: west}
gateway: {enabled: true}
spec:
  finalizers: [shop.example.com/a]
  crds:
    website:
      apiTypes: {group: shop.example.com, version: v1, kind: Website, plural: websites}
      normalize: {spec: {host: "{{ .spec.name }}"}}
      operatorBox:
        cross: [{crd: website, as: other}]
        reconciler: {queue: {maxDepth: 9, behaviour: {onLimit: {}}}}
        onReconcile:
          external: [{name: api, url: "https://api"}]
          services: [{port: 80, sleep: 3s}]
"""
FIELDS = {
    "clusterName": "3:24",
    "gateway": "4:1",
    "finalizers": "6:3",
    "normalize": "10:7",
    "cross": "12:9",
    "behaviour": "13:43",
    "external": "15:11",
    "sleep": "16:33",
}


def ork(*arguments: str) -> int:
    """The exit code of a command."""
    return int(cli.main(list(arguments), prog_name="ork", standalone_mode=False))


def test_every_field_is_named_with_its_code_and_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("katalog.yaml").write_text(KATALOG)
    assert ork("run", "-f", "katalog.yaml", "--no-wait") == 1
    output = capsys.readouterr().err
    told = output.partition("katalog.yaml is valid, but this version cannot run 8 parts of it yet:\n")[2]
    assert told, output
    found = re.findall(r"^  katalog\.yaml:(\S+) +(\S+)  (\S+)$", told, re.MULTILINE)
    assert {name: place for place, _, name in found} == FIELDS
    assert {code for _, code, _ in found} == {"ORK1901"}


def test_errors_are_told_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "katalog.yaml"
    path.write_text(KATALOG.replace("port: 80", "prot: 80"))
    assert load_or_tell(path) is None
    assert "ORK1101" in (told := capsys.readouterr().err)
    assert "cannot run" not in told.replace("this version cannot run it yet", "")


@pytest.mark.parametrize("kind", ["Simulate", "E2E"])
def test_a_test_file_is_judged_and_not_run(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = "{katalog: katalog.yaml, cr: cr.yaml}"
    (tmp_path / "katalog.yaml").touch()
    (tmp_path / "cr.yaml").touch()
    path = tmp_path / "test.yaml"
    path.write_text(f"apiVersion: orkestra.orkspace.io/v1\nkind: {kind}\nspec: {spec}\n")
    assert load_or_tell(path) is None
    assert "test.yaml:2:7  ORK1902  kind" in capsys.readouterr().err
    assert ork("validate", str(path)) == 0
    path.write_text(path.read_text().replace("cr: ", "rc: "))
    assert ork("validate", str(path)) == 1
