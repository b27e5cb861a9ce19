"""The tables of ``katalog/schema`` -> the field reference of docs/katalog.md.

Every block is written once, where it is first met, and linked from wherever else it is used. Fields that all entries
have are written once for all kinds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from orkestra.katalog.operators import OPERATORS
from orkestra.katalog.profiles import PROFILES
from orkestra.katalog.schema.blocks import Block, Field, State
from orkestra.katalog.schema.conditions import CONDITION, ConditionList
from orkestra.katalog.schema.containers import Anything, ByShape, ListOf, MapOf, OtherSpelling, Raw, Shorthand
from orkestra.katalog.schema.decoder import FieldType
from orkestra.katalog.schema.entries import CHILD_FIELDS, CONTROL_FIELDS, EntryList
from orkestra.katalog.schema.katalog import CRD_ENTRY, SPEC
from orkestra.katalog.schema.kinds import BY_KEY, CHILD_KINDS
from orkestra.katalog.schema.outline import (
    Section,
    anchor,
    default_in_words,
    heading_of,
    inner_blocks,
    sections,
    state_of,
)
from orkestra.katalog.schema.scalars import Choice, ScalarType
from reference.markdown import code, table, wrapped

EVERY_ENTRY = "Fields of every entry"
ADDED = "⊕"
LATER = "later"

_COMMON = {row.name: row for row in (*CHILD_FIELDS, *CONTROL_FIELDS)}
_ENTRIES = SPEC.fields["crds"].type
_OPERATOR_KEYS = {name for row in OPERATORS.values() for name in (row.name, *row.aliases)}


def lines() -> list[str]:
    """A section for every block of the language, then the fields all entries share."""
    found = sections()
    return [line for section in found.values() for line in _section(section)] + shared_section()


def kind_lines() -> list[str]:
    """The kinds of children, and what each becomes."""
    rows = []
    for kind in CHILD_KINDS:
        becomes = f"{kind.api_version} {kind.kind}" if kind.kind else "any object, as its API writes it"
        name = (
            "given"
            if kind.is_named or kind.key == "custom"
            else "the CR's name" + (f", `-{kind.suffix}`" if kind.suffix else "")
        )
        state = "runs" if kind.state is State.SUPPORTED else LATER
        link = f"[{code(kind.key)}](#{anchor(f'an entry of {kind.key}')})" if state == "runs" else code(kind.key)
        rows.append((link, becomes, name, state))
    return table(("Key", "Becomes", "Default name", "State"), rows)


def profile_lines() -> list[str]:
    """What each built-in profile stands for."""
    rows = [
        (code(kind), code(name), code(", ".join(_flat(preset, ""))))
        for kind, presets in PROFILES.items()
        for name, preset in presets.items()
    ]
    return table(("Block", "Profile", "Stands for"), rows)


def _flat(value: object, path: str) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _flat(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for item in value:
            inner = ", ".join(_flat(item, "")) if item else "{}"
            yield f"{path}[] {{{inner}}}"
    else:
        shown = "{}" if value == {} else str(value).replace("'", "")
        yield f"{path}: {shown.lower() if isinstance(value, bool) else shown}"


def operator_lines() -> list[str]:
    """The tests a condition can make."""
    rows = []
    for row in OPERATORS.values():
        names = ", ".join(code(name) for name in (row.name, *row.aliases))
        rows.append((names, row.argument, row.doc))
    return table(("Test", "Compares with", "Holds when"), rows)


def link_to(block: Block, text: str) -> str:
    return f"[{text}](#{anchor(heading_of(block))})"


def described(type_: FieldType) -> str:
    """A type in words; ``{{}}`` where templates are taken."""
    if isinstance(type_, Block):
        return link_to(type_, "map")
    if isinstance(type_, EntryList):
        return f"list of {link_to(type_.block, 'entries')}"
    if isinstance(type_, ConditionList):
        return f"list of {link_to(CONDITION, 'conditions')}"
    if isinstance(type_, ListOf):
        return f"list of {described(type_.item)}"
    if isinstance(type_, MapOf):
        return type_.expects if isinstance(type_.value, Raw) else f"map of {described(type_.value)}"
    if isinstance(type_, Shorthand):
        return described(type_.value)
    if isinstance(type_, ByShape):
        shapes = [shape for shape in type_.shapes.values() if shape is not None]
        if type_ is _ENTRIES:
            return f"map of {link_to(CRD_ENTRY, 'entries')}"
        words = [described(shape) for shape in shapes if not isinstance(shape, OtherSpelling)]
        return " or ".join(dict.fromkeys(words))
    if isinstance(type_, Anything):
        return f"{type_.expects} `{{{{}}}}`"
    if isinstance(type_, Raw):
        return ""
    takes_templates = isinstance(type_, ScalarType) and type_.templated
    if isinstance(type_, Choice):
        words = [", ".join(code(word) for word in type_.words)]
    else:
        nested = [link_to(block, "map") for block in inner_blocks(type_)]
        words = [type_.expects.replace("expected ", ""), *nested]
    return "; ".join(words) + (" `{{}}`" if takes_templates else "")


def default_of(row: Field) -> str:
    if row.required:
        return "**required**"
    default = default_in_words(row)
    return code(default) if default else ""


def own_rows(block: Block) -> list[Field]:
    """The rows of a block's own table: without those all entries share, and without a condition's operators."""
    rows: Iterable[Field] = block.fields.values()
    if _is_entry(block):
        rows = [row for row in rows if _COMMON.get(row.name) is not row]
    if block is CONDITION:
        rows = [row for row in rows if row.name not in _OPERATOR_KEYS]
    return list(rows)


def shared_rows() -> list[Field]:
    return list(dict.fromkeys(_COMMON[name] for name in _COMMON))


def _section(section: Section) -> list[str]:
    block = section.block
    out = [f"### {section.heading}", ""]
    if block.doc:
        out += [block.doc, ""]
    if _is_entry(block):
        which = "The steering fields" if block.title == "an entry of custom" else "The fields"
        if which == "The fields" and "namespace" not in block.fields:
            which = "The fields, less `namespace`,"
        out += [f"{which} of [every entry](#{anchor(EVERY_ENTRY)}), and:", ""]
    if block is CONDITION:
        out += ["One of the [tests](#tests-of-a-condition) as a key, or `operator` and `value`; and:", ""]
    out += _rows(own_rows(block), section.is_later)
    for group in _joined(block.exclusive):
        out += [*wrapped(group), ""]
    for group in block.one_of:
        out += [*wrapped(f"At least one of {_listed(group)}."), ""]
    return out


def _joined(exclusive: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """A sentence for each group of rows that exclude each other; pairs that share a row are one."""
    groups = list(exclusive)
    shared = [row for row, count in Counter(name for group in groups for name in group).items() if count > 1]
    for row in shared:
        pairs = [group for group in groups if row in group and len(group) == 2]
        if len(pairs) > 1:
            groups = [group for group in groups if group not in pairs]
            yield f"Not beside `{row}`: {_listed(tuple(name for pair in pairs for name in pair if name != row))}."
    for group in groups:
        yield f"At most one of {_listed(group)}."


def shared_section() -> list[str]:
    return [f"### {EVERY_ENTRY}", "", *_rows(shared_rows(), False)]


def _rows(rows: list[Field], is_later: bool) -> list[str]:
    out: list[str] = []
    known = [row for row in rows if state_of(row) in (State.SUPPORTED, State.LATER)]
    if known:
        cells = [
            (code(row.name), described(row.type), default_of(row), _meaning(row), _state(row, is_later))
            for row in known
        ]
        out += [*table(("Field", "Type", "Default", "Meaning", "State"), cells), ""]
    others = [row for row in rows if state_of(row) not in (State.SUPPORTED, State.LATER)]
    if others:
        spellings = [(code(row.name), _spelling(row), _today(row)) for row in others]
        out += [*table(("Other spelling", "What it is", "Today"), spellings), ""]
    return out


def _is_entry(block: Block) -> bool:
    return block.title.startswith("an entry of ") and block.title.removeprefix("an entry of ") in BY_KEY


def _meaning(row: Field) -> str:
    text = row.doc
    if row.state is State.LATER and row.target:
        text += f" ({row.target})"
    return text


def _state(row: Field, is_later: bool) -> str:
    words = [LATER if is_later or state_of(row) is State.LATER else "runs"]
    if row.is_superset:
        words.append(ADDED)
    return " ".join(words)


def _spelling(row: Field) -> str:
    return {
        State.OLDER: "older",
        State.NEWER: "newer",
        State.GO: "needs a Go program",
        State.DEAD: "never had an effect",
    }[state_of(row)]


def _today(row: Field) -> str:
    return row.target or f"see {described(row.type)}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(code(name) for name in names)
