"""examples/broken, and what ``ork validate`` says about it -> docs/validation.md."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from orkestra.katalog import load, render

EXAMPLE: Final = Path(__file__).resolve().parents[3] / "examples" / "broken"


def lines() -> list[str]:
    """The file and the transcript."""
    katalog = (EXAMPLE / "katalog.yaml").read_text().splitlines()
    return ["```yaml", *katalog, "```", "", "```text", "$ ork validate", *transcript().splitlines(), "```"]


def transcript() -> str:
    """What is printed in the folder of the example."""
    _, found = load(EXAMPLE / "katalog.yaml", root=EXAMPLE)
    here = [
        replace(each, file="katalog.yaml", related=tuple(replace(other, file="katalog.yaml") for other in each.related))
        for each in found
    ]
    return f"{render(here)}1 file checked"
