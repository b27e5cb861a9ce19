"""The tree. Positions are the parser's own marks (from 0); ``span`` counts from 1 as people do. Every node knows its
file, so that a tree may be woven of many."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from orkestra.katalog.diagnostics.finding import SourceText, Span
from orkestra.katalog.source.scalars import resolve


class Mark(Protocol):
    """A place in the text: ``index`` in characters, ``line`` and ``column`` from 0."""

    index: int
    line: int
    column: int


NULLS = frozenset(("", "~", "null", "Null", "NULL"))


class ScalarNode:
    """One scalar. ``text`` is its content as written, escapes and folding done; ``style`` is empty when unquoted."""

    __slots__ = ("end", "source", "start", "style", "tag", "text")
    size = 1
    depth = 0
    is_broken = False

    def __init__(self, text: str, style: str, tag: str, start: Mark, end: Mark, source: SourceText) -> None:
        self.text = text
        self.style = style
        self.tag = tag
        self.start = start
        self.end = end
        self.source = source

    @property
    def is_plain(self) -> bool:
        return not self.style

    @property
    def value(self) -> Any:
        """The value where nothing says the scalar is text."""
        if self.tag == "str" or (self.style and not self.tag):
            return self.text
        return resolve(self.text)

    @property
    def is_null(self) -> bool:
        return self.text in NULLS and not self.style and self.tag in ("", "null")

    @property
    def span(self) -> Span:
        start, end = self.start, self.end
        return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1, self.source.name)


class ListNode:
    """A sequence. ``size`` counts its nodes with aliases expanded."""

    __slots__ = ("depth", "end", "is_broken", "items", "size", "source", "start")

    def __init__(self, start: Mark, source: SourceText) -> None:
        self.source = source
        self.items: list[Node] = []
        self.start = start
        self.end = start
        self.size = 1
        self.depth = 1
        self.is_broken = False

    @property
    def span(self) -> Span:
        first = self.items[0] if self.items else None
        is_beside = first is not None and first.start.line == self.start.line and first.source is self.source
        return _opening(self, first.span.end_column if first is not None and is_beside else 0)


class MapNode:
    """A mapping: written text of a key -> (key, value), in order. ``is_broken``: what is wrong was already reported."""

    __slots__ = ("depth", "end", "entries", "is_broken", "merges", "size", "source", "start")

    def __init__(self, start: Mark, source: SourceText) -> None:
        self.source = source
        self.entries: dict[str, tuple[ScalarNode, Node]] = {}
        self.merges: list[tuple[ScalarNode, Node]] = []
        self.start = start
        self.end = start
        self.size = 1
        self.depth = 1
        self.is_broken = False

    def get(self, key: str) -> Node | None:
        found = self.entries.get(key)
        return found[1] if found else None

    @property
    def span(self) -> Span:
        """The first key, which stands for the map."""
        for key, _ in self.entries.values():
            if key.start.line == self.start.line and key.source is self.source:
                start, end = self.start, key.end
                return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1, self.source.name)
            break
        return _opening(self)


Node: TypeAlias = ScalarNode | ListNode | MapNode


def _opening(node: ListNode | MapNode, end_column: int = 0) -> Span:
    line, column = node.start.line + 1, node.start.column + 1
    return Span(line, column, line, end_column or column + 1, node.source.name)


def plain_value(node: Node) -> Any:
    """The subtree as JSON-like values, plain scalars resolved as kubectl would."""
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, ListNode):
        return [plain_value(item) for item in node.items]
    return {key: plain_value(value) for key, (_, value) in node.entries.items()}
