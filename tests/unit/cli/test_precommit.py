"""``.pre-commit-hooks.yaml``: each hook run as pre-commit runs it, its entry with the names of changed files."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.cli.test_validate import GOOD, OTHER, WARNED, WRONG
from tests.unit.docs.pages import ROOT

HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
STRICT = "ork-validate-strict"


def run(hook: dict[str, Any], folder: Path, *files: str) -> subprocess.CompletedProcess[str]:
    """As pre-commit does: the entry parted as a shell does, its args, then the files, in the root of the work tree."""
    program, *options = shlex.split(hook["entry"])
    assert program == "ork"
    command = [sys.executable, "-m", "orkestra.cli", *options, *hook.get("args", []), *files]
    environment = {name: value for name, value in os.environ.items() if name != "KATALOG_PATH"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=150, check=False
    )


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_says_what_pre_commit_needs_to_know(hook: dict[str, Any]) -> None:
    assert {"id", "name", "entry", "language"} <= hook.keys()
    assert hook["language"] == "python", "pre-commit installs the package, which brings ork"
    assert hook["types"] == ["yaml"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [(GOOD, (0, 0)), (WARNED, (0, 1)), (WRONG, (1, 1)), (OTHER, (0, 0))],
    ids=["good", "warned", "wrong", "other"],
)
def test_a_commit_passes_or_fails_with_its_files(tmp_path: Path, text: str, codes: tuple[int, int]) -> None:
    (tmp_path / "a.yaml").write_text(text)
    (tmp_path / "other.yaml").write_text(OTHER)
    for hook in HOOKS:
        done = run(hook, tmp_path, "a.yaml", "other.yaml")
        assert done.returncode == codes[hook["id"] == STRICT], done.stdout + done.stderr
        if done.returncode:
            assert "a.yaml:" in done.stdout, "pre-commit shows what a failing hook prints"
