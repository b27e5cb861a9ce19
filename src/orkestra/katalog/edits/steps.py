"""What of an outline is of another generation, found by walking it beside the tables of the language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from orkestra.katalog.edits.outline import Kind, Part
from orkestra.katalog.schema.blocks import Block, Field, State
from orkestra.katalog.schema.conditions import CONDITION, ConditionList
from orkestra.katalog.schema.containers import ByShape, ListOf, MapOf, OtherSpelling
from orkestra.katalog.schema.decoder import FieldType
from orkestra.katalog.schema.documents import OLD_API_VERSIONS
from orkestra.katalog.schema.entries import EntryList
from orkestra.katalog.schema.katalog import CRD_ENTRY, KATALOG, SPEC

OTHER_GENERATIONS: Final = frozenset({State.OLDER, State.NEWER, State.GO, State.DEAD})
_DOTTED = re.compile(r"[A-Za-z]+(?:\.[A-Za-z]+)*")


@dataclass(frozen=True, slots=True)
class Step:
    """``path`` leads from the root to the part's container. ``row``: the key is of another generation; ``shape``: the
    value's shape is; neither: the value itself (apiVersion)."""

    path: tuple[Part, ...]
    part: Part
    row: Field | None = None
    shape: OtherSpelling | None = None


def destination_of(row: Field) -> tuple[str, ...] | None:
    """Where the value of another generation's field goes: keys from its own map on, ``..`` climbing. None: nowhere."""
    if row.state not in (State.OLDER, State.NEWER):
        return None
    if row.moves_to:
        return tuple(row.moves_to.split("/"))
    return tuple(row.target.split(".")) if _DOTTED.fullmatch(row.target) else None


def find_steps(root: Part) -> list[Step]:
    """All steps of a file, outer ones before inner ones, in order."""
    found: list[Step] = []
    version = root.get("apiVersion")
    if version is not None and getattr(version.node, "text", "") in OLD_API_VERSIONS and version.kind is Kind.LEAF:
        found.append(Step((root,), version))
    kind = root.get("kind")
    table = TABLES.get(getattr(kind.node, "text", "") if kind else "Katalog")
    if table is not None:
        found += _steps((), root, table)
    return found


TABLES: Final[dict[str, Block]] = {"Katalog": KATALOG}
"""The table of each kind of file."""


def _steps(path: tuple[Part, ...], part: Part, type_: FieldType) -> Iterator[Step]:
    """The steps at and below ``part``, whose value the tables read as ``type_``."""
    match type_:
        case ByShape():
            chosen = type_.shapes[type(part.node)]
            if isinstance(chosen, OtherSpelling) and chosen.number == 1601:
                yield Step(path, part, shape=chosen)
            elif chosen is not None:
                yield from _steps(path, part, chosen)
        case Block() if part.kind.is_map:
            for child in list(part.parts):
                row = type_.fields.get(child.name)
                if child.is_merge:
                    yield from _steps((*path, part), child, type_)
                elif row is not None and row.state in OTHER_GENERATIONS:
                    yield Step((*path, part), child, row=row)
                elif row is not None and type_ is SPEC and row.name == "crds":
                    yield from _entries((*path, part), child, row.type)
                elif row is not None:
                    yield from _steps((*path, part), child, row.type)
        case _:
            for child in part.parts:
                inner = _inner(type_, part)
                if inner is not None:
                    yield from _steps((*path, part), child, inner)


def _entries(path: tuple[Part, ...], part: Part, type_: FieldType) -> Iterator[Step]:
    """Entries are decoded one by one, each under its own name; their map has no table."""
    if not part.kind.is_map:
        yield from _steps(path, part, type_)
        return
    for child in part.parts:
        yield from _steps((*path, part), child, CRD_ENTRY)


def _inner(type_: FieldType, part: Part) -> FieldType | None:
    """What a list's items or a map's values are."""
    match type_:
        case ListOf() if part.kind.is_list:
            return type_.item
        case MapOf() if part.kind.is_map:
            return type_.value
        case EntryList() if part.kind.is_list:
            return type_.block
        case ConditionList() if part.kind.is_list:
            return CONDITION
    return None
