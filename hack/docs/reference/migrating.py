"""The rows of other generations -> the table of docs/migrating.md."""

from __future__ import annotations

from collections.abc import Iterator

from orkestra.katalog.edits.steps import destination_of
from orkestra.katalog.schema.blocks import Block, Field, State
from orkestra.katalog.schema.containers import ByShape, MapOf, OtherSpelling
from orkestra.katalog.schema.decoder import FieldType
from orkestra.katalog.schema.documents import API_VERSION, OLD_API_VERSIONS
from orkestra.katalog.schema.outline import FILES, inner_types
from reference.markdown import code, table

_GENERATIONS = {State.OLDER: "older", State.NEWER: "newer", State.GO: "Go"}


def lines() -> list[str]:
    """A row for each spelling that ``ork migrate`` knows, at the first place it can stand."""
    rows = [(code("apiVersion: " + old), "older", code("apiVersion: " + API_VERSION)) for old in OLD_API_VERSIONS]
    rows += [(code(place), generation, today) for place, generation, today in spellings()]
    return [*table(("Written", "Layout", "Today"), rows), ""]


def spellings() -> Iterator[tuple[str, str, str]]:
    """(dotted place, generation, what it becomes) of every row, each once; shared rows at their first place."""
    seen: set[int] = set()
    for kind, block in FILES.items():
        for steps, row in _rows(block, () if kind == "Katalog" else (f"{kind}:",), frozenset()):
            if id(row) in seen:
                continue
            seen.add(id(row))
            if isinstance(row, OtherSpelling):
                if row.number == 1601:
                    yield _place(steps), "older", code(row.hint.removeprefix("write "))
            elif row.state in _GENERATIONS:
                yield _place(steps), _GENERATIONS[row.state], _today(row)


def _today(row: Field) -> str:
    return code(row.target) if destination_of(row) is not None else f"stays: {row.target}"


def _place(steps: tuple[str, ...]) -> str:
    text = "".join(step if step == "[]" else f".{step}" for step in steps).lstrip(".")
    return text.removeprefix("spec.crds.*.").replace(".*", ".<name>").replace(":.", ": ")


def _rows(
    type_: FieldType, steps: tuple[str, ...], around: frozenset[int]
) -> Iterator[tuple[tuple[str, ...], Field | OtherSpelling]]:
    if isinstance(type_, OtherSpelling):
        yield steps, type_
    elif isinstance(type_, Block) and id(type_) not in around:
        for row in type_.fields.values():
            yield (*steps, row.name), row
            yield from _rows(row.type, (*steps, row.name), around | {id(type_)})
    elif not isinstance(type_, Block):
        step = () if isinstance(type_, ByShape) else ("*" if isinstance(type_, MapOf) else "[]",)
        for inner in inner_types(type_):
            yield from _rows(inner, (*steps, *step), around)
