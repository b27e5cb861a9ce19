"""The tables of the language -> one JSON Schema (draft-07) for editors and any validator.

It refuses only what ``ork validate`` refuses too: where a type reads more than a schema can say, the schema lets it
pass. Texts for hovering are in ``markdownDescription``, starting points in ``defaultSnippets``; validators that do not
know these keywords pass them by. There is no ``default``: editors would write it out wherever a block begins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from orkestra.generate.snippets import SNIPPETS
from orkestra.katalog.operators import BY_ANY_NAME, TYPE_NAMES
from orkestra.katalog.profiles import PROFILES
from orkestra.katalog.schema.blocks import MARK, Block, Field, State
from orkestra.katalog.schema.conditions import CONDITION, ConditionList
from orkestra.katalog.schema.containers import Anything, ByShape, ListOf, MapOf, OtherSpelling, Raw, Shorthand
from orkestra.katalog.schema.decoder import FieldType
from orkestra.katalog.schema.documents import API_VERSION
from orkestra.katalog.schema.entries import EntryList
from orkestra.katalog.schema.katalog import DependsOn
from orkestra.katalog.schema.outline import (
    FILES,
    REFERENCE,
    default_in_words,
    heading_of,
    identity,
    inner_blocks,
    inner_types,
    sections,
    state_of,
    value_of,
)
from orkestra.katalog.schema.profile_names import ProfileName
from orkestra.katalog.schema.records import NamedMap
from orkestra.katalog.schema.scalars import AnyScalar, Choice, Duration, Flag, Int, IntOrText, ScalarType, Text
from orkestra.katalog.schema.selectors import ChildSelector
from orkestra.katalog.schema.shared import FieldSelectorType, LabelSelectorType, NameList, PathType

JsonSchema: TypeAlias = dict[str, Any]

DRAFT: Final = "http://json-schema.org/draft-07/schema#"
_SCALARS: Final = ["string", "number", "boolean", "null"]
_TEMPLATE: Final = r"\{\{"
_WORDS_OF_YAML: Final = "true|false|yes|no|on|off|True|False|Yes|No|On|Off|TRUE|FALSE|YES|NO|ON|OFF"
_USUAL: Final = (State.SUPPORTED, State.LATER)
_WRITTEN: Final = {"not": {"type": "null"}}
_STATES: Final = {
    State.LATER: "Accepted by `ork validate`, refused by `ork run`: this version cannot do it yet.",
    State.OLDER: "An older spelling",
    State.NEWER: "A newer spelling",
    State.GO: "Needs a Go program",
    State.DEAD: "Never had an effect",
}


class UnknownKind(LookupError):
    """There is no such kind of file; the text names those there are."""


def schema_of(kind: str = "") -> JsonSchema:
    """The schema of one kind of file, or of whatever kind a file says it is. Raises UnknownKind."""
    if kind and kind not in FILES:
        raise UnknownKind(f"there is no kind of file {kind[:60]!r}: expected {', '.join(FILES)}")
    maker = _Maker()
    found: JsonSchema = {"$schema": DRAFT, "title": f"Orkestra {kind or 'definitions'}"}
    if kind:
        found |= {"allOf": [maker.block(FILES[kind])]}
    else:
        found |= _by_kind(maker)
    found["definitions"] = dict(sorted(maker.definitions.items()))
    return found


def _by_kind(maker: _Maker) -> JsonSchema:
    """Each kind against its own table. ``properties`` stand at the top too, so that an empty file completes."""
    branches = [
        {
            "if": {"required": ["kind"], "properties": {"kind": {"const": kind}}},
            "then": maker.block(block),
        }
        for kind, block in FILES.items()
    ]
    kinds = list(FILES)
    return {
        "type": "object",
        "properties": {
            "apiVersion": {"const": API_VERSION, "markdownDescription": "The version of the language."},
            "kind": {"enum": kinds, "markdownDescription": "What the file holds."},
        },
        "required": ["apiVersion", "kind"],
        "allOf": branches,
    }


class _Maker:
    """Collects each block once, under the heading it has in the reference."""

    def __init__(self) -> None:
        self.definitions: dict[str, JsonSchema] = {}

    def of(self, type_: FieldType) -> JsonSchema:
        """The schema of a type; an open one for types that nothing is known of."""
        if isinstance(type_, Block):
            return self.block(type_)
        if isinstance(type_, EntryList | ConditionList):
            return {"type": ["array", "null"], "items": self.block(_only_block(type_))}
        if isinstance(type_, ListOf):
            return {"type": ["array", "null"], "items": self.of(type_.item)}
        if isinstance(type_, MapOf):
            found: JsonSchema = {"type": ["object", "null"], "additionalProperties": self.of(value_of(type_))}
            if isinstance(type_, NamedMap):
                found["properties"] = {name: self.of(row.type) for name, row in type_.reserved.items()}
            return found
        if isinstance(type_, ByShape):
            return _any_of([self.of(shape) for shape in inner_types(type_) if not isinstance(shape, OtherSpelling)])
        if isinstance(type_, Shorthand):
            return self.of(type_.value)
        if isinstance(type_, ChildSelector):
            return _any_of([self.block(ChildSelector.block), _map_of(_texts())])
        if isinstance(type_, DependsOn):
            return self._depends_on(type_)
        make = next((make for known, make in _MAKERS.items() if isinstance(type_, known)), None)
        if make:
            return make(type_)
        known_blocks = [self.block(block) for block in inner_blocks(type_)]
        return {"anyOf": [*known_blocks, {}]} if known_blocks else {}

    def block(self, block: Block) -> JsonSchema:
        """A reference to the block's definition."""
        name = heading_of(block).replace(" ", "-") if identity(block) in sections() else block.title.replace(" ", "-")
        if name not in self.definitions:
            self.definitions[name] = {}  # a block may hold itself
            self.definitions[name] = self._definition(block)
        return {"$ref": f"#/definitions/{name}"}

    def _definition(self, block: Block) -> JsonSchema:
        properties = {name: self._property(row, block) for name, row in block.fields.items()}
        found: JsonSchema = {
            "title": block.title,
            "type": ["object", "null"],
            "properties": properties,
            "additionalProperties": False,
        }
        if block.doc:
            found["description"] = block.doc
        is_whole = "include" not in block.fields  # else what is missing may stand in another file
        required = [name for name, row in block.fields.items() if row.required]
        if required and is_whole:
            found["required"] = required
        rules = [*_exclusions(block), *(_choices_of_one(block) if is_whole else ()), *_other_spellings(block)]
        if rules:
            found["allOf"] = rules
        if block in FILES.values():
            found["properties"]["kind"] = {"const": next(kind for kind, each in FILES.items() if each is block)}
            found["properties"]["apiVersion"] = {"const": API_VERSION}
        snippets = SNIPPETS.get(block.title)
        if snippets:
            found["defaultSnippets"] = snippets
        return found

    def _property(self, row: Field, block: Block) -> JsonSchema:
        state = state_of(row)
        if state not in _USUAL:
            return {"description": _way_out(row, state), "doNotSuggest": True}
        found = self._operator(row) if block is CONDITION and row.name in BY_ANY_NAME else self.of(row.type)
        found = dict(found)
        found["markdownDescription"] = _hover(row, block)
        if row.name == MARK:
            found["doNotSuggest"] = True  # composition writes it
        found["description"] = found["markdownDescription"] if "anyOf" in found else row.doc or row.name
        return found

    def _operator(self, row: Field) -> JsonSchema:
        """A test of a condition, by what it compares with."""
        argument = BY_ANY_NAME[row.name].argument
        if argument == "flag":
            return _flag(Flag(templated=False))
        if argument == "type":
            return _choice(Choice(*TYPE_NAMES, templated=True))
        if argument == "list":
            return {"type": [*_SCALARS, "array"], "items": _texts()}
        return _texts()

    def _depends_on(self, type_: DependsOn) -> JsonSchema:
        condition: JsonSchema = {"enum": ["started", "healthy"]}
        forms = [self.block(block) for block in inner_blocks(type_)]
        return {
            "anyOf": [{"type": "array", "items": _texts()}, _map_of({"anyOf": [condition, *forms, {"type": "null"}]})]
        }


