"""Other generations of the language -> today's, in the text of a file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from orkestra.katalog.diagnostics.finding import Findings, SourceText, Span
from orkestra.katalog.edits import conversions, surgery
from orkestra.katalog.edits.meaning import meaning_of, meaning_of_part, owners_of
from orkestra.katalog.edits.outline import Outline, Part
from orkestra.katalog.edits.printing import print_outline
from orkestra.katalog.edits.reading import read_outline
from orkestra.katalog.edits.steps import Step, destination_of, find_steps
from orkestra.katalog.edits.written import parse_written
from orkestra.katalog.schema.documents import API_VERSION

_MOST_ROUNDS: Final = 20
_MOST_STEPS: Final = 500
_MOST_SINGLE: Final = 100


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was rewritten: where it stood, and what became of it."""

    span: Span
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Left:
    """One thing of another generation that stays as it is, and why."""

    span: Span
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Migration:
    """``text`` is the file's new text, the old one when nothing changed."""

    text: str
    changes: tuple[Change, ...] = ()
    left: tuple[Left, ...] = ()


class Refused(Exception):
    """A step that cannot be taken; the text says why."""


def migrate(source: SourceText, findings: Findings, *, also: Collection[str] = ()) -> Migration:
    """Rewrites everything of another generation that today's language has a place for.

    A file that does not parse stays as it is; ``findings`` then say why. All steps are taken at once; should the text
    they make not mean what they mean, each is tried alone and those that fail are left. ``also``: conversions of shapes
    that were never right.
    """
    outline = read_outline(source, findings)
    if outline is None:
        reason = "it writes YAML in a way not rewritten here" if source.text.strip() else "it is empty"
        left = () if findings.has_errors else (Left(Span(), "the file", reason),)
        return Migration(source.text, left=left)
    if not find_steps(outline.root, also):
        return Migration(source.text)
    whole = _run(outline, None, also)
    if whole is not None:
        return whole
    return _one_by_one(source, also)


def single_steps(source: SourceText, *, also: Collection[str] = ()) -> Iterator[tuple[Span, str]]:
    """The place of each finding that a step takes care of, with the text that this step alone makes; the first
    hundred."""
    for number in range(_MOST_SINGLE):
        outline = read_outline(source, Findings())
        steps = find_steps(outline.root, also) if outline else []
        if outline is None or number >= len(steps):
            return
        step = steps[number]
        place = step.part.span if step.row else step.part.node.span
        one = _run(outline, number, also)
        if one is not None and one.changes:
            yield place, one.text


def _one_by_one(source: SourceText, also: Collection[str]) -> Migration:
    text, refused = source.text, 0
    changes: list[Change] = []
    left: list[Left] = []
    for _ in range(_MOST_STEPS):
        outline = read_outline(SourceText(source.name, text), Findings())
        steps = find_steps(outline.root, also) if outline else []
        if outline is None or refused >= len(steps):
            break
        step = steps[refused]
        one = _run(outline, refused, also)
        if one is not None and one.changes:
            text = one.text
            changes += one.changes
        else:
            unable = Left(step.part.span, _name_of(step), "the text around it does not let it move: anchors, or flows")
            left += one.left if one is not None and one.left else (unable,)
            refused += 1
    return Migration(text, tuple(changes), tuple(left))


def _run(outline: Outline, only: int | None, also: Collection[str]) -> Migration | None:
    """Takes all steps, or the one of number ``only``. None: the text that came of it does not mean the same."""
    owners = owners_of(outline)
    changes: list[Change] = []
    refused: dict[int, Left] = {}
    for _ in range(_MOST_ROUNDS):
        steps = [step for step in find_steps(outline.root, also) if id(step.part) not in refused]
        if only is not None:
            steps = find_steps(outline.root, also)[only : only + 1]
        if not steps:
            break
        _take_all(steps, outline, changes, refused)
        if only is not None:
            break
    text = print_outline(outline)
    findings = Findings()
    written = parse_written(SourceText(outline.source.name, text), findings)
    if written is None or meaning_of(written.root) != meaning_of_part(outline.root, owners):
        return None
    changes.sort(key=lambda change: change.span)
    return Migration(text, tuple(changes), tuple(sorted(refused.values(), key=lambda left: left.span)))


def _take_all(steps: Sequence[Step], outline: Outline, changes: list[Change], refused: dict[int, Left]) -> None:
    heirs: dict[int, Part] = {}
    emptied: dict[int, tuple[Part, ...]] = {}
    for step in steps:
        was = _name_of(step)
        span = step.part.span
        try:
            now = _take(step, outline.newline, heirs)
        except Refused as refusal:
            refused[id(step.part)] = Left(span, was, str(refusal))
            continue
        changes.append(Change(span, was, now))
        if not step.path[-1].parts:
            emptied[id(step.path[-1])] = step.path
    for path in emptied.values():
        _clear_away(path, heirs, outline.newline)


def _take(step: Step, newline: str, heirs: dict[int, Part]) -> str:
    """Takes one step and says what it made. Raises Refused, having changed nothing."""
    if step.shape is not None:
        convert = CONVERSIONS.get(step.shape.rewrite)
        if convert is None:
            raise Refused(step.shape.hint)
        if step.part.is_alias:
            raise Refused("it is an alias: rewrite what it names")
        try:
            return convert((*step.path, step.part), newline)
        except conversions.NotConvertible as refusal:
            raise Refused(str(refusal)) from None
    if step.row is None:
        quote = step.part.value[-1:] if step.part.value[-1:] in ("'", '"') else ""
        surgery.set_text(step.part, API_VERSION, quote + API_VERSION + quote)
        return API_VERSION
    destination = destination_of(step.row)
    if destination is None:
        raise Refused(step.row.target)
    return _move(step, destination, newline, heirs)


