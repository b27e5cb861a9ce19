"""What a shell offers for the words of each command."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from orkestra.cli import COMMANDS, cli
from tests.unit.generate.katalogs import SHOP


def offered(*words: str) -> list[str]:
    """What follows the words; the last of them is what is typed so far."""
    *before, incomplete = words
    return [item.value for item in ShellComplete(cli, {}, "ork", "_ORK_COMPLETE").get_completions(before, incomplete)]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KATALOG_PATH", raising=False)


def test_commands_and_those_of_groups() -> None:
    assert offered("") == sorted(COMMANDS)
    assert offered("generate", "c") == ["chart", "configmap", "cr", "crd"]
    assert offered("notes", "s") == ["search", "show"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("explain", "spec.crds.operatorBox.onRec"), "spec.crds.operatorBox.onReconcile"),
        (("notes", "show", "toup"), "toUpper"),
        (("validate", "--severity", "ork130"), "ORK1305="),
        (("validate", "--severity", "ORK1305=w"), "ORK1305=warning"),
        (("generate", "schema", "kat"), "Katalog"),
        (("validate", "-o", "s"), "sarif"),
    ],
)
def test_arguments_and_values(words: tuple[str, ...], expected: str) -> None:
    assert expected in offered(*words)


def test_entries_of_the_katalog_at_hand() -> None:
    assert offered("generate", "crd", "") == [], "no Katalog is no error"
    Path("katalog.yaml").write_text(SHOP)
    assert offered("generate", "crd", "") == ["website"]
    assert offered("generate", "crd", "website", "") == [], "named already"
    Path("other.yaml").write_text(SHOP.replace("    website:", "    page:"))
    assert offered("generate", "cr", "-f", "other.yaml", "p") == ["page"]
    Path("katalog.yaml").write_text("a: [")
    assert offered("generate", "crd", "") == []
