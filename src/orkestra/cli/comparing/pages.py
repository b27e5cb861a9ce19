"""Changes for people, and as data."""

from __future__ import annotations

from itertools import groupby
from typing import Any, Final

import click

from orkestra.cli.comparing.changes import ABSENT, Change
from orkestra.cli.comparing.effects import IN_PLACE, ROLLED, effect_of
from orkestra.katalog.model import Katalog
from orkestra.katalog.schema.kinds import BY_KEY

_SIGNS: Final = {"added": "+", "removed": "-", "changed": "~", "renamed": ">", "moved": ">"}
_COLOURS: Final = {"added": "green", "removed": "red", "changed": "yellow", "renamed": "cyan", "moved": "cyan"}
_LONGEST: Final = 100


def documents_of(changes: list[Change], old: Katalog, new: Katalog) -> list[dict[str, Any]]:
    """A document for each change, without what does not apply."""
    found: list[dict[str, Any]] = []
    for change in changes:
        document = {
            "change": change.how,
            "entry": change.entry,
            "block": change.block,
            "child": {"kind": _noun(change), "name": change.child[1]} if change.child else None,
            "field": change.field,
            "before": None if change.before is ABSENT else change.before,
            "after": None if change.after is ABSENT else change.after,
            "effect": effect_of(change, old, new),
        }
        found.append({key: value for key, value in document.items() if value not in ("", None)})
    return found


def text_of(changes: list[Change], old: Katalog, new: Katalog, *, colour: bool) -> str:
    """Entry by entry, child by child; what follows for the cluster after an arrow, once for each child."""
    out: list[str] = []
    for entry, of_entry in groupby(changes, key=lambda change: change.entry):
        out.append(f"{entry or 'the Katalog'}:")
        for _, group in groupby(of_entry, key=lambda change: (change.block, change.child)):
            same = list(group)
            if same[0].child is not None:
                out += _child_lines(same, old, new, colour)
            else:
                for change in same:
                    out += [f"  {_signed(change, _told(change), colour)}", *_arrow(effect_of(change, old, new), 4)]
    return "".join(f"{line}\n" for line in out)


def _child_lines(same: list[Change], old: Katalog, new: Katalog, colour: bool) -> list[str]:
    first = same[0]
    assert first.child is not None
    name = first.child[1] or "(the default name)"
    out = [f"  {_signed(first, f'{first.block} {_noun(first)} {name}', colour)}"]
    for change in same:
        if change.how == "changed":
            out.append(f"      {_told(change)}")
        elif change.how in ("renamed", "moved"):
            what = "name" if change.how == "renamed" else "block"
            out.append(f"      {what}: {_value(change.before)} -> {_value(change.after)}")
    effects = dict.fromkeys(effect_of(change, old, new) for change in same)
    if any(effect.endswith(ROLLED) for effect in effects):
        effects = {effect: None for effect in effects if not effect.endswith(IN_PLACE)}
    return [*out, *(line for effect in effects for line in _arrow(effect, 6))]


def _told(change: Change) -> str:
    if not change.field:
        kind = change.after if change.how == "added" else change.before
        return f"{change.how}: {_value(kind)}" + (f" -> {change.after}" if change.how == "renamed" else "")
    if change.before is ABSENT:
        return f"{change.field}: {_value(change.after)} (was not there)"
    if change.after is ABSENT:
        return f"{change.field}: no longer there (was {_value(change.before)})"
    return f"{change.field}: {_value(change.before)} -> {_value(change.after)}"


def _signed(change: Change, text: str, colour: bool) -> str:
    line = f"{_SIGNS[change.how]} {text}"
    return click.style(line, fg=_COLOURS[change.how]) if colour else line


def _arrow(effect: str, indent: int) -> list[str]:
    return [f"{' ' * indent}=> {effect}"] if effect else []


def _value(value: Any) -> str:
    import json

    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(text.split()) or '""'
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _noun(change: Change) -> str:
    assert change.child is not None
    kind = BY_KEY.get(change.child[0])
    return kind.kind if kind is not None and kind.kind else change.child[0]
