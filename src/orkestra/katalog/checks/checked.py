"""What a check is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from orkestra.katalog.diagnostics.finding import Hint, Related, Span
from orkestra.katalog.identity import Identity
from orkestra.katalog.model import OperatorBox, Position, ResourceEntry
from orkestra.katalog.schema.decoder import Decoder
from orkestra.katalog.source.nodes import MapNode, ScalarNode

_WORD = re.compile(r'"[^"]*"|[^\s:,\[\]{}]+')


@dataclass(frozen=True, slots=True)
class Checked:
    """A compiled file. ``nodes``: the tree of each entry of ``spec.crds``; ``declared``: the names of all of them."""

    boxes: tuple[OperatorBox, ...]
    identities: Mapping[str, Identity]
    nodes: Mapping[str, MapNode]
    declared: frozenset[str]
    decoder: Decoder

    @property
    def is_full(self) -> bool:
        return self.decoder.findings.is_full

    def report(self, number: int, message: str, at: Span, hint: Hint = "", related: Iterable[Related] = ()) -> None:
        self.decoder.report(number, message, at, hint, related)

    def span(self, position: Position) -> Span:
        """The word at a position."""
        line = self.decoder.source.line(position.line)
        word = _WORD.match(line, position.column - 1)
        width = len(word.group()) if word else 1
        return Span(position.line, position.column, position.line, position.column + width)

    def key_span(self, entry: ResourceEntry, key: str) -> Span:
        """The key of an entry's field, or the entry itself."""
        node = self.decoder.entry_nodes.get(entry.id)
        found = node.entries.get(key) if node else None
        return found[0].span if found else self.span(entry.position)

    def value_span(self, entry: ResourceEntry, *keys: str) -> Span:
        """The scalar at a path of keys in an entry, or the entry itself."""
        node = self.decoder.entry_nodes.get(entry.id)
        found = None
        for key in keys:
            found = node.get(key) if isinstance(node, MapNode) else None
            node = found if isinstance(found, MapNode) else None
        return found.span if isinstance(found, ScalarNode) else self.span(entry.position)


Check: TypeAlias = Callable[[Checked], None]
