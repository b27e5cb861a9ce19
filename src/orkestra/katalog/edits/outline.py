"""A file as parts. Every character of it belongs to exactly one string of one part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from orkestra.katalog.diagnostics.finding import SourceText, Span
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode

_COMMENT = re.compile(r"#[^\r\n]*")
ITEM = "-"
STEP = 2
"""Columns that a new map is indented by."""


class Kind(Enum):
    """What a part's value is: one scalar or alias, or what its own parts make up."""

    LEAF = "leaf"
    MAP = "map"
    LIST = "list"
    FLOW_MAP = "flow map"
    FLOW_LIST = "flow list"

    @property
    def is_flow(self) -> bool:
        return self in (Kind.FLOW_MAP, Kind.FLOW_LIST)

    @property
    def is_map(self) -> bool:
        return self in (Kind.MAP, Kind.FLOW_MAP)

    @property
    def is_list(self) -> bool:
        return self in (Kind.LIST, Kind.FLOW_LIST)


@dataclass(slots=True, eq=False)
class Part:
    """A pair of a map, an item of a list, or the root.

    In order of the text: ``lead`` (whole lines above; in flows all since the part before), ``key`` (as written; ``-``
    for an item of a block list), ``sep`` (to the value, comments included), ``value`` (a leaf; of a flow what opens
    it), the ``parts``, ``closing`` (of a flow), ``tail`` (the rest of the line), ``foot`` (comment lines that are
    indented as far as this part). Columns are those of the text: ``column`` of the key, ``inner`` of the parts' keys.
    ``name`` is the key's text. ``node`` is the value; an alias has the node it names and ``is_alias``.
    ``is_restated``: a flow whose parts were added to or taken from, printed anew.
    """

    kind: Kind
    node: Node
    key_node: ScalarNode | None = None
    name: str = ""
    column: int = 0
    inner: int = 0
    lead: str = ""
    key: str = ""
    sep: str = ""
    value: str = ""
    closing: str = ""
    tail: str = ""
    foot: str = ""
    parts: list[Part] = field(default_factory=list)
    is_alias: bool = False
    is_restated: bool = False

    @property
    def is_merge(self) -> bool:
        return self.key_node is not None and self.name == "<<" and self.key_node.is_plain

    @property
    def is_null(self) -> bool:
        return isinstance(self.node, ScalarNode) and self.node.is_null and self.kind is Kind.LEAF

    @property
    def span(self) -> Span:
        """The key, or the value where there is none."""
        return self.key_node.span if self.key_node else self.node.span

    @property
    def is_inline(self) -> bool:
        """The first part stands on the line of this one: ``- key: value``."""
        return self.kind in (Kind.MAP, Kind.LIST) and self.key == ITEM and "\n" not in self.sep

    def get(self, name: str) -> Part | None:
        return next((part for part in self.parts if part.name == name), None) if self.kind.is_map else None

    def walk(self) -> Iterator[Part]:
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(slots=True)
class Outline:
    """``root`` has no key; its ``sep`` is what stands before the first part. ``suffix`` follows everything."""

    source: SourceText
    root: Part
    suffix: str

    @property
    def newline(self) -> str:
        """The file's line end; that of its first line where they differ."""
        found = self.source.text.find("\n")
        return "\r\n" if found > 0 and self.source.text[found - 1] == "\r" else "\n"


def comments_in(gap: str) -> list[str]:
    """The comments of a text in which nothing else is."""
    return _COMMENT.findall(gap)


def kind_of(node: Node, *, flow: bool) -> Kind:
    if isinstance(node, MapNode):
        return Kind.FLOW_MAP if flow else Kind.MAP
    if isinstance(node, ListNode):
        return Kind.FLOW_LIST if flow else Kind.LIST
    return Kind.LEAF
