"""docs/fields.md and the list of the language's fields: none is missing, and what is said to run is read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest
from reference.fieldlist import NOT_YET, RUNS, listed

from orkestra.katalog.schema.blocks import Block, Field
from orkestra.katalog.schema.containers import ByShape
from orkestra.katalog.schema.decoder import FieldType
from orkestra.katalog.schema.outline import FILES, default_in_words, inner_blocks
from orkestra.katalog.schema.records import NamedMap
from orkestra.katalog.schema.scalars import Duration
from orkestra.template.times.durations import parse_duration
from tests.unit.docs.pages import ROOT, names, read, rows, section

PAGE = read("fields.md")

READ_INSIDE = {
    "apiVersion", "kind", "metadata", "description", "author", "version", "license", "createdBy", "tags", "spec",
    "crds", "ignoreObservedGeneration", "shadow",
    "apiTypes", "group", "crdFile", "mode", "operatorBox", "reconciler", "profile", "negate", "value", "operator",
    "valueType", "duration", "after", "before", "weekday", "weekend", "in", "notIn", "source", "typeMap", "typeList",
    "typeString", "typeNumber", "typeBool", "typeNull",
}  # fmt: skip
"""What the loader itself uses up: it makes other things of the model of them."""


class Wanted(NamedTuple):
    path: str
    default: str
    tier: str


def wanted() -> Iterator[Wanted]:
    """The fields of the language, as they are on record."""
    place = ""
    for line in (ROOT / "tests" / "golden" / "fields.txt").read_text().splitlines():
        if line.startswith("= "):
            place = line[2:].strip()
        elif line and not line.startswith("#"):
            name, default, tier = line.split()
            yield Wanted(f"{place}.{name}", "" if default == "-" else default, tier)


WANTED = list(wanted())


def row_at(path: str) -> Field:
    """The row of a path, found in the tables alone."""
    kind, *steps = re.sub(r"\[\]", "", path).split(".")
    type_: FieldType = FILES[kind]
    found: Field | None = None
    for step in steps:
        if step == "<name>":
            continue
        found = next((row for row in _rows(type_) if row.name == step), None)
        assert found is not None, f"{path}: there is no {step}"
        type_ = found.type
    assert found is not None
    return found


def _rows(type_: FieldType) -> Iterator[Field]:
    for block in inner_blocks(type_):
        yield from block.fields.values()
    for each in (type_, *(type_.shapes.values() if isinstance(type_, ByShape) else ())):
        if isinstance(each, NamedMap):
            yield from each.reserved.values()


def test_there_are_hundreds() -> None:
    assert len(WANTED) > 600
    assert len({each.path for each in WANTED}) == len(WANTED)


@pytest.mark.parametrize("each", WANTED, ids=lambda each: each.path)
def test_a_field_on_record_is_in_the_tables(each: Wanted) -> None:
    row = row_at(each.path)
    assert (row.tier, "*" if row.required else _default(row)) == (each.tier, _normal(each.default, row))


def _default(row: Field) -> Any:
    return _normal(default_in_words(row), row)


def _normal(text: str, row: Field) -> Any:
    if isinstance(row.type, Duration) and text != "*":
        return parse_duration(text or "0s")
    return text.replace(" ", "")


def test_the_page_lists_every_field_of_the_tables() -> None:
    shown = names(PAGE)
    assert len(shown) == len(set(shown))
    missing = {id(row) for block in every_block() for row in block.fields.values()} - {
        id(each.row) for each in listed()
    }
    assert not missing


def every_block() -> list[Block]:
    found: dict[int, Block] = {}
    waiting = list(FILES.values())
    while waiting:
        block = waiting.pop()
        if id(block) not in found:
            found[id(block)] = block
            waiting += [inner for row in block.fields.values() for inner in inner_blocks(row.type)]
    return list(found.values())


@pytest.mark.parametrize("kind", FILES)
def test_the_counts_are_those_of_the_list(kind: str) -> None:
    shown = [row[4] for row in rows(section(PAGE, kind))]
    (counts,) = [row for row in rows(PAGE) if row[0] == kind]
    runs = sum(state.split(" ⊕")[0] == RUNS for state in shown)
    later = sum(state.split(" ⊕")[0] == NOT_YET for state in shown)
    assert [int(count) for count in counts[1:]] == [len(shown), runs, later, len(shown) - runs - later]


@cache
def words_read() -> frozenset[str]:
    """Attributes and texts that the code outside the loader names, and what composes the files."""
    found: set[str] = set()
    for path in (ROOT / "src" / "orkestra").rglob("*.py"):
        parts = path.relative_to(ROOT / "src" / "orkestra").parts
        if ("katalog" in parts and "compose" not in parts) or "generate" in parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return frozenset(found)


def test_what_is_said_to_run_is_read_by_something_that_runs() -> None:
    unread = {each.path for each in listed() if each.state.startswith(RUNS) and not _is_read(_reader(each.path))}
    assert sorted(path for path in unread if _reader(path) not in READ_INSIDE) == []


def _reader(path: str) -> str:
    """The field whose reader has to do with it: what stands in a field of a child is handed on as it is."""
    below_child = re.search(r"\.on(?:Create|Reconcile|Delete)\.(?:groups\[\]\.)?\w+\[\]\.(\w+)", path)
    return below_child[1] if below_child else re.sub(r"\W+$", "", path.removesuffix(".<name>")).rpartition(".")[2]


def _is_read(name: str) -> bool:
    snake = re.sub(r"(?<=[a-z])([A-Z])", lambda found: f"_{found[1].lower()}", name)
    spellings = {name, snake, f"{snake}_seconds", f"is_{snake}", f"{snake}s"}
    return bool(spellings & words_read()) or (name in OTHERWISE and bool({OTHERWISE[name]} & words_read()))


OTHERWISE = {
    "or": "any_of",
    "when": "conditions",
    "forEach": "for_each",
    "as": "as_name",
    "gt": "greaterThan",
    "lt": "lessThan",
    "gte": "greaterThanOrEqual",
    "lte": "lessThanOrEqual",
    "min": "greaterThanOrEqual",
    "max": "lessThanOrEqual",
    "eq": "equals",
    "ne": "notEquals",
    "default": "has_reconciler",
    "dayOfWeek": "days",
}
"""Fields that have another name in the model."""
