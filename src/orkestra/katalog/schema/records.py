"""Blocks that decode to a dataclass of the model, and blocks whose values become one frozen mapping."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from orkestra.katalog.schema.blocks import Block, Decoded, Field, State, report_state
from orkestra.katalog.schema.conditions import conditions_of
from orkestra.katalog.schema.containers import ListOf, MapOf, Raw
from orkestra.katalog.schema.decoder import MISSING, Decoder, FieldType
from orkestra.katalog.schema.scalars import ScalarType
from orkestra.katalog.source.nodes import MapNode, Node, ScalarNode
from orkestra.katalog.values import Constant, Value

Check: TypeAlias = Callable[[Decoded, Decoder], None]
Maker: TypeAlias = Callable[[Decoded, Decoder, str], Any]
Groups: TypeAlias = tuple[tuple[str, ...], ...]

_UNIT: Final = "_seconds"


class Record(Block):
    """Decodes to ``model``, whose attributes are the rows in snake_case (``names``: those that are called otherwise).

    ``made`` has functions for attributes that take more than one row; they report, and give MISSING where they cannot.
    ``conditions`` takes ``when`` and ``or``; ``position`` is where the map stands. Defaults are filled in. ``check``
    looks at rows together and only reports. MISSING where a required row is: nothing may depend on half a record.
    """

    def __init__(
        self,
        model: type[Any],
        title: str,
        rows: Iterable[Field],
        *,
        names: Mapping[str, str] | None = None,
        made: Mapping[str, Maker] | None = None,
        check: Check | None = None,
        exclusive: Groups = (),
        one_of: Groups = (),
        doc: str = "",
    ) -> None:
        super().__init__(title, tuple(rows), exclusive=exclusive, one_of=one_of, doc=doc)
        self.model = model
        self.check = check
        self._made = made or {}
        attributes = (field.name for field in fields(model) if field.name not in self._made)
        self._attributes = [(attribute, self._row_of(attribute, names or {})) for attribute in attributes]

    def _row_of(self, attribute: str, names: Mapping[str, str]) -> str:
        name = names.get(attribute) or camel(attribute)
        if name not in self.fields and attribute.endswith(_UNIT):
            name = camel(attribute.removesuffix(_UNIT))
        if name not in self.fields and name not in ("conditions", "position"):
            raise LookupError(f"{self.model.__name__}.{attribute}: {self.title} has no row for it")
        return name

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        decoded = super().decode(node, decoder, where)
        if not isinstance(decoded, Decoded):
            return decoded
        if self.check is not None:
            self.check(decoded, decoder)
        if any(row.name not in decoded for row in self._required):
            return MISSING
        values: dict[str, Any] = {}
        for attribute, make in self._made.items():
            made = values[attribute] = make(decoded, decoder, where)
            if made is MISSING:
                return MISSING
        for attribute, name in self._attributes:
            if attribute == "position":
                values[attribute] = decoder.position(node)
            elif attribute == "conditions":
                values[attribute] = conditions_of(decoded)
            else:
                values[attribute] = filled(decoded, name)
        return self.model(**values)


class NamedList(ListOf):
    """A list whose items are told apart by a text; the second of one name is reported. Decodes to a tuple."""

    def __init__(self, item: Block, *keys: str, what: str, expects: str = "", hint: str = "") -> None:
        super().__init__(item, expects=expects, hint=hint)
        self.keys = keys
        self.what = what

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        decoded = super().decode(node, decoder, where)
        if decoded is MISSING:
            return MISSING
        seen: dict[str, ScalarNode] = {}
        for item in getattr(node, "items", ()):
            found = next((item.get(key) for key in self.keys if item.get(key)), None) if _is_map(item) else None
            if not isinstance(found, ScalarNode):
                continue
            first = seen.setdefault(found.text, found)
            if first is not found:
                place = decoder.related(first.span, "the first one is here")
                decoder.report(1203, f'{self.what} "{found.text[:60]}" is declared twice', found.span, "", (place,))
        return tuple(decoded)


class NamedMap(MapOf):
    """A map of names to one type, in which ``reserved`` rows are no names."""

    def __init__(self, value: FieldType, *reserved: Field, expects: str = "") -> None:
        super().__init__(value, expects=expects)
        self.reserved = {row.name: row for row in reserved}

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        if not isinstance(node, MapNode):
            return decoder.wrong_type(node, where, self.expects)
        found: dict[str, Any] = {}
        for text, (key, value) in node.entries.items():
            row = self.reserved.get(text)
            if row is not None:
                report_state(row, key, decoder)
            decoded = (row.type if row else self.value).decode(value, decoder, f"{where}.{text}")
            if row is None and decoded is not MISSING:
                found[text] = decoded
        return found


class Settings(Block):
    """Decodes to a read-only mapping of every row, defaults filled in."""

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        decoded = super().decode(node, decoder, where)
        return settings_of(decoded) if isinstance(decoded, Decoded) else decoded


def settings_of(decoded: Decoded) -> Mapping[str, Any]:
    """The rows of a block that are read, each with its value or its default."""
    known = (row.name for row in decoded.block.fields.values() if _is_read(row))
    return MappingProxyType({name: filled(decoded, name) for name in known})


def filled(decoded: Decoded, name: str) -> Any:
    """A row's value or default as the model holds it: lists as tuples, blocks as mappings, templated text as Value."""
    value, row = decoded[name], decoded.block.fields[name]
    if value is None or isinstance(value, Value):
        return value
    if isinstance(row.type, ScalarType) and row.type.templated:
        return Constant(value)
    return _frozen(value)


def camel(attribute: str) -> str:
    """``fail_policy`` -> ``failPolicy``."""
    head, *rest = attribute.split("_")
    return head + "".join(word.capitalize() for word in rest)


def _frozen(value: Any) -> Any:
    if isinstance(value, Decoded):
        return settings_of(value)
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, dict):
        return MappingProxyType({key: _frozen(item) for key, item in value.items()})
    return value


def _is_read(row: Field) -> bool:
    return row.state in (State.SUPPORTED, State.LATER) and not isinstance(row.type, Raw)


def _is_map(node: Node) -> bool:
    return isinstance(node, MapNode)
