"""What a check is given."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from orkestra.katalog.compose.weaving import ImportedKatalog
from orkestra.katalog.crdfile import Crds
from orkestra.katalog.diagnostics.finding import Hint, Related, SourceText, Span
from orkestra.katalog.identity import Identity
from orkestra.katalog.model import ForEach, OperatorBox, ResourceEntry, Settings
from orkestra.katalog.position import Position
from orkestra.katalog.schema.blocks import Decoded
from orkestra.katalog.schema.decoder import Decoder
from orkestra.katalog.sites import Site
from orkestra.katalog.source.nodes import MapNode, Node, ScalarNode
from orkestra.katalog.terms import Condition
from orkestra.katalog.values import Constant, TemplateValue, Value
from orkestra.katalog.walk import templates_in, values_of

_WORD = re.compile(r'"[^"]*"|[^\s:,\[\]{}]+')


Evaluated: TypeAlias = tuple[Site, tuple[TemplateValue, ...], Condition | ForEach | None]
"""Where something is evaluated, the templates in it, and itself when it is no value."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A compiled file. ``entries``: the box of each entry of ``spec.crds``; ``boxes``: each before the boxes of
    its targets of ``serve``, which are called <entry>.<target>. ``nodes``: what has the ``operatorBox`` of each, the
    tree of an entry or a target; ``declared``: the names of all entries. ``crds``: those at hand beside the file;
    ``top``: the rows of the file itself."""

    entries: tuple[OperatorBox, ...]
    identities: Mapping[str, Identity]
    nodes: Mapping[str, MapNode]
    declared: frozenset[str]
    decoder: Decoder
    crds: Crds = field(default_factory=dict)
    top: Decoded | None = None
    today: datetime.date | None = None
    """The day the file is judged on, where that counts."""
    imports: tuple[ImportedKatalog, ...] = ()
    has_all_imports: bool = True
    kept: dict[str, Any] = field(default_factory=dict)
    """What one check has found out of a box and others ask for too."""
    _evaluated: dict[str, tuple[Evaluated, ...]] = field(default_factory=dict)
    _entry_of: dict[str, OperatorBox] = field(default_factory=dict)

    boxes: tuple[OperatorBox, ...] = field(init=False)

    def __post_init__(self) -> None:
        self._entry_of.update({each.name: box for box in self.entries for each in box.surfaces.values()})
        boxes = tuple(each for box in self.entries for each in (box, *box.surfaces.values()))
        object.__setattr__(self, "boxes", boxes)

    def entry_of(self, box: OperatorBox) -> OperatorBox:
        """The box of the entry that has the target of this box; for an entry's own box that itself."""
        return self._entry_of.get(box.name, box)

    @property
    def root(self) -> MapNode | None:
        """The tree of the whole file."""
        return self.top.node if self.top is not None else None

    @property
    def lifecycle(self) -> Settings | None:
        """What the file says of its life."""
        metadata = self.top["metadata"] if self.top is not None else None
        own: Settings | None = self.top["lifecycle"] if self.top is not None else None
        return own or (metadata["lifecycle"] if isinstance(metadata, Decoded) else None)

    @property
    def is_full(self) -> bool:
        return self.decoder.findings.is_full

    def evaluated(self, box: OperatorBox) -> tuple[Evaluated, ...]:
        """What in the box is evaluated, constants left out; walked once, however many checks ask."""
        known = self._evaluated.get(box.name)
        if known is None:
            found = [
                _evaluated(each, site) for each, site in self.decoder.sites[box.name] if type(each) is not Constant
            ]
            known = self._evaluated[box.name] = tuple(found)
        return known

    def node_at(self, box: OperatorBox, *keys: str) -> Node | None:
        """What is written at a path of keys in an entry of ``spec.crds``, or in a target."""
        node: Node | None = self.nodes.get(box.name)
        for key in keys:
            node = node.get(key) if isinstance(node, MapNode) else None
        return node

    def sources(self) -> Iterable[SourceText]:
        """The texts the file is made of."""
        own = self.decoder.source
        found = {own.name: own}
        for node in (*self.nodes.values(), *self.decoder.entry_nodes.values()):
            if node.source is not own:
                found[node.source.name] = node.source
        return found.values()

    def report(self, number: int, message: str, at: Span, hint: Hint = "", related: Iterable[Related] = ()) -> None:
        self.decoder.report(number, message, at, hint, related)

    def span(self, position: Position) -> Span:
        """The word at a position."""
        source = self.decoder.findings.sources.get(position.file, self.decoder.source)
        line = source.line(position.line)
        word = _WORD.match(line, position.column - 1)
        width = len(word.group()) if word else 1
        return Span(position.line, position.column, position.line, position.column + width, source.name)

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


def _evaluated(found: Value | Condition | ForEach, site: Site) -> Evaluated:
    if type(found) is TemplateValue and not found.declared:
        return site, (found,), None
    if isinstance(found, Value):
        return site, tuple(templates_in(found)), None
    return site, tuple(template for value in values_of(found) for template in templates_in(value)), found


Check: TypeAlias = Callable[[Checked], None]
