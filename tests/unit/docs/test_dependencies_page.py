"""docs/dependencies.md: every dependency says why it is here, and nothing else is listed."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.unit.docs.pages import ROOT, read, rows, section

PAGE = read("dependencies.md")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def normalised(name: str) -> str:
    """As package indexes compare names (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(requirements: list[str]) -> set[str]:
    return {normalised(re.split(r"[<>=;\[ ]", requirement, maxsplit=1)[0]) for requirement in requirements}


def told(heading: str) -> list[list[str]]:
    return rows(section(PAGE, heading))


@pytest.mark.parametrize(
    ("heading", "requirements"),
    [
        ("To run", PROJECT["dependencies"]),
        ("To develop", [each for extra in PROJECT["optional-dependencies"].values() for each in extra]),
    ],
)
def test_every_dependency_is_told_and_no_other(heading: str, requirements: list[str]) -> None:
    listed = [normalised(row[0]) for row in told(heading)]
    assert sorted(listed) == sorted(declared(requirements))


def test_every_dependency_says_what_for_against_what_and_why() -> None:
    for heading in ("To run", "To develop", "A real control plane, for tests"):
        for row in told(heading):
            assert len(row) == 4 and all(row), row


def test_what_builds_the_control_plane_is_told_and_no_other() -> None:
    modules = (ROOT / "hack" / "cluster" / "modules").glob("*/go.mod")
    required = {found for path in modules for found in re.findall(r"^require (\S+)", path.read_text(), re.MULTILINE)}
    wheels = set(re.findall(r"'([\w.-]+)==[\d.]+'", (ROOT / "hack" / "cluster" / "tools").read_text()))
    assert {row[0] for row in told("A real control plane, for tests")} == required | wheels


def test_what_builds_the_package_is_told() -> None:
    text = section(PAGE, "To develop")
    for name in declared((ROOT / "requirements" / "build.in").read_text().split()):
        assert name in text


def test_dependencies_have_bounds() -> None:
    assert all(re.search(r"[<>=]", requirement) for requirement in PROJECT["dependencies"])
