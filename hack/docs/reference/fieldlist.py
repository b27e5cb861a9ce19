"""Every field of every kind of file in one list -> docs/fields.md."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from orkestra.cli.explaining.places import Place, below, root_of
from orkestra.katalog.schema.blocks import Field, State
from orkestra.katalog.schema.containers import ByShape, MapOf
from orkestra.katalog.schema.decoder import FieldType
from orkestra.katalog.schema.documents import JUDGED_ONLY
from orkestra.katalog.schema.outline import FILES, default_in_words, identity, in_words, sections, state_of
from orkestra.katalog.schema.records import NamedMap
from reference.markdown import code, table

NOT_YET = "accepted, not run yet"
RUNS = "runs"
SUPERSET = "⊕"


@dataclass(frozen=True, slots=True)
class Listed:
    """A field at the place nearest to the root of its file."""

    path: str
    row: Field
    state: str


def lines() -> list[str]:
    out: list[str] = []
    found = list(listed())
    for kind in FILES:
        rows = [(code(each.path), *_cells(each)) for each in found if each.path.split(".")[0] == kind]
        out += [f"## {kind}", "", *table(("Field", "Type", "Default", "Tier", "State"), rows), ""]
    return out


def count_lines() -> list[str]:
    """How many fields are in which state, for each kind of file."""
    found = list(listed())
    rows = []
    for kind in FILES:
        states = [each.state.partition(":")[0].removesuffix(f" {SUPERSET}") for each in found if _is_of(each, kind)]
        others = len(states) - states.count(RUNS) - states.count(NOT_YET)
        rows.append((kind, str(len(states)), str(states.count(RUNS)), str(states.count(NOT_YET)), str(others)))
    return table(("Kind of file", "Fields", "Run", "Not yet", "Other spellings, Go only, without effect"), rows)


def listed() -> Iterator[Listed]:
    """Every field once, in the order of the tables."""
    for place in _places():
        if place.row is not None:
            yield Listed(place.path, place.row, _state(place, place.row))
            for row in _reserved(place.row.type):
                yield Listed(f"{place.path.removesuffix('.<name>')}.{row.name}", row, NOT_YET)


def _places() -> Iterator[Place]:
    """Every row where it stands nearest to the root, in the first kind of file that has it."""
    entered: set[int] = set()
    for kind in FILES:
        waiting = deque([root_of(kind)])
        while waiting:
            place = waiting.popleft()
            yield place
            new = tuple(block for block in place.blocks if id(block) not in entered)
            entered.update(map(id, new))
            waiting.extend(below(replace(place, blocks=new)))


def _is_of(each: Listed, kind: str) -> bool:
    return each.path.split(".")[0] == kind


def _cells(each: Listed) -> tuple[str, str, str, str]:
    row = each.row
    default = "**required**" if row.required else code(default_in_words(row)) if default_in_words(row) else ""
    is_read = state_of(row) in (State.SUPPORTED, State.LATER)
    return in_words(row.type) if is_read else "", default, row.tier, each.state


def _state(place: Place, row: Field) -> str:
    match state_of(row):
        case State.OLDER:
            return f"older spelling: write {row.target}"
        case State.NEWER:
            return f"newer spelling: {'write ' + row.target if row.target else 'see below it'}"
        case State.GO:
            return f"Go only: {row.target}"
        case State.DEAD:
            return f"never had an effect: {row.target}"
    is_later = state_of(row) is State.LATER or place.path.split(".")[0] in JUDGED_ONLY
    is_later = is_later or (place.owner is not None and sections()[identity(place.owner)].is_later)
    return (NOT_YET if is_later else RUNS) + (f" {SUPERSET}" if row.is_superset else "")


def _reserved(type_: FieldType) -> Iterator[Field]:
    """Rows beside the names of a map."""
    if isinstance(type_, NamedMap):
        yield from type_.reserved.values()
    elif isinstance(type_, ByShape):
        for shape in type_.shapes.values():
            if isinstance(shape, MapOf):
                yield from _reserved(shape)