def _only_block(type_: FieldType) -> Block:
    found = inner_types(type_)[0]
    assert isinstance(found, Block)
    return found


def _any_of(found: list[JsonSchema]) -> JsonSchema:
    if not found:
        return {}
    return found[0] if len(found) == 1 else {"anyOf": found}


def _map_of(value: JsonSchema) -> JsonSchema:
    return {"type": ["object", "null"], "additionalProperties": value}


def _texts() -> JsonSchema:
    """Text as written: what YAML takes for a number or a flag is text too."""
    return {"type": _SCALARS}


def _text(type_: Text) -> JsonSchema:
    return _texts()


def _choice(type_: Choice) -> JsonSchema:
    choices: list[JsonSchema] = [{"enum": [*type_.words]}]
    if type_.any_case:
        choices.append({"type": "string", "pattern": f"^(?:{'|'.join(map(_any_case, type_.words))})$"})
    if type_.templated:
        choices.append({"type": "string", "pattern": _TEMPLATE})
    choices.append({"type": "null"})
    return {"anyOf": choices, "errorMessage": f"expected {', '.join(type_.words)}"}


def _any_case(word: str) -> str:
    return "".join(f"[{c.upper()}{c.lower()}]" if c.isalpha() else re.escape(c) for c in word)


def _flag(type_: Flag) -> JsonSchema:
    pattern = f"^(?:{_WORDS_OF_YAML})$" + (f"|{_TEMPLATE}" if type_.templated else "")
    words = "expected true or false" + (", or a template" if type_.templated else "")
    return {"type": ["boolean", "string", "null"], "pattern": pattern, "patternErrorMessage": words}


