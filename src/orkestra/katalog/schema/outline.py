"""The tables as a whole: which kinds of file there are, every block under one heading, and what is below a type.

The reference docs, ``ork explain`` and the JSON Schema are made from this, so that a new row is in all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from orkestra.katalog.schema.blocks import Block, Field, State
from orkestra.katalog.schema.conditions import CONDITION, ConditionList
from orkestra.katalog.schema.containers import Anything, ByShape, ListOf, MapOf, OtherSpelling, Raw, Shorthand
from orkestra.katalog.schema.decoder import FieldType
from orkestra.katalog.schema.documents import DOCUMENTS, JUDGED_ONLY
from orkestra.katalog.schema.entries import EntryList
from orkestra.katalog.schema.katalog import CRD_ENTRY, SPEC
from orkestra.katalog.schema.scalars import Choice, Duration, ScalarType
from orkestra.template.times.durations import format_duration

FILES: Final[Mapping[str, Block]] = MappingProxyType(DOCUMENTS)
"""The table of each kind of file."""

REFERENCE: Final = "docs/katalog.md"
"""The page that has a section for each block."""

Identity: TypeAlias = tuple[str, tuple[str, ...]]

_ENTRIES: Final = SPEC.fields["crds"].type


@dataclass(frozen=True, slots=True)
class Section:
    """A block under its heading, which no other block has. ``is_later``: only fields that come later lead to it."""

    heading: str
    block: Block
    is_later: bool


@cache
def sections() -> dict[Identity, Section]:
    """Every block by what tells it apart, in the order of the reference. Equal blocks of several fields are one."""
    found: dict[Identity, Section] = {}
    taken: set[str] = set()

    def visit(block: Block, parent: str, is_later: bool) -> None:
        known = found.get(identity(block))
        if known is not None and (is_later or not known.is_later):
            return
        heading = known.heading if known else block.title if block.title not in taken else f"{block.title} of {parent}"
        taken.add(heading)
        found[identity(block)] = Section(heading, block, is_later)
        for row in block.fields.values():
            for inner in inner_blocks(row.type):
                visit(inner, block.title, is_later or state_of(row) is State.LATER)

    for kind, block in FILES.items():
        visit(block, "", kind in JUDGED_ONLY)
    return found


def identity(block: Block) -> Identity:
    return block.title, tuple(block.fields)


def heading_of(block: Block) -> str:
    return sections()[identity(block)].heading


def anchor(heading: str) -> str:
    """The fragment by which GitHub links to a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def value_of(type_: MapOf) -> FieldType:
    """What the values of a map are: entries of ``crds`` are decoded one by one, each under its own name."""
    is_entries = isinstance(_ENTRIES, ByShape) and any(type_ is shape for shape in _ENTRIES.shapes.values())
    return CRD_ENTRY if is_entries and isinstance(type_.value, Raw) else type_.value


def inner_types(type_: FieldType) -> tuple[FieldType, ...]:
    """What a list, a map or a field of several shapes is made of; nothing for other types."""
    if isinstance(type_, ListOf):
        return (type_.item,)
    if isinstance(type_, MapOf):
        return (value_of(type_),)
    if isinstance(type_, ByShape):
        return tuple(shape for shape in type_.shapes.values() if shape is not None)
    if isinstance(type_, Shorthand):
        return (type_.value,)
    if isinstance(type_, EntryList):
        return (type_.block,)
    if isinstance(type_, ConditionList):
        return (CONDITION,)
    return ()


def inner_blocks(type_: FieldType) -> Iterator[Block]:
    """The blocks directly below a field's type, through lists and maps."""
    if isinstance(type_, Block):
        yield type_
        return
    inner = inner_types(type_)
    for each in inner:
        yield from inner_blocks(each)
    if not inner:
        yield from (value for value in vars(type(type_)).values() if isinstance(value, Block))


def row_at(block: Block, field: str) -> Field | None:
    """The row that a dotted path below a block names, list indexes left out of account."""
    blocks: tuple[Block, ...] = (block,)
    row: Field | None = None
    for step in re.sub(r"\[[^\]]*\]", "", field).split("."):
        row = next((each.fields[step] for each in blocks if step in each.fields), None)
        if row is None:
            return None
        blocks = tuple(inner_blocks(row.type))
    return row


def state_of(row: Field) -> State:
    """What becomes of a field: a map none of whose fields runs, or one that is refused in every shape, does not run."""
    if row.state is not State.SUPPORTED:
        return row.state
    if isinstance(row.type, Block):
        states = [state_of(inner) for inner in row.type.fields.values()]
        if State.SUPPORTED not in states:
            return State.LATER if State.LATER in states else states[0]
    if isinstance(row.type, ByShape):
        shapes = [shape for shape in row.type.shapes.values() if shape is not None]
        if all(isinstance(shape, OtherSpelling) for shape in shapes):
            return State.LATER
    return State.SUPPORTED


def in_words(type_: FieldType) -> str:
    """A type for people: ``list of maps``, ``a whole number of at least 0, or a template``."""
    if isinstance(type_, Block):
        return "map"
    if isinstance(type_, EntryList | ConditionList):
        return f"list of {'entries' if isinstance(type_, EntryList) else 'conditions'}"
    if isinstance(type_, ListOf):
        return f"list of {_plural(in_words(type_.item))}"
    if isinstance(type_, MapOf):
        value = value_of(type_)
        return type_.expects if isinstance(value, Raw) else f"map of {_plural(in_words(value))}"
    if isinstance(type_, Shorthand):
        return in_words(type_.value)
    if isinstance(type_, ByShape):
        shapes = [in_words(shape) for shape in inner_types(type_) if not isinstance(shape, OtherSpelling)]
        return " or ".join(dict.fromkeys(shapes)) or type_.expects
    if isinstance(type_, Raw):
        return "any value"
    if isinstance(type_, Anything):
        return f"{type_.expects}, with templates in it"
    takes_templates = isinstance(type_, ScalarType) and type_.templated
    words = type_.expects if not isinstance(type_, Choice) else f"one of {', '.join(type_.words)}"
    return f"{words}, or a template" if takes_templates else words


def _plural(words: str) -> str:
    return {"map": "maps", "text, or a template": "texts or templates", "text": "texts"}.get(words, words)


def default_in_words(row: Field) -> str:
    """The default as one writes it in the file; empty where there is none."""
    value: Any = row.default
    if value in (None, "", (), {}):
        return ""
    if isinstance(value, tuple):
        return f"[{', '.join(str(item) for item in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(row.type, Duration) and isinstance(value, int | float):
        return format_duration(value)
    return str(value)
