"""Maps with named fields: the rows of the tables, and how a map is read against them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from importlib import import_module
from typing import Any, Final, Literal

from orkestra.katalog.diagnostics.finding import Advice, Span
from orkestra.katalog.schema.decoder import MISSING, Decoder, FieldType
from orkestra.katalog.source.nodes import NULLS, MapNode, Node, ScalarNode
from orkestra.katalog.suggest import advice_for, closest
from orkestra.katalog.values import Constant, PresetValue, Value, list_value, named_value

Tier = Literal["C", "W", "F"]

MARK: Final = "motif"
"""The field that says which Motif something came from; what is inside speaks that Motif's language."""


class State(StrEnum):
    """What this version does with a field."""

    SUPPORTED = "supported"
    LATER = "later"
    OLDER = "older"
    NEWER = "newer"
    GO = "go"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Field:
    """One row. ``target``: today's spelling of an older or newer field, or the way out of a Go or dead one.

    ``moves_to`` is where the value of an older or newer field goes, for rewriting: keys from the row's own map on with
    ``..`` to climb, such as ``../reconciler/workers``; ``.`` puts its fields in its place. Without it ``target`` says
    so, if it is a dotted path. ``later_code`` is the finding of state ``later``:
    the field is read like any other, and one note at its key says that it does not run.
    """

    name: str
    type: FieldType
    doc: str = ""
    default: Any = None
    required: bool = False
    state: State = State.SUPPORTED
    target: str = ""
    tier: Tier = "C"
    is_superset: bool = False
    later_code: int = 1901
    moves_to: str = ""


@dataclass(slots=True)
class Decoded:
    """A map that was read: the values that are there, and where they stand. Indexing gives a value or its default."""

    block: Block
    node: MapNode
    values: dict[str, Any] = field(default_factory=dict)
    presets: Mapping[str, Decoded] | None = None
    """The definition's own presets by name in lower case, where the profile is a template."""

    def __getitem__(self, name: str) -> Any:
        found = self.values.get(name, MISSING)
        return self.block.defaults[name] if found is MISSING else found

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def filled(self) -> dict[str, Any]:
        """Every row with its value or default, for whoever asks for most of them."""
        return {**self.block.defaults, **self.values}

    def key_span(self, name: str) -> Span:
        """The key of a field, or the map itself when the field is absent."""
        found = self.node.entries.get(name)
        return found[0].span if found else self.node.span

    def value_span(self, name: str) -> Span:
        found = self.node.entries.get(name)
        return found[1].span if found else self.node.span


class Block(FieldType):
    """A map whose keys are rows. ``exclusive``: groups of which one may be written; ``one_of``: one must be."""

    def __init__(
        self,
        title: str,
        fields: Iterable[Field],
        *,
        exclusive: tuple[tuple[str, ...], ...] = (),
        one_of: tuple[tuple[str, ...], ...] = (),
        doc: str = "",
    ) -> None:
        rows = tuple(fields)
        self.title = title
        self.fields = {row.name: row for row in rows}
        if len(self.fields) < len(rows):
            raise ValueError(f"{title}: a row stands twice")
        self.defaults = {row.name: row.default for row in rows}
        self._decoders = {row.name: row.type.decode for row in self.fields.values() if row.state is State.SUPPORTED}
        self.exclusive = exclusive
        self.one_of = one_of
        self.doc = doc
        self.expects = "a map"
        self._required = tuple(row for row in rows if row.required)
        self._rivals: dict[str, set[str]] = {}
        for group in exclusive:
            for name in group:
                self._rivals.setdefault(name, set()).update(other for other in group if other != name)
        self._has_rules = bool(self._required or exclusive or one_of)
        self._is_marked = MARK in self.fields
        self.profile_class: str = getattr(self.fields["profile"].type, "class_", "") if "profile" in self.fields else ""

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        """Decoded, or MISSING when the node is no map."""
        if not isinstance(node, MapNode):
            return decoder.wrong_type(node, where, self.expects)
        if self._is_marked and MARK in node.entries:
            decoder = decoder.within_motif(node.entries[MARK][1])
        values: dict[str, Any] = {}
        decoded = Decoded(self, node, values)
        decoders, start = self._decoders, f"{where}." if where else ""
        for text, (_, value) in node.entries.items():
            decode = decoders.get(text)
            if decode is None:
                self._decode_other(text, decoded, decoder, start)
            elif not isinstance(value, ScalarNode) or value.text not in NULLS or not value.is_null:
                found = decode(value, decoder, start + text)
                if found is not MISSING:
                    values[text] = found
        if self._has_rules:
            self._check_presence(decoded, decoder)
        if self.profile_class and "profile" in decoded.values and decoder.presets.get(self.profile_class):
            apply_preset(decoded, decoder, where)
        return decoded

    def _decode_other(self, text: str, decoded: Decoded, decoder: Decoder, start: str) -> None:
        """A key that is unknown, or of a row that does not run; what only waits for a later version is read."""
        key, value = decoded.node.entries[text]
        row = self.fields.get(text)
        if row is None:
            self._report_unknown(text, key, decoder)
            return
        if row.state is State.LATER and not (isinstance(value, ScalarNode) and value.is_null):
            found = row.type.decode(value, decoder, start + text)
            if found is MISSING:
                return  # what cannot be read is told as that alone
            decoded.values[text] = found
        report_state(row, key, decoder)

    def _report_unknown(self, text: str, key: ScalarNode, decoder: Decoder) -> None:
        near = closest(text, self._usable()) if not decoder.findings.is_full else ""
        if near:
            decoder.misspelt.add(near)
        message = f'unknown key "{text[:60]}" in {self.title}'
        decoder.report(1101, message, key.span, lambda: self._hint(text, near))

    def _usable(self) -> list[str]:
        return [name for name, row in self.fields.items() if row.state is not State.DEAD]

    def _hint(self, text: str, near: str) -> str | Advice:
        """``near``: the field that an unknown key was probably meant to be."""
        if near:
            return advice_for(text, self._usable()) or ""
        usual = [name for name, row in self.fields.items() if row.state is State.SUPPORTED]
        return f"known here: {', '.join(usual)}" if len(usual) <= 16 else ""

    def _check_presence(self, decoded: Decoded, decoder: Decoder) -> None:
        node = decoded.node
        if node.is_broken or ("include" in node.entries and "include" in self.fields):
            return  # what is missing may stand in the included file
        entries = node.entries
        for row in self._required:
            if not _is_written(row.name, node) and not self._is_misspelt(row.name, node, decoder):
                at = decoded.key_span(row.name)
                decoder.report(1103, f"{self.title}: {row.name} is required ({row.type.expects})", at)
        for group in self.exclusive if self._rivals and self._has_rivals(entries) else ():
            both = [name for name in entries if name in group and _is_written(name, node)]
            if len(both) > 1:
                first = decoder.related(decoded.key_span(both[0]), f"{both[0]} is here")
                message = f"{both[1]} and {both[0]} exclude each other in {self.title}"
                decoder.report(1106, message, decoded.key_span(both[1]), related=(first,))
        for group in self.one_of:
            if any(_is_written(name, node) for name in group if name in entries):
                continue
            if not any(self._is_misspelt(name, node, decoder) for name in group):
                usual = ", ".join(name for name in group if self.fields[name].state is State.SUPPORTED)
                decoder.report(1103, f"{self.title}: one of {usual} is required", node.span)

    def _has_rivals(self, entries: Mapping[str, object]) -> bool:
        """Whether two keys are there that exclude each other, be they empty."""
        rivals = self._rivals
        return any(not rivals[name].isdisjoint(entries) for name in entries if name in rivals)

    def _is_misspelt(self, name: str, node: MapNode, decoder: Decoder) -> bool:
        """Whether an unknown key of this very map was probably meant to be ``name``."""
        if name not in decoder.misspelt:
            return False
        return any(text not in self.fields and closest(text, self._usable()) == name for text in node.entries)


