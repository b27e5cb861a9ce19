"""The transcript that is shown off is what is printed, here and in the README."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from reference.transcripts import EXAMPLE, transcript

from orkestra.cli import cli
from tests.unit.docs.pages import blocks, read


def test_the_transcript_is_what_the_command_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLE)
    result = CliRunner().invoke(cli, ["validate", "--root", "."], standalone_mode=False)
    assert result.return_value == 1
    assert result.output.strip() == transcript().strip()


def test_much_is_wrong_in_the_example_and_everything_is_told_once() -> None:
    headers = [line for line in transcript().splitlines() if line.startswith("katalog.yaml:")]
    assert len({line.partition("[")[2][:7] for line in headers}) >= 14
    assert len(headers) == len({tuple(line.split(":")[:2]) for line in headers}), "one finding a line"


def test_the_readme_shows_a_part_of_it() -> None:
    (shown,) = [block for block in blocks(read("README.md"), "text") if "ORK" in block]
    printed = transcript()
    for finding in shown.strip().split("\n\n"):
        assert finding in printed


def test_the_example_has_what_it_names() -> None:
    assert Path(EXAMPLE, "crd.yaml").is_file()
