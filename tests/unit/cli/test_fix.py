"""``ork validate --fix``: files that are written, patches, what is reported."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from orkestra.cli.settings import CannotRun
from orkestra.cli.validate import command

GOOD = """\
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {name: shop}
spec:
  crds:
    website:
      apiTypes: {group: shop.io, version: v1, kind: Website, plural: websites}
      operatorBox:
        onReconcile:
          deployments: [{image: "{{ .spec.image }}"}]
"""
WRONG = GOOD.replace("image:", "imgae:")
HALF = WRONG + "        nonsense: 1\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KATALOG_PATH", raising=False)
    return tmp_path


def ork(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(command, ["--fix", *arguments], input=stdin, standalone_mode=False)


def test_files_are_fixed_and_what_was_done_is_told() -> None:
    Path("katalog.yaml").write_text(WRONG)
    result = ork()
    assert (result.return_value, Path("katalog.yaml").read_text()) == (0, GOOD)
    assert 'katalog.yaml:10:26: fixed: ORK1101 unknown key "imgae"' in result.stderr
    assert result.stdout == "1 file checked, 1 error fixed: no findings left\n"


def test_what_remains_is_reported_and_fails() -> None:
    Path("katalog.yaml").write_text(HALF)
    result = ork()
    assert result.return_value == 1
    assert 'unknown key "nonsense"' in result.stdout
    assert "imgae" not in Path("katalog.yaml").read_text()


def test_a_dry_run_prints_a_patch_alone_on_standard_output() -> None:
    Path("katalog.yaml").write_text(HALF)
    result = ork("--diff")
    assert (result.return_value, Path("katalog.yaml").read_text()) == (1, HALF)
    assert result.stdout.startswith("--- katalog.yaml\n+++ katalog.yaml\n")
    assert "nonsense: 1" not in result.stdout.replace("         nonsense: 1\n", "")
    assert "would be fixed: ORK1101" in result.stderr
    assert 'unknown key "nonsense"' in result.stderr


def test_standard_input_goes_fixed_to_standard_output() -> None:
    result = ork("-", stdin=WRONG)
    assert (result.stdout, result.return_value) == (GOOD, 0)
    assert "1 error fixed" in result.stderr
    assert isinstance(ork("-", "-o", "json", stdin=WRONG).exception, click.UsageError)


def test_the_report_for_scripts_says_what_was_fixed() -> None:
    Path("katalog.yaml").write_text(HALF)
    document = json.loads(ork("-o", "json").stdout)
    assert [each["code"] for each in document["fixed"]] == ["ORK1101"]
    assert [each["message"] for each in document["findings"]] == ['unknown key "nonsense" in operatorBox']


def test_findings_of_scripts_bring_their_fixes() -> None:
    Path("katalog.yaml").write_text(WRONG + "        workers: 3\n")
    found = CliRunner().invoke(command, ["-o", "json"], standalone_mode=False)
    first, second = json.loads(found.stdout)["findings"]
    assert first["fix"] == [{"line": 10, "column": 26, "endLine": 10, "endColumn": 31, "text": "image"}]
    assert second["fix"][0]["text"] == "        reconciler:\n          workers: 3\n"
    sarif = json.loads(CliRunner().invoke(command, ["-o", "sarif"], standalone_mode=False).stdout)
    fixes = sarif["runs"][0]["results"][0]["fixes"]
    assert fixes[0]["artifactChanges"][0]["replacements"][0]["insertedContent"] == {"text": "image"}


def test_a_komposer_and_what_it_imports() -> None:
    head = "apiVersion: orkestra.orkspace.io/v1\nkind: Komposer\nmetadata: {name: prod}\nimports: {files: [z.yaml]}\n"
    Path("komposer.yaml").write_text(head + "spec:\n  crds:\n    website:\n      workers: 9\n")
    Path("z.yaml").write_text(WRONG)
    alone = ork("komposer.yaml")
    assert alone.return_value == 1
    assert Path("z.yaml").read_text() == WRONG
    assert "z.yaml:10:26: error[ORK1101]" in alone.stdout
    assert "        reconciler:\n          workers: 9\n" in Path("komposer.yaml").read_text()
    assert ork("komposer.yaml", "z.yaml").return_value == 0
    assert Path("z.yaml").read_text() == GOOD
    assert isinstance(ork("z.yaml", "-", stdin=WRONG).exception, click.UsageError)


def test_ignored_codes_are_not_fixed() -> None:
    Path("katalog.yaml").write_text(WRONG)
    assert ork("--severity", "ORK1101=ignore").return_value == 0
    assert Path("katalog.yaml").read_text() == WRONG


def test_read_only_files_are_refused() -> None:
    Path("katalog.yaml").write_text(WRONG)
    Path("katalog.yaml").chmod(0o400)
    assert isinstance(ork().exception, CannotRun)
    assert Path("katalog.yaml").read_text() == WRONG


@pytest.mark.parametrize("arguments", [["--diff"], ["--fix", "--watch"]])
def test_options_that_do_not_go_together(arguments: list[str]) -> None:
    Path("katalog.yaml").write_text(GOOD)
    result = CliRunner().invoke(command, arguments, standalone_mode=False)
    assert isinstance(result.exception, click.UsageError)