def _profile(type_: ProfileName) -> JsonSchema:
    """The built-in presets are offered; a name of one's own is as good."""
    built_in = [*PROFILES.get(type_.class_, ())]
    return {"anyOf": [{"enum": built_in}, _texts()]} if built_in else _texts()


def _int(type_: Int) -> JsonSchema:
    """Quoted numbers count as numbers, and YAML's other bases are numbers to the loader."""
    pattern = r"^\s*[-+]?[0-9][0-9a-fA-FxXoO_:]*\s*$" + (f"|{_TEMPLATE}" if type_.templated else "")
    words = f"expected {type_.expects}" + (", or a template" if type_.templated else "")
    found: JsonSchema = {"type": ["integer", "string", "null"], "pattern": pattern, "patternErrorMessage": words}
    if type_.low is not None:
        found["minimum"] = type_.low
    if type_.high is not None:
        found["maximum"] = type_.high
    return found


def _duration(type_: Duration) -> JsonSchema:
    pattern = r"^\s*$|^\s*[-+]?[0-9.]+\s*[a-zA-Zµμ]|^\s*0+\s*$" + (f"|{_TEMPLATE}" if type_.templated else "")
    words = f"expected {type_.expects}"
    return {"type": ["string", "integer", "null"], "maximum": 0, "pattern": pattern, "patternErrorMessage": words}


def _anything(type_: Anything) -> JsonSchema:
    shape = {"map": "object", "list": "array"}.get(type_.shape)
    return {"type": [shape, "null"]} if shape else {}


_MAKERS: Final[Mapping[type[FieldType], Callable[[Any], JsonSchema]]] = {
    Text: _text,
    Choice: _choice,
    Flag: _flag,
    Int: _int,
    Duration: _duration,
    IntOrText: lambda _: _texts(),
    AnyScalar: lambda _: _texts(),
    Anything: _anything,
    Raw: lambda _: {},
    OtherSpelling: lambda _: {},
    NameList: lambda _: {"type": [*_SCALARS, "array"], "items": _texts()},
    PathType: lambda _: _texts(),
    ProfileName: _profile,
    LabelSelectorType: lambda _: {"type": ["object", "string", "null"]},
    FieldSelectorType: lambda _: {"type": ["object", "string", "null"]},
}
"""Schema by type; the first that fits."""


def _exclusions(block: Block) -> Iterator[JsonSchema]:
    """The later of two rows that exclude each other is an error, at its key."""
    for group in block.exclusive:
        for n, one in enumerate(group):
            for other in group[n + 1 :]:
                message = f"{other} and {one} exclude each other in {block.title}"
                both = {"required": [one, other], "properties": {one: _WRITTEN, other: _WRITTEN}}
                yield {"if": both, "then": {"properties": {other: False}, "errorMessage": message}}


def _choices_of_one(block: Block) -> Iterator[JsonSchema]:
    for group in block.one_of:
        yield {"anyOf": [*({"required": [name]} for name in group), {"type": "null"}]}


def _other_spellings(block: Block) -> Iterator[JsonSchema]:
    """An error at the key, that names today's spelling."""
    for name, row in block.fields.items():
        if (state := state_of(row)) not in _USUAL:
            yield {"properties": {name: False}, "errorMessage": _way_out(row, state)}


def _way_out(row: Field, state: State) -> str:
    words = f"{row.name}: {_STATES[state][:1].lower()}{_STATES[state][1:]}"
    if not row.target:
        return words
    return f"{words}: write {row.target}" if state in (State.OLDER, State.NEWER) else f"{words}; {row.target}"


def _hover(row: Field, block: Block) -> str:
    """What an editor shows of a field."""
    lines = [_sentence(row.doc)] if row.doc else []
    if row.required:
        lines.append("Required.")
    if default_in_words(row):
        lines.append(f"Default: `{default_in_words(row)}`.")
    if isinstance(row.type, ScalarType) and row.type.templated:
        lines.append("May be a template.")
    if row.is_superset:
        lines.append("Added by Orkestra to the language.")
    if state_of(row) is State.LATER:
        lines.append(_STATES[State.LATER])
    return "\n\n".join([*lines, f"*{REFERENCE}, {heading_of(block)}*"])


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith(".") else f"{text}."
