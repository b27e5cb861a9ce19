"""docs/migrating.md: the example is real, and the table has every spelling."""

from __future__ import annotations

import re

from reference.migrating import spellings

from orkestra.katalog import load_text
from orkestra.katalog.diagnostics import Findings, SourceText
from orkestra.katalog.edits.layout import arrange
from orkestra.katalog.edits.migration import migrate
from orkestra.katalog.schema.blocks import State
from orkestra.katalog.schema.outline import FILES
from tests.unit.docs.pages import blocks, names, read, section
from tests.unit.katalog.tables import rows_of

PAGE = read("migrating.md")


def test_the_example_is_what_migrating_gives() -> None:
    (old,), (new,) = blocks(PAGE, "yml"), blocks(PAGE, "yaml")
    found = migrate(SourceText("k.yaml", old), Findings())
    assert (found.text, found.left) == (new, ())
    assert load_text(new)[1] == []
    assert arrange(SourceText("k.yaml", new), Findings()) == (new, "")


def test_every_spelling_is_in_the_table() -> None:
    told = {re.split(r"[.\[\]: ]+", name)[-1] for name in names(section(PAGE, "Every spelling"))}
    for kind in FILES:
        for steps, row in rows_of(kind):
            if getattr(row, "state", None) in (State.OLDER, State.NEWER):
                assert steps[-1] in told, steps
    assert len(list(spellings())) > 50


def test_what_is_said_to_stay_stays() -> None:
    stays = {place.rpartition(".")[2] for place, _, today in spellings() if today.startswith("stays")}
    assert {"events", "cleanup", "constructor", "location"} <= stays
    assert "workers" not in stays