def _move(step: Step, destination: tuple[str, ...], newline: str, heirs: dict[int, Part]) -> str:
    row = step.row
    assert row is not None
    if destination == (".",):
        return _spread(step, newline)
    climbs = sum(1 for name in destination if name == "..")
    *through, name = destination[climbs:]
    path = list(step.path[: len(step.path) - climbs])
    if not path:
        raise Refused("it stands too far outside")
    child = step.path[len(path)] if climbs else step.part
    if child not in path[-1].parts:
        raise Refused("its map is merged or aliased")
    if not climbs and not through:
        if path[-1].get(name) is not None:
            raise Refused(f"{name} is already there: join the two")
        surgery.rename(step.part, name)
        return row.target
    _check_way(path, through, name, step.part)
    at: int | None = path[-1].parts.index(child)
    if not climbs:
        surgery.take(step.path, step.part, newline)
    created: list[Part] = []
    for key in through:
        found = path[-1].get(key)
        if found is None:
            found = surgery.new_map(key, path[-1], newline)
            surgery.put(path, len(path[-1].parts) if at is None else at, found, newline)
            created.append(found)
        elif found.is_null:
            surgery.open_null([*path, found], newline)
        path.append(found)
        at = None
    if climbs:
        surgery.take(step.path, step.part, newline)
    heirs.setdefault(id(step.path[-1]), created[0] if created else step.part)
    if created and not climbs:  # the new map takes the part's place, and the space above it
        created[0].lead = step.part.lead[: len(step.part.lead) - len(step.part.lead.lstrip("\r\n"))]
    _join(path, name, step.part, at, newline)
    return row.target


def _spread(step: Step, newline: str) -> str:
    """Puts the fields of a map in its place."""
    path, part = list(step.path), step.part
    container = path[-1]
    if part.is_alias or not part.kind.is_map or any(child.is_merge for child in part.parts):
        raise Refused("it is no map of its own")
    for child in part.parts:
        there = container.get(child.name)
        if there is not None:
            _check_join(there, child)
    at = container.parts.index(part)
    children = [surgery.take([*path, part], child, newline) for child in list(part.parts)]
    if children:
        surgery.inherit(children[0], part, newline)
    surgery.take(path, part, newline)
    for n, child in enumerate(children):
        _join(path, child.name, child, at + n, newline)
    assert step.row is not None
    return step.row.target


def _check_way(path: Sequence[Part], through: Sequence[str], name: str, part: Part) -> None:
    """Raises Refused where something stands in the way already."""
    here: Part | None = path[-1]
    for key in through:
        here = here.get(key) if here else None
        if here is not None and not here.is_null and (here.is_alias or not here.kind.is_map):
            raise Refused(f"{key} is there and is no map of its own")
    if here is not None and (there := here.get(name)) is not None:
        _check_join(there, part)


def _check_join(there: Part, part: Part) -> None:
    if there.is_null:
        return
    if there.is_alias or part.is_alias or not (there.kind.is_map and part.kind.is_map):
        raise Refused(f"{there.name} is already there: join the two")
    for child in part.parts:
        other = there.get(child.name)
        if other is not None:
            _check_join(other, child)


def _join(path: list[Part], name: str, part: Part, at: int | None, newline: str) -> None:
    """Puts a loose part into the last of ``path`` as ``name``; a map that is there already takes what is in it."""
    container = path[-1]
    there = container.get(name)
    if there is not None and there.is_null:
        surgery.take(path, there, newline)
        surgery.inherit(part, there, newline)
        there = None
    if there is None:
        surgery.rename(part, name)
        surgery.put(path, len(container.parts) if at is None else at, part, newline)
        return
    for child in list(part.parts):
        _join([*path, there], child.name, surgery.take([part], child, newline), None, newline)
    if surgery.comment_lines(part):
        surgery.make_block(path, newline)
        surgery.inherit(there, part, newline)


def _clear_away(path: Sequence[Part], heirs: dict[int, Part], newline: str) -> None:
    """Removes a container that nothing is left in; its comments go to what was first in it."""
    container, around = path[-1], path[:-1]
    if container.parts or not around or container not in around[-1].parts:
        return
    heir = heirs.get(id(container))
    if heir is not None:
        surgery.inherit(heir, container, newline)
    surgery.take(around, container, newline)
    if not around[-1].parts:
        heirs.setdefault(id(around[-1]), heir or container)
        _clear_away(around, heirs, newline)


def _name_of(step: Step) -> str:
    """``operatorBox.workers``: the keys that lead to a step, without those all files have."""
    names = [part.name for part in (*step.path, step.part) if part.name]
    if names[:2] == ["spec", "crds"] and len(names) > 3:
        names = names[3:]
    return ".".join(names)


CONVERSIONS: Final[dict[str, Callable[[Sequence[Part], str], str]]] = {
    "labels": conversions.list_to_map,
    "entries": conversions.entries_to_map,
    "envFrom": conversions.sources_to_map,
    "rules": conversions.rules_to_map,
    "env": conversions.env_to_list,
    "item": conversions.map_to_list,
}
"""How a shape of another generation becomes today's, by the name its row gives."""
