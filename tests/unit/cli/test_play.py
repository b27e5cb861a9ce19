"""``ork play``: a session driven through standard input, and the loop a terminal drives."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from orkestra.cli.evaluating.console import Console, changed
from orkestra.cli.evaluating.session import Session, scope_of
from orkestra.cli.play import command
from tests.unit.generate.katalogs import SHOP

CR = {"metadata": {"name": "shop"}, "spec": {"image": "nginx", "replicas": 3, "weight": 1.6, "tags": ["a", "b"]}}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("cr.yaml").write_text(yaml.safe_dump(CR))
    Path("katalog.yaml").write_text(SHOP)


def play(lines: str, *arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--cr", "cr.yaml"], input=lines, standalone_mode=False)


@pytest.mark.parametrize(
    ("lines", "output"),
    [
        (".spec.replicas\n", "3\n"),
        ("{{ .metadata.name }}-{{ .spec.replicas }}\n", "shop-3\n"),
        ("{{ .metadata.name }}-{{\n.spec.replicas }}\n", "shop-3\n"),
        (".spec.replicas | \\\n add 1\n", "4\n"),
        ("\n\n.spec.tags\n", "- a\n- b\n"),
        (":type .spec.tags\n", "list\n"),
        (":cr spec.image\n", "nginx\n"),
        (":set spec.replicas 5\n.spec.replicas\n", "spec.replicas is 5\n5\n"),
        (":set spec.tags[1] [c]\n.spec.tags\n", None),
        (".spec.replicas\n:quit\n.spec.image\n", "3\n"),
        (".spec.image", "nginx\n"),
    ],
)
def test_each_input_gets_its_answer(lines: str, output: str | None) -> None:
    result = play(lines)
    assert result.return_value == 0
    if output is not None:
        assert result.stdout == output


@pytest.mark.parametrize(
    "line", [".spec | nope", ":nope", ":render x", ":set a", ":set spec.image.x 1", "{{ .a", ":function qq"]
)
def test_what_fails_is_told_and_the_session_goes_on(line: str) -> None:
    ended = "" if line == "{{ .a" else "\n.spec.image\n"
    result = play(f"{line}{ended}")
    assert result.return_value == 1
    assert "error: " in result.stdout
    assert result.stdout.endswith("nginx\n") is bool(ended)


def test_children_of_the_katalog_are_rendered_on_the_object() -> None:
    lines = ":entries\n:render deployments[0]\n:set spec.image httpd\n:render deployments[0]\n"
    result = play(lines, "-f", "katalog.yaml")
    assert "website.onReconcile.deployments[0]" in result.stdout
    assert "image: nginx:latest" in result.stdout and "image: httpd:latest" in result.stdout


def test_help_and_functions_are_there() -> None:
    text = play(":help\n:functions semver\n:functions\n:function toUpper\n").stdout
    assert ":render ENTRY" in text and "semverMajor" in text and "RESULT:\n  ABC" in text


def test_without_an_object_a_sample_of_the_kind_is_made() -> None:
    lines = ".kind\n.spec.image\n"
    result = CliRunner().invoke(command, ["-f", "katalog.yaml"], input=lines, standalone_mode=False)
    assert result.stdout == "Website\nnginx:1.27\n"


def test_a_change_copies_and_makes_what_is_missing() -> None:
    data = {"a": {"b": [1, 2]}}
    assert changed(data, ("a", "b", "1"), 3) == {"a": {"b": [1, 3]}}
    assert changed(data, ("x", "y"), 1) == {"a": {"b": [1, 2]}, "x": {"y": 1}}
    assert data == {"a": {"b": [1, 2]}}


def test_a_console_counts_its_failures() -> None:
    out: list[str] = []
    assert Console(Session(scope_of({}, {})), {}).run(iter(["nope", "1", "nope"]), out.append) == 2
    assert out[1] == "1\n"


def test_a_terminal_gets_a_prompt_and_keeps_its_history(tmp_path: Path) -> None:
    controller, terminal = pty.openpty()
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state"), "TERM": "dumb"}
    process = subprocess.Popen(
        [sys.executable, "-m", "orkestra.cli", "play", "--cr", "cr.yaml"],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=environment,
    )
    os.close(terminal)
    os.write(controller, b".spec.replicas\n:quit\n")
    seen = b""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            piece = os.read(controller, 4096)
        except OSError:
            break
        if not piece:
            break
        seen += piece
    assert process.wait(120) == 0
    os.close(controller)
    assert b"ork> " in seen and b"\n3\r\n" in seen
    assert ".spec.replicas" in (tmp_path / "state" / "orkestra" / "play").read_text()
