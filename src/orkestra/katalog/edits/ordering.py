"""The order of a block's fields."""

from __future__ import annotations

from typing import Final

from orkestra.katalog.edits.outline import Part
from orkestra.katalog.edits.steps import read_beside, table_of
from orkestra.katalog.schema.blocks import Block
from orkestra.katalog.schema.conditions import CONDITION
from orkestra.katalog.schema.entries import CONTROL_FIELDS, EntryList

_STEERING: Final = frozenset(row.name for row in CONTROL_FIELDS)


def tables_of(root: Part) -> dict[int, Block]:
    """The block that each map of a file is read with, by the id of its part."""
    table = table_of(root)
    found = read_beside(root, table) if table else ()
    return {id(part): type_ for _, part, type_ in found if isinstance(type_, Block)}


def order_parts(part: Part, block: Block | None) -> None:
    """Puts the parts of a map in the order of its table, what steers an entry last; unknown keys stay behind them.

    Children of one block are made in the order they are written, and the tests of a condition read like a sentence:
    both stay. So does everything in which an anchor or alias stands.
    """
    if block is None or not _is_free(block) or any(_is_tied(each) for child in part.parts for each in child.walk()):
        return
    names = list(block.fields)
    is_entry = block.fields.keys() >= _STEERING
    places = {name: (is_entry and name in _STEERING, n) for n, name in enumerate(names)}
    part.parts.sort(key=lambda child: places.get(child.name, (True, len(names))))


def _is_free(block: Block) -> bool:
    return block is not CONDITION and not any(isinstance(row.type, EntryList) for row in block.fields.values())


def _is_tied(part: Part) -> bool:
    return part.is_alias or part.is_merge or part.value[:1] in ("&", "*") or "&" in part.sep
