"""docs/rbac.md: the example is what the command prints, and every verb that is ever asked for is told."""

from __future__ import annotations

from click.testing import CliRunner

from orkestra.cli import cli
from orkestra.operator import access
from tests.unit.docs.pages import ROOT, blocks, read, rows, section, spans

PAGE = read("rbac.md")


def test_the_example_is_what_the_command_prints() -> None:
    katalog = ROOT / "examples" / "website" / "katalog.yaml"
    printed = CliRunner().invoke(cli, ["generate", "rbac", "-f", str(katalog)]).stdout
    (example,) = blocks(PAGE, "yaml")
    assert example in printed


def test_every_verb_is_told() -> None:
    told = {span for row in rows(section(PAGE, "What is needed for what")) for span in spans(row[1])}
    asked = {*access.LOOK, *access.WRITE, *access.RUN, *access.REMOVE, "update", "escalate", "bind"}
    assert told == asked
