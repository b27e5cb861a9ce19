"""Following the hints that take no thought, until none is left.

A round follows what the loader's findings say, all of it at once, and judges again. It counts when the text still
parses and every finding that was followed is gone; else its fixes are tried one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from orkestra.katalog.diagnostics.finding import Diagnostic, Edit, Findings, SourceText, Span
from orkestra.katalog.edits.mending import mend
from orkestra.katalog.edits.migration import migrate, single_steps

Judge = Callable[[str], Sequence[Diagnostic]]
"""The findings of the file with this text."""

MOST_ROUNDS: Final = 20
_MOST_SINGLE: Final = 100
_SHAPES: Final = frozenset({"ORK1102", "ORK1504", "ORK1601", "ORK1602"})
"""Findings that take a migration, not an edit of a line or two."""
MENDED: Final = ("env", "item")


@dataclass(frozen=True, slots=True)
class Fixed:
    """``done``: the findings that are gone, as they were found (places are those of the text at that time)."""

    text: str
    done: tuple[Diagnostic, ...]
    remaining: tuple[Diagnostic, ...]


def fix(source: SourceText, judge: Judge) -> Fixed:
    """Follows what can be followed. Never raises; ends after ``MOST_ROUNDS`` rounds at the latest."""
    text = source.text
    found = judge(text)
    done: list[Diagnostic] = []
    given_up: set[tuple[str, str]] = set()
    for _ in range(MOST_ROUNDS):
        new, followed, found_then = _round(source.name, text, found, judge, given_up)
        if not followed:
            break
        text, found = new, found_then
        done += followed
    return Fixed(text, tuple(done), tuple(found))


Round = tuple[str, list[Diagnostic], Sequence[Diagnostic]]


def _round(name: str, text: str, found: Sequence[Diagnostic], judge: Judge, given_up: set[tuple[str, str]]) -> Round:
    """(new text, findings followed, findings then); no finding is followed when nothing can be done."""
    source = SourceText(name, text)
    own = [each for each in found if each.file == name and _identity(each) not in given_up]
    broken = [each for each in own if _breaks(each)]
    if broken:
        mended = mend(source, broken)
        return _judged(mended, broken[:1], found, judge) or (text, [], found)
    shapes = [each for each in own if each.code in _SHAPES and not each.fix]
    if shapes:
        migrated = migrate(source, Findings(), also=MENDED).text
        if migrated != text:
            now = judge(migrated)
            left = Counter(_identity(each) for each in now)
            gone = [each for each in shapes if not left[_identity(each)]]
            if gone and not any(_breaks(each) for each in now):
                return migrated, gone, now
        given_up.update(_identity(each) for each in shapes)
    fixable = _apart(each for each in own if each.fix)
    whole = _judged(_applied(source, fixable), fixable, found, judge)
    if whole:
        return whole
    for each in fixable[:_MOST_SINGLE]:
        one = _judged(_applied(source, [each]), [each], found, judge)
        if one:
            return one
        given_up.add(_identity(each))
    return text, [], found


def _judged(text: str, followed: list[Diagnostic], before: Sequence[Diagnostic], judge: Judge) -> Round | None:
    """The round's result, if it did what it was meant to."""
    if not followed:
        return None
    now = judge(text)
    then, were = Counter(map(_identity, now)), Counter(map(_identity, before))
    wanted = Counter(map(_identity, followed))
    is_worse = any(_breaks(each) for each in now) and not any(_breaks(each) for each in before)
    if is_worse or any(then[key] > were[key] - count for key, count in wanted.items()):
        return None
    return text, followed, now


def _identity(found: Diagnostic) -> tuple[str, str]:
    return found.code, found.message if not _breaks(found) else f"{found.message} {found.span}"


def _breaks(found: Diagnostic) -> bool:
    """The text is no sound YAML."""
    return found.code.startswith("ORK10") and found.is_error


def _apart(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those whose edits do not touch an earlier one's."""
    kept: list[Diagnostic] = []
    end = (0, 0)
    for each in sorted(found, key=lambda one: min(edit.span for edit in one.fix)):
        if min(edit.span[:2] for edit in each.fix) >= end:
            kept.append(each)
            end = max((edit.span.end_line, edit.span.end_column) for edit in each.fix)
    return kept


def _applied(source: SourceText, found: Iterable[Diagnostic]) -> str:
    return apply_edits(source, [edit for each in found for edit in each.fix])


def with_fixes(source: SourceText, found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The findings of a file, those that a rewriting would take care of with the edits that do it."""
    own = [each for each in found if each.file == source.name and not each.fix]
    broken = [each for each in own if _breaks(each)]
    edits: dict[int, tuple[Edit, ...]] = {}
    if broken:
        mended = mend(source, broken)
        if mended != source.text:
            edits[id(broken[0])] = edits_between(source, mended)
    elif any(each.code in _SHAPES for each in own):
        steps = {span.bare: text for span, text in single_steps(source, also=MENDED)}
        for each in own:
            if each.code in _SHAPES and each.span in steps:
                edits[id(each)] = edits_between(source, steps[each.span])
    return [replace(each, fix=edits[id(each)]) if id(each) in edits else each for each in found]


def apply_edits(source: SourceText, edits: Iterable[Edit]) -> str:
    """The text with edits that do not overlap, the last one first."""
    text = source.text
    for edit in sorted(edits, reverse=True):
        start = source.offset(edit.span.line, edit.span.column)
        end = source.offset(edit.span.end_line, edit.span.end_column)
        text = text[:start] + edit.text + text[end:]
    return text


def edits_between(before: SourceText, after: str) -> tuple[Edit, ...]:
    """What makes one text of the other, in whole lines."""
    from difflib import SequenceMatcher

    old, new = before.lines(), SourceText(before.name, after).lines()
    edits: list[Edit] = []
    for tag, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            edits.append(Edit(Span(start + 1, 1, end + 1, 1), "".join(new[first:last])))
    return tuple(edits)
