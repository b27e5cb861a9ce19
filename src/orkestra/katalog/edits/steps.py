"""What of an outline is of another generation, found by walking it beside the tables of the language."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from orkestra.katalog.edits.outline import Kind, Part
from orkestra.katalog.schema.blocks import Block, Field, State
from orkestra.katalog.schema.containers import ByShape, MapOf, OtherSpelling
from orkestra.katalog.schema.decoder import FieldType
from orkestra.katalog.schema.documents import OLD_API_VERSIONS
from orkestra.katalog.schema.katalog import CRD_ENTRY
from orkestra.katalog.schema.outline import FILES, inner_types

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


def find_steps(root: Part, also: Collection[str] = ()) -> list[Step]:
    """All steps of a file, outer ones before inner ones, in order. ``also``: conversions of shapes never right."""
    found: list[Step] = []
    version = root.get("apiVersion")
    if version is not None and getattr(version.node, "text", "") in OLD_API_VERSIONS and version.kind is Kind.LEAF:
        found.append(Step((root,), version))
    table = table_of(root)
    for path, part, type_ in read_beside(root, table) if table else ():
        if isinstance(type_, OtherSpelling) and (type_.number == 1601 or type_.rewrite in also):
            found.append(Step(path, part, shape=type_))
        elif isinstance(type_, Field):
            if type_.state in OTHER_GENERATIONS:
                found.append(Step(path, part, row=type_))
        elif _LONE_ITEM.rewrite in also and _is_lone_item(part, type_):
            found.append(Step(path, part, shape=_LONE_ITEM))
    return found


def _holds_entries(path: tuple[Part, ...], part: Part) -> bool:
    """``spec.crds``: entries, and what a Komposer says differs in them, are decoded one by one under their names."""
    return part.name == "crds" and len(path) == 2 and path[1].name == "spec"


_LONE_ITEM: Final = OtherSpelling(1102, "", 'put "- " before the entry', rewrite="item")


def _is_lone_item(part: Part, type_: FieldType) -> bool:
    """A map where a list of such maps is wanted: every key of it is one of an item."""
    if not part.kind.is_map or not part.parts or isinstance(type_, Block | MapOf):
        return False
    return any(
        isinstance(item, Block) and all(child.name in item.fields for child in part.parts)
        for item in inner_types(type_)
    )


def table_of(root: Part) -> Block | None:
    """The table of a file by its kind; that of a Katalog where it names none."""
    kind = root.get("kind")
    return FILES.get(getattr(kind.node, "text", "") if kind else "Katalog")


def read_beside(root: Part, table: FieldType) -> Iterator[tuple[tuple[Part, ...], Part, FieldType | Field]]:
    """Every part below ``root`` with what the tables say of it: (path to its container, part, its row where it is a
    field of a block, else its type). What a merge key brings has the type of the map it is merged into."""
    yield from _read((), root, table)


def _read(
    path: tuple[Part, ...], part: Part, type_: FieldType
) -> Iterator[tuple[tuple[Part, ...], Part, FieldType | Field]]:
    match type_:
        case ByShape():
            chosen = type_.shapes[type(part.node)]
            if chosen is not None:
                yield from _read(path, part, chosen)
        case Block() if part.kind.is_map:
            yield path, part, type_
            for child in list(part.parts):
                row = type_.fields.get(child.name)
                if child.is_merge:
                    yield from _read((*path, part), child, type_)
                elif row is not None:
                    yield (*path, part), child, row
                    if row.state not in OTHER_GENERATIONS:
                        yield from _read((*path, part), child, row.type)
        case _:
            yield path, part, type_
            inner = (CRD_ENTRY,) if _holds_entries(path, part) else inner_types(type_)
            if inner and part.kind is not Kind.LEAF and part.kind.is_map == isinstance(type_, MapOf):
                for child in part.parts:
                    yield from _read((*path, part), child, inner[0])
