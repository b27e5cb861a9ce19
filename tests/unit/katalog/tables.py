"""Every row of the tables, with the keys that lead to it from the top of a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orkestra.katalog.schema.blocks import Block, Field
from orkestra.katalog.schema.containers import ByShape, MapOf, OtherSpelling
from orkestra.katalog.schema.decoder import FieldType
from orkestra.katalog.schema.outline import FILES, inner_types

Steps = tuple[str, ...]
"""Keys; ``[]`` steps into a list's first item, ``*`` into a map under any name."""


def rows_of(kind: str) -> Iterator[tuple[Steps, Field | OtherSpelling]]:
    """The rows of a kind of file, and the shapes of other generations; blocks inside themselves once."""
    yield from _rows(FILES[kind], (), frozenset())


def _rows(type_: FieldType, steps: Steps, around: frozenset[int]) -> Iterator[tuple[Steps, Field | OtherSpelling]]:
    if isinstance(type_, OtherSpelling):
        yield steps, type_
    elif isinstance(type_, Block):
        if id(type_) in around:
            return
        for row in type_.fields.values():
            yield (*steps, row.name), row
            yield from _rows(row.type, (*steps, row.name), around | {id(type_)})
    elif isinstance(type_, ByShape):
        for shape in inner_types(type_):
            yield from _rows(shape, steps, around)
    else:
        for inner in inner_types(type_):
            yield from _rows(inner, (*steps, "*" if isinstance(type_, MapOf) else "[]"), around)


def nested(steps: Steps, value: Any) -> Any:
    """``value`` where the steps lead."""
    for step in reversed(steps):
        value = [value] if step == "[]" else {"any" if step == "*" else step: value}
    return value
