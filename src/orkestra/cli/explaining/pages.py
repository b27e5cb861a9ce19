"""What the tables know of a place, as a document for scripts and as text for people."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any, Final

from orkestra.cli.explaining.places import Place, below
from orkestra.cli.printing import columns
from orkestra.katalog.profiles import PROFILES
from orkestra.katalog.schema.blocks import Block, Field, State
from orkestra.katalog.schema.containers import OtherSpelling
from orkestra.katalog.schema.decoder import FieldType
from orkestra.katalog.schema.outline import (
    REFERENCE,
    anchor,
    default_in_words,
    heading_of,
    in_words,
    inner_types,
    state_of,
)
from orkestra.katalog.schema.profile_names import ProfileName
from orkestra.katalog.schema.scalars import Choice

TIERS: Final = {"C": "core", "W": "wide", "F": "fringe"}
_ROOT_DOC: Final = "A file of this kind."
_USUAL: Final = (State.SUPPORTED, State.LATER)
_STATES: Final = {
    State.SUPPORTED: "runs",
    State.LATER: "accepted by ork validate, refused by ork run: this version cannot do it yet",
    State.OLDER: "an older spelling",
    State.NEWER: "a newer spelling",
    State.GO: "needs a Go program",
    State.DEAD: "never had an effect",
}


def document_of(place: Place, *, is_recursive: bool = False) -> dict[str, Any]:
    """Everything about a place in plain values; ``children`` are names with their types, or whole documents."""
    row = place.row
    found: dict[str, Any] = {"path": place.path}
    if row is None:
        found |= {"type": "map", "doc": _ROOT_DOC, "state": "supported"}
    else:
        found |= _facts(row)
    found["reference"] = _references(place)
    found["rules"] = [rule for block in place.blocks for rule in _rules(block)]
    found["children"] = [
        document_of(child, is_recursive=True) if is_recursive and _is_open(child, place) else _brief(child)
        for child in below(place)
        if child.row is not None and child.row.state in _USUAL
    ]
    found["otherSpellings"] = [
        {"name": row.name, "state": state_of(row).value, "today": row.target}
        for block in place.blocks
        for row in block.fields.values()
        if row.state not in _USUAL
    ]
    return {name: value for name, value in found.items() if value not in ([], "", None)}


def text_of(place: Place, *, is_recursive: bool = False) -> str:
    """A page for people, in the manner of ``kubectl explain``."""
    row = place.row
    out = _labelled("FIELD", place.path)
    if row is None:
        out += [*_labelled("TYPE", "map"), "", *_indented(_ROOT_DOC)]
    else:
        out += _labelled("TYPE", in_words(row.type) + ("; required" if row.required else ""))
        out += _labelled("DEFAULT", default_in_words(row))
        out += _labelled("VALUES", choices_of(row.type))
        out += _labelled("STATE", _state_in_words(row))
        out += _labelled("TIER", TIERS[row.tier] + ("; added by Orkestra to the language" if row.is_superset else ""))
        out += ["", *_indented(_sentence(row.doc))] if row.doc else []
    for block in place.blocks:
        if block.doc and (row is None or block.doc != row.doc):
            out += ["", *_indented(block.doc)]
    rules = [rule for block in place.blocks for rule in _rules(block)]
    out += ["", *(line for rule in rules for line in _indented(rule))] if rules else []
    fields = list(_field_lines(place, is_recursive, 1))
    out += ["", "FIELDS:", *fields] if fields else []
    others = [row for block in place.blocks for row in block.fields.values() if row.state not in _USUAL]
    out += ["", "OTHER SPELLINGS:", *(f"  {row.name}: {_state_in_words(row)}" for row in others)] if others else []
    return "\n".join([*out, "", *_labelled("REFERENCE", ", ".join(_references(place)))])


def choices_of(type_: FieldType) -> str:
    """The words a field takes in any of its shapes, or the presets that are built in."""
    if isinstance(type_, Choice):
        return ", ".join(type_.words)
    if isinstance(type_, ProfileName):
        return ", ".join(PROFILES.get(type_.class_, ()))
    return next((found for inner in inner_types(type_) if (found := choices_of(inner))), "")


def _facts(row: Field) -> dict[str, Any]:
    state = state_of(row)
    words = choices_of(row.type)
    return {
        "type": in_words(row.type),
        "doc": row.doc,
        "required": row.required,
        "default": default_in_words(row) or None,
        "values": words.split(", ") if words else None,
        "state": state.value,
        "today": row.target if state not in _USUAL else None,
        "tier": row.tier,
        "added": row.is_superset or None,
    }


def _brief(place: Place) -> dict[str, Any]:
    assert place.row is not None
    facts = {"name": place.row.name, **_facts(place.row)}
    return {name: value for name, value in facts.items() if value not in ("", None)}


def _field_lines(place: Place, is_recursive: bool, depth: int) -> Iterator[str]:
    for child in below(place):
        row = child.row
        if row is None or row.state not in _USUAL:
            continue
        marks = [mark for mark, holds in (("required", row.required), ("later", state_of(row) is State.LATER)) if holds]
        marks += [f"default {default_in_words(row)}"] if default_in_words(row) else []
        tail = f"  ({', '.join(marks)})" if marks else ""
        if is_recursive:
            yield f"{'  ' * depth}{row.name}  <{in_words(row.type)}>{tail}"
            if _is_open(child, place):
                yield from _field_lines(child, True, depth + 1)
        else:
            yield f"  {row.name}  <{in_words(row.type)}>{tail}"
            yield from _indented(_sentence(row.doc), "      ")


def _is_open(child: Place, parent: Place) -> bool:
    """Whether to go below a child: not into what is written out elsewhere in every block, and not in circles."""
    return (
        bool(child.blocks)
        and child.path.count(".") < 16
        and all(not any(block is above for above in parent.blocks) for block in child.blocks)
    )


def _rules(block: Block) -> Iterator[str]:
    for group in block.exclusive:
        yield f"At most one of {', '.join(group)}."
    for group in block.one_of:
        yield f"At least one of {', '.join(group)}."


def _reference(block: Block) -> str:
    return f"{REFERENCE}#{anchor(heading_of(block))}"


def _references(place: Place) -> list[str]:
    """The sections that write out what is below a place, or the one its row stands in."""
    blocks = place.blocks or ((place.owner,) if place.owner else ())
    return [_reference(block) for block in blocks]


def _state_in_words(row: Field) -> str:
    state = state_of(row)
    words = _STATES[state]
    if state in (State.OLDER, State.NEWER) and row.target:
        return f"{words}: write {row.target}"
    if isinstance(row.type, OtherSpelling):
        return f"{words}: {row.type.hint}"
    return f"{words}; {row.target}" if row.target else words


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if not text or text.endswith(".") else f"{text}."


def _labelled(label: str, text: str) -> list[str]:
    """``LABEL:   text``, further lines below the text; nothing for no text."""
    start = f"{label}:".ljust(11)
    return textwrap.wrap(
        text, columns(), initial_indent=start, subsequent_indent=" " * len(start), break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


def _indented(text: str, indent: str = "  ") -> list[str]:
    return textwrap.wrap(
        text, columns(), initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
