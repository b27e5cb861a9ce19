"""Paths of the language, as imprecise as people write them, -> the rows they mean.

A path may leave out the kind of file, everything above the first name it knows, list indexes and the names of entries:
``katalog.spec.crds.website.operatorBox.onReconcile``, ``operatorBox.onReconcile`` and ``onReconcile`` are one place.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from orkestra.katalog.schema.blocks import Block, Field, State
from orkestra.katalog.schema.conditions import ConditionList
from orkestra.katalog.schema.containers import ByShape, ListOf, MapOf, OtherSpelling, Shorthand
from orkestra.katalog.schema.decoder import FieldType
from orkestra.katalog.schema.entries import EntryList
from orkestra.katalog.schema.outline import FILES, inner_blocks, inner_types
from orkestra.katalog.suggest import closest

_INDEX: Final = re.compile(r"\[[^\]]*\]")
_NAME: Final = ".<name>"
_USUAL: Final = (State.SUPPORTED, State.LATER)


@dataclass(frozen=True, slots=True)
class Place:
    """A row, or the root of a kind of file. ``path`` is written out in full, ``[]`` after lists, ``<name>`` for the
    names of a map; ``row`` None: the file itself; ``blocks``: what may be written below; ``owner``: whose row it is."""

    path: str
    row: Field | None
    blocks: tuple[Block, ...]
    owner: Block | None = None


class NoSuchPlace(LookupError):
    """Nothing there is called so; the text says what is."""


def find_places(text: str) -> list[Place]:
    """The place of a path, then further ones that it may also mean. Raises NoSuchPlace."""
    steps = [step for step in _INDEX.sub("", text.strip().lstrip(".")).split(".") if step]
    if not steps:
        raise NoSuchPlace(f"{text[:60]!r} is no path: expected names joined by dots, such as spec.crds.operatorBox")
    for kind in FILES:
        if steps[0].lower() == kind.lower():
            return [_follow(root_of(kind), steps[1:])]
    found: list[Place] = []
    problem: NoSuchPlace | None = None
    for start in _starts(steps[0]):
        try:
            place = _follow(start, steps[1:])
        except NoSuchPlace as error:
            problem = problem or error
            continue
        if place.row is not None and all(_differ(place.row, other.row) for other in found):
            found.append(place)
    if found:
        return found
    if problem:
        raise problem
    names = {name for place in walk_all() for block in place.blocks for name in block.fields}
    near = closest(steps[0], (*names, *FILES))
    hint = f"did you mean {near}?" if near else f"'ork explain' lists what begins a file: {', '.join(FILES)}"
    raise NoSuchPlace(f"nothing is called {steps[0][:60]!r}; {hint}")


def root_of(kind: str) -> Place:
    return Place(kind, None, (FILES[kind],))


def below(place: Place) -> Iterator[Place]:
    """The fields that may be written in it, of every shape it takes."""
    told: set[str] = set()
    for block in place.blocks:
        for row in block.fields.values():
            if row.name not in told:
                told.add(row.name)
                yield _child(place, row, block)


def walk_all(*, usual_only: bool = True) -> Iterator[Place]:
    """Every row of the language: those of a Katalog first, and in each kind of file those nearest to its root."""
    entered: set[int] = set()
    for kind in FILES:
        yield from _walk(root_of(kind), entered, usual_only=usual_only)


def _walk(root: Place, entered: set[int], *, usual_only: bool) -> Iterator[Place]:
    waiting: deque[Place] = deque([root])
    while waiting:
        place = waiting.popleft()
        yield place
        new = tuple(block for block in place.blocks if id(block) not in entered)
        entered.update(map(id, new))
        waiting.extend(
            child
            for child in below(replace(place, blocks=new))
            if not usual_only or (child.row is not None and child.row.state in _USUAL)
        )


def _differ(one: Field, other: Field | None) -> bool:
    """Whether a page of one would say other things than a page of the other."""
    return other is None or (one.name, one.doc, one.type.expects) != (other.name, other.doc, other.type.expects)


def _starts(step: str) -> list[Place]:
    """Where a path may begin: every place of that name, nearest to the root first."""
    for usual_only in (True, False):
        places = walk_all(usual_only=usual_only)
        found = [place for place in places if place.row is not None and place.row.name.lower() == step.lower()]
        if found:
            return found
    return []


def _follow(start: Place, steps: list[str]) -> Place:
    place = start
    may_be_name = True
    for n, step in enumerate(steps):
        child = _named(step, place)
        if child is not None:
            place = child
            may_be_name = True
        elif place.path.endswith(_NAME) and may_be_name and (n + 1 < len(steps) or not _near(step, place)):
            may_be_name = False
        else:
            raise NoSuchPlace(_unknown(step, place))
    return place


def _named(step: str, place: Place) -> Place | None:
    """The field of that name, capitals aside unless two differ in them alone."""
    children = list(below(place))
    for fold in (str, str.lower):
        for child in children:
            if child.row is not None and fold(child.row.name) == fold(step):
                return child
    return None


def _near(step: str, place: Place) -> str:
    return closest(step, _names(place))


def _names(place: Place) -> list[str]:
    return [c.row.name for c in below(place) if c.row is not None and c.row.state in _USUAL]


def _unknown(step: str, place: Place) -> str:
    names = _names(place)
    if not names:
        return f"{place.path} has no fields, so there is no {step[:60]!r} in it"
    near = _near(step, place)
    known = f"did you mean {near}?" if near else f"it has {', '.join(names)}"
    return f"there is no {step[:60]!r} in {place.path}; {known}"


def _child(place: Place, row: Field, owner: Block) -> Place:
    return Place(f"{place.path}.{row.name}{_steps(row.type)}", row, tuple(inner_blocks(row.type)), owner)


def _steps(type_: FieldType) -> str:
    """What stands in a path between a field and those below it."""
    if isinstance(type_, EntryList | ConditionList):
        return "[]"
    if isinstance(type_, ListOf):
        return "[]" + _steps(type_.item)
    if isinstance(type_, MapOf):
        return _NAME if any(inner_blocks(type_)) else ""
    if isinstance(type_, ByShape):
        shapes = [s for s in inner_types(type_) if not isinstance(s, OtherSpelling | Shorthand)]
        return next((steps for shape in shapes if (steps := _steps(shape))), "")
    return ""
