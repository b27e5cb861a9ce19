"""``ork migrate``: which files are written, what is printed, which exit code."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from orkestra.cli.migrate import command
from orkestra.cli.rewriting import runs
from orkestra.cli.rewriting.differences import coloured, patch
from orkestra.cli.settings import CannotRun

NEW = """\
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {name: shop}
spec:
  crds:
    website:
      apiTypes: {group: shop.io, version: v1, kind: Website, plural: websites}
      operatorBox:
        reconciler:
          workers: 5  # few
"""
OLD = NEW.replace("        reconciler:\n          workers", "        workers")
STAYS = NEW + "        emit: {events: {a: {}}}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KATALOG_PATH", raising=False)
    return tmp_path


def write(name: str, text: str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def ork(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(command, arguments, input=stdin, standalone_mode=False)


def test_a_file_is_rewritten_in_place_and_told_of() -> None:
    path = write("katalog.yaml", OLD)
    result = ork()
    assert (result.return_value, path.read_text()) == (0, NEW)
    assert "katalog.yaml:9:9: operatorBox.workers -> reconciler.workers" in result.stderr
    assert "1 file migrated" in result.stderr
    assert ork().return_value == 0
    assert path.read_text() == NEW


def test_a_dry_run_prints_a_patch_that_patch_takes(tmp_path: Path) -> None:
    path = write("katalog.yaml", OLD)
    result = ork("--dry-run")
    assert (result.return_value, path.read_text()) == (0, OLD)
    assert "\x1b[" not in result.stdout
    subprocess.run(["patch", "-p0"], input=result.stdout, text=True, check=True, capture_output=True)
    assert path.read_text() == NEW


def test_a_patch_tells_of_a_missing_line_end_and_colours_are_for_terminals() -> None:
    text = patch("k", "a\nb", "a\nc\n")
    assert "-b\n\\ No newline at end of file\n+c\n" in text
    assert "\x1b[31m-b\x1b[0m" in coloured(text)
    assert "\x1b]" not in coloured(patch("k", "", "\x1b]0;x\x07\n"))


def test_check_writes_nothing_and_fails_until_all_is_migrated() -> None:
    path = write("katalog.yaml", OLD)
    result = ork("--check")
    assert (result.return_value, path.read_text()) == (1, OLD)
    assert result.stdout == "katalog.yaml: would be migrated\n"
    path.write_text(NEW)
    assert ork("--check").return_value == 0


def test_what_stays_is_told_and_fails() -> None:
    path = write("katalog.yaml", STAYS)
    result = ork()
    assert (result.return_value, path.read_text()) == (1, STAYS)
    assert "operatorBox.emit.events stays: no events" in result.stderr


def test_mode_mark_and_line_ends_stay() -> None:
    path = write("katalog.yaml", "\ufeff" + OLD.replace("\n", "\r\n"))
    path.chmod(0o640)
    assert ork().return_value == 0
    assert path.read_bytes() == ("\ufeff" + NEW.replace("\n", "\r\n")).encode()
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir() == ["katalog.yaml"]


def test_a_file_that_does_not_parse_stays_and_is_told_of() -> None:
    path = write("katalog.yaml", OLD + "  x: [\n")
    result = ork()
    assert (result.return_value, path.read_text()) == (1, OLD + "  x: [\n")
    assert "ORK1001" in result.stderr


def test_standard_input_goes_to_standard_output() -> None:
    assert ork("-", stdin="\ufeff" + OLD).stdout_bytes == ("\ufeff" + NEW).encode()
    broken = ork("-", stdin=OLD + "a: [\n")
    assert (broken.stdout, broken.return_value) == (OLD + "a: [\n", 1)


def test_a_read_only_file_is_refused() -> None:
    write("katalog.yaml", OLD).chmod(0o444)
    result = ork()
    assert isinstance(result.exception, CannotRun)
    assert "katalog.yaml: not rewritten: it is read-only" in str(result.exception)


def test_a_link_that_is_named_is_followed_and_stays() -> None:
    path = write("real/k.yaml", OLD)
    Path("link.yaml").symlink_to("real/k.yaml")
    assert ork("link.yaml").return_value == 0
    assert Path("link.yaml").is_symlink()
    assert path.read_text() == NEW


def test_a_link_that_is_found_is_refused() -> None:
    write("real/k.txt", OLD)
    Path("apps").mkdir()
    Path("apps/link.yaml").symlink_to("../real/k.txt")
    result = ork("apps")
    assert isinstance(result.exception, CannotRun)
    assert "symbolic link" in str(result.exception)


def test_others_files_below_a_folder_are_left_out() -> None:
    path = write("apps/pod.yaml", "apiVersion: v1\nkind: Pod\nsources: []\n")
    write("apps/k.yaml", OLD)
    assert ork("apps/...").return_value == 0
    assert path.read_text().startswith("apiVersion: v1")
    Path("apps/k.yaml").unlink()
    assert isinstance(ork("apps").exception, CannotRun)


def test_the_report_for_scripts() -> None:
    write("a.yaml", OLD)
    write("b.yaml", STAYS)
    write("c.yaml", "kind: Katalog\na: [\n")
    result = ork("a.yaml", "b.yaml", "c.yaml", "-o", "json", "--dry-run")
    document = json.loads(result.stdout)
    assert (document["format"], document["written"]) == (runs.FORMAT, False)
    first, second, third = document["files"]
    assert first["changed"]
    assert first["done"] == [{"line": 9, "column": 9, "text": "operatorBox.workers -> reconciler.workers"}]
    assert first["diff"].startswith("--- a.yaml")
    assert [each["line"] for each in second["left"]] == [11]
    assert [each["code"] for each in third["findings"]] == ["ORK1001"]
    piped = json.loads(ork("-", "-o", "json", stdin=OLD).stdout)
    assert piped["files"][0]["text"] == NEW
