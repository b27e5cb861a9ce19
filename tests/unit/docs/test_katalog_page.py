"""docs/katalog.md: every field there is, no other, and examples that load."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from reference import fields

from orkestra.katalog import load, render, schema
from orkestra.katalog.schema import outline
from orkestra.katalog.schema.blocks import Block, State
from orkestra.katalog.schema.decoder import FieldType
from tests.unit.docs.pages import DOCS, EVERYWHERE, ROOT, blocks, names, prose, read, section, spans

EXAMPLES = [
    pytest.param(text, id=f"{page}-{n}")
    for page in EVERYWHERE
    if page not in ("docs/diagnostics.md", "docs/composition.md")  # their own tests know what is beside, and wrong
    for n, text in enumerate(blocks(read(page), "yaml"))
    if text.startswith("apiVersion: orkestra.") and "# the example" not in text
]


def every_block() -> list[Block]:
    """All blocks of the language, found without knowing which types can hold one, nor where they are used."""
    found: dict[int, Block] = {}
    modules = [import_module(f"{schema.__name__}.{name}") for _, name, _ in pkgutil.iter_modules(schema.__path__)]
    waiting: list[Any] = [value for module in modules for value in vars(module).values() if isinstance(value, Block)]
    seen: set[int] = set()
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, Block):
            found[id(value)] = value
            waiting += [row.type for row in value.fields.values()]
        elif isinstance(value, FieldType):
            waiting += [*vars(value).values(), *vars(type(value)).values()]
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list | tuple):
            waiting += value
    return list(found.values())


def documented() -> Iterator[tuple[str, set[str]]]:
    """(heading, names in the first column) of every section of the reference."""
    text = section(read("katalog.md"), "Every field")
    for found in (*(each.heading for each in outline.sections().values()), fields.EVERY_ENTRY):
        yield found, set(names(section(text, found)))


def test_no_block_of_the_language_is_left_out() -> None:
    known = {outline.identity(block) for block in every_block()}
    assert known == set(outline.sections())


@pytest.mark.parametrize("found", list(outline.sections().values()), ids=lambda each: each.heading)
def test_a_section_has_the_fields_of_its_block_and_no_others(found: outline.Section) -> None:
    text = section(section(read("katalog.md"), "Every field"), found.heading)
    shared = names(section(read("katalog.md"), fields.EVERY_ENTRY)) if "(#fields-of-every-entry)" in text else []
    tests = names(section(read("katalog.md"), "Tests of a condition")) if "(#tests-of-a-condition)" in text else []
    shown = set(names(text))
    assert shown <= set(found.block.fields)
    assert set(found.block.fields) - shown <= {*shared, *tests}


def test_every_field_that_is_known_says_what_it_is() -> None:
    silent = [
        f"{found.heading}: {row.name}"
        for found in outline.sections().values()
        for row in found.block.fields.values()
        if outline.state_of(row) in (State.SUPPORTED, State.LATER) and not row.doc
    ]
    assert not silent


def test_other_spellings_say_what_to_write_today() -> None:
    silent = [
        f"{found.heading}: {row.name}"
        for found in outline.sections().values()
        for row in found.block.fields.values()
        if row.state in (State.OLDER, State.NEWER, State.GO, State.DEAD) and not row.target
    ]
    assert not silent


def test_fields_this_project_adds_are_marked() -> None:
    added = {"prune", "readiness", "readyWhen", "drift", "cel", "initContainers", "sidecars"}
    marked = {row.name for each in outline.sections().values() for row in each.block.fields.values() if row.is_superset}
    assert added <= marked
    reference = section(read("katalog.md"), "Every field")
    for name in added:
        assert any(fields.ADDED in line for line in reference.splitlines() if line.startswith(f"| `{name}` |")), name


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_loads_without_findings(text: str, tmp_path: Path) -> None:
    (tmp_path / "katalog.yaml").write_text(text)
    (tmp_path / "crd.yaml").write_text((ROOT / "examples" / "website" / "crd.yaml").read_text())
    katalog, found = load(tmp_path / "katalog.yaml", root=tmp_path)
    assert katalog is not None and not found, render(found)


def test_the_page_has_examples() -> None:
    assert len(blocks(read("katalog.md"), "yaml")) >= 5


def test_fields_named_in_the_introduction_exist() -> None:
    introduction = prose((DOCS / "katalog.md").read_text().partition("## Kinds of children")[0])
    known = {name for _, shown in documented() for name in shown} | {"gt"}
    words = {span.partition(":")[0] for span in spans(introduction) if span.replace(":", "").isalpha()}
    elsewhere = {"started", "healthy"}
    assert words <= known | elsewhere
