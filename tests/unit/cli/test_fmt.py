"""``ork fmt``: which files are written, what is printed, which exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from orkestra.cli.fmt import command

TIDY = "apiVersion: orkestra.orkspace.io/v1\nkind: Katalog\nmetadata:\n  name: shop\n"
UNTIDY = TIDY.replace("  name:", "    name:   ")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KATALOG_PATH", raising=False)
    return tmp_path


def ork(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(command, arguments, input=stdin, standalone_mode=False)


def test_a_file_is_laid_out_in_place() -> None:
    Path("katalog.yaml").write_text(UNTIDY)
    result = ork()
    assert (result.return_value, Path("katalog.yaml").read_text()) == (0, TIDY)
    assert result.stderr == "1 file laid out, 0 left as they are\n"


def test_check_and_diff_write_nothing() -> None:
    Path("katalog.yaml").write_text(UNTIDY)
    assert ork("--check").return_value == 1
    patched = ork("--diff")
    assert (patched.return_value, Path("katalog.yaml").read_text()) == (0, UNTIDY)
    assert "-    name:    shop\n+  name: shop\n" in patched.stdout
    assert ork("--check", "--diff").return_value == 1
    Path("katalog.yaml").write_text(TIDY)
    assert ork("--check").return_value == 0


def test_standard_input_goes_to_standard_output() -> None:
    assert ork("-", stdin=UNTIDY).stdout == TIDY


def test_only_orkestras_files_unless_named() -> None:
    Path("apps").mkdir()
    Path("apps/a.yaml").write_text(UNTIDY)
    Path("apps/pod.yaml").write_text("kind:   Pod\n")
    assert ork("apps").return_value == 0
    assert Path("apps/pod.yaml").read_text() == "kind:   Pod\n"
    assert ork("apps/pod.yaml").return_value == 0
    assert Path("apps/pod.yaml").read_text() == "kind: Pod\n"


def test_what_cannot_be_laid_out_stays_and_fails() -> None:
    Path("katalog.yaml").write_text("? kind\n: Katalog\n")
    result = ork()
    assert result.return_value == 1
    assert "katalog.yaml:1:1: stays as it is: it writes YAML in a way" in result.stderr
    document = json.loads(ork("-o", "json").stdout)
    assert document["files"][0]["left"][0]["text"].startswith("stays as it is")
    assert yaml.safe_load(ork("-o", "yaml").stdout) == document
