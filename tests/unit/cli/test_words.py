"""What commands say when they are given something else than they expect."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from orkestra.cli import cli
from tests.unit.cli.test_validate import GOOD


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "katalog.yaml").write_text(GOOD)
    (tmp_path / "other.yaml").write_text("a: 1\n")
    (tmp_path / "empty").mkdir()
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "one.yaml").write_text("a: 1\n")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["validate", "empty"], "there is no YAML file"),
        (["validate", "other.yaml"], "the file is no definition of Orkestra's; name one with --file"),
        (["migrate", "empty"], "there is no YAML file"),
        (["fmt", "others"], "the file is no definition of Orkestra's; name one with its path"),
        (["generate", "cr", "websit"], "katalog.yaml has no entry 'websit'; did you mean \"website\"?"),
        (["generate", "katalog", "other.yaml"], "other.yaml: no CustomResourceDefinition there"),
        (["validate", "--crd", "other.yaml"], "--crd: other.yaml: no CustomResourceDefinition there"),
        (["notes", "list", "--domain", "tim"], "there is no domain 'tim'; did you mean \"time\"?"),
        (["template", "--graph", "dot", "--origin"], "--graph is a form of its own"),
        (["template", "--graph", "svg", "-o", "json"], "--graph is a form of its own"),
    ],
)
def test_what_cannot_be_done_is_said_plainly(arguments: list[str], words: str) -> None:
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 2
    assert result.stderr.rstrip("\n").endswith(words) or words in result.stderr
    assert "Advice(" not in result.stderr


def test_nothing_to_migrate_is_called_empty() -> None:
    result = CliRunner().invoke(cli, ["migrate", "-"], input="")
    assert "the file stays: it is empty" in result.stderr


@pytest.mark.parametrize("arguments", [["template", "-f"], ["generate", "crd", "-f"], ["lock", "-f"], ["dev", "-f"]])
def test_findings_end_without_an_empty_line(arguments: list[str], folder: Path) -> None:
    (folder / "bad.yaml").write_text(GOOD.replace("metadata", "metadata: ["))
    result = CliRunner().invoke(cli, [*arguments, "bad.yaml"])
    assert result.stderr.endswith("error\n"), result.stderr


def test_a_name_of_many_places_is_explained_where_katalogs_have_it() -> None:
    assert "FIELD:     Katalog." in CliRunner().invoke(cli, ["explain", "drift"]).stdout


@pytest.mark.parametrize("arguments", ["notes list", "notes show truncateName", "explain deployments --recursive"])
def test_text_is_no_wider_than_the_terminal(arguments: str, folder: Path) -> None:
    """A terminal of 60 columns; words that are longer stay whole."""
    import pty

    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "orkestra.cli", *arguments.split()]
    environment = {**os.environ, "COLUMNS": "60"}
    with subprocess.Popen(command, stdout=follower, cwd=folder, env=environment) as process:
        os.close(follower)
        said = b""
        while chunk := _read(leader):
            said += chunk
        assert process.wait(120) == 0
    os.close(leader)
    lines = said.decode().replace("\r\n", "\n").splitlines()
    assert len(lines) > 5
    assert [line for line in lines if len(line) > 60 and " " in line.strip()[:40] and not _is_kept(line)] == []


def _read(leader: int) -> bytes:
    try:
        return os.read(leader, 65536)
    except OSError:  # how a terminal says that nobody is there any more
        return b""


def _is_kept(line: str) -> bool:
    """Signatures and paths are not broken."""
    return "(" in line or "<" in line or "[]" in line