def apply_preset(decoded: Decoded, decoder: Decoder, where: str) -> None:
    """Puts the fields of the definition's own preset in the place of its name; a templated name is left for later."""
    class_ = decoded.block.profile_class
    name = decoded.values["profile"]
    if not isinstance(name, Constant):
        found = {low: decoded_preset(class_, low, decoder, where) for low in decoder.presets[class_]}
        decoded.presets = {low: preset for low, preset in found.items() if preset is not None}
        return
    preset = decoded_preset(class_, str(name.value), decoder, where)
    if preset is not None:
        del decoded.values["profile"]
        wins = class_ == "networkPolicies"
        decoded.values = {**decoded.values, **preset.values} if wins else {**preset.values, **decoded.values}


def decoded_preset(class_: str, name: str, decoder: Decoder, where: str) -> Decoded | None:
    """The fields of a preset of the definition's own, for the block at ``where``; None where there is none."""
    preset = decoder.presets.get(class_, {}).get(name.strip().lower())
    if preset is None:
        return None
    found = preset.block.decode(preset.node, replace(decoder, language=preset.language), where)
    return found if isinstance(found, Decoded) else None


def report_state(row: Field, key: ScalarNode, decoder: Decoder) -> None:
    """The finding for a recognised field that does not run."""
    match row.state:
        case State.LATER:
            decoder.report(
                row.later_code, f"{row.name}: recognised, but this version cannot run it yet", key.span, row.target
            )
        case State.OLDER:
            decoder.report(1601, f"{row.name} is an older spelling", key.span, f"write {row.target}")
        case State.NEWER:
            decoder.report(1602, f"{row.name} is a newer spelling", key.span, f"write {row.target}")
        case State.GO:
            decoder.report(1603, f"{row.name} needs a Go program", key.span, row.target)
        case State.DEAD:
            decoder.report(1505, f"{row.name} has never had an effect", key.span, row.target)


class LazyBlock(Block):
    """A block of another module, imported when it is first looked at: few files have it, and its rows cost time.

    ``place``: ``module:NAME`` within this package.
    """

    def __init__(self, place: str) -> None:
        self.place = place

    @cached_property
    def loaded(self) -> Block:
        module, _, name = self.place.partition(":")
        found = getattr(import_module(f"orkestra.katalog.schema.{module}"), name)
        if not isinstance(found, Block):
            raise TypeError(f"{self.place} is no block")
        return found

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.loaded, name)

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        return self.loaded.decode(node, decoder, where)


def as_value(decoded: Any) -> Value:
    """What was decoded, as one Value: blocks and maps become maps, lists lists. Defaults are not filled in."""
    if isinstance(decoded, Value):
        return decoded
    if isinstance(decoded, str):
        return Constant(decoded)
    if isinstance(decoded, Decoded):
        if decoded.presets:
            name = decoded.values["profile"]
            rest = {key: value for key, value in decoded.values.items() if key != "profile"}
            return PresetValue(name, {low: as_value(p) for low, p in decoded.presets.items()}, as_value(rest))
        return named_value({name: as_value(value) for name, value in decoded.values.items()})
    if isinstance(decoded, dict):
        return named_value({name: as_value(value) for name, value in decoded.items()})
    if isinstance(decoded, list):
        return list_value([as_value(item) for item in decoded])
    return Constant(decoded)


def _is_written(name: str, node: MapNode) -> bool:
    found = node.entries.get(name)
    if found is None:
        return False
    value = found[1]
    return not isinstance(value, ScalarNode) or value.text not in NULLS or not value.is_null
