"""The locks agree with each other and with the ranges of pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def locked(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text()
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", text, re.MULTILINE))


def declared(group: str = "") -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    ranges = project["optional-dependencies"][group] if group else project["dependencies"]
    return {re.split(r"[^A-Za-z0-9._-]", entry)[0].lower() for entry in ranges}


def test_every_dependency_is_locked() -> None:
    assert declared() <= locked("run.lock").keys()
    assert declared() | declared("dev") <= locked("dev.lock").keys()


def test_what_runs_is_what_development_installs() -> None:
    assert locked("run.lock").items() <= locked("dev.lock").items()
    assert not declared("dev") & locked("run.lock").keys()


def test_what_builds_is_locked_apart_and_does_not_run() -> None:
    """The demo installs both, from the sources; the image takes a wheel, and needs no build backend."""
    assert locked("build.lock").items() <= locked("dev.lock").items()
    assert "hatchling" in locked("build.lock") and "hatchling" not in locked("run.lock")
