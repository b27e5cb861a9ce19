"""Every row of the tables, with the keys that lead to it from the top of a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orkestra.katalog.edits.steps import TABLES
from orkestra.katalog.schema.blocks import Block, Field
from orkestra.katalog.schema.conditions import CONDITION, ConditionList
from orkestra.katalog.schema.containers import ByShape, ListOf, MapOf, OtherSpelling
from orkestra.katalog.schema.decoder import FieldType
from orkestra.katalog.schema.entries import EntryList
from orkestra.katalog.schema.katalog import CRD_ENTRY, SPEC

Steps = tuple[str, ...]
"""Keys; ``[]`` steps into a list's first item, ``*`` into a map under any name."""


def rows_of(kind: str) -> Iterator[tuple[Steps, Field | OtherSpelling]]:
    """The rows of a kind of file, and the shapes of other generations; blocks inside blocks once each."""
    yield from _rows(TABLES[kind], (), frozenset())


def _rows(type_: FieldType, steps: Steps, around: frozenset[int]) -> Iterator[tuple[Steps, Field | OtherSpelling]]:
    if isinstance(type_, OtherSpelling):
        yield steps, type_
    elif isinstance(type_, Block):
        if id(type_) in around:
            return
        for row in type_.fields.values():
            yield (*steps, row.name), row
            inner: FieldType = MapOf(CRD_ENTRY) if type_ is SPEC and row.name == "crds" else row.type
            yield from _rows(inner, (*steps, row.name), around | {id(type_)})
            if inner is not row.type:
                yield from _rows(row.type, (*steps, row.name), around)
    elif isinstance(type_, ListOf):
        yield from _rows(type_.item, (*steps, "[]"), around)
    elif isinstance(type_, MapOf):
        yield from _rows(type_.value, (*steps, "*"), around)
    elif isinstance(type_, EntryList):
        yield from _rows(type_.block, (*steps, "[]"), around)
    elif isinstance(type_, ConditionList):
        yield from _rows(CONDITION, (*steps, "[]"), around)
    elif isinstance(type_, ByShape):
        for shape in type_.shapes.values():
            if shape is not None:
                yield from _rows(shape, steps, around)


def nested(steps: Steps, value: Any) -> Any:
    """``value`` where the steps lead."""
    for step in reversed(steps):
        value = [value] if step == "[]" else {"any" if step == "*" else step: value}
    return value
