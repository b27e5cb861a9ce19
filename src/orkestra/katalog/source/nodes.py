"""The tree. Positions are the parser's own marks (from 0); ``span`` counts from 1 as people do."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from orkestra.katalog.diagnostics.finding import Span
from orkestra.katalog.source.scalars import resolve


class Mark(Protocol):
    """A place in the text: ``index`` in characters, ``line`` and ``column`` from 0."""

    index: int
    line: int
    column: int


_NULLS = frozenset(("", "~", "null", "Null", "NULL"))


class ScalarNode:
    """One scalar. ``text`` is its content as written, escapes and folding done; ``style`` is empty when unquoted."""

    __slots__ = ("end", "start", "style", "tag", "text")
    size = 1
    depth = 0
    is_broken = False

    def __init__(self, text: str, style: str, tag: str, start: Mark, end: Mark) -> None:
        self.text = text
        self.style = style
        self.tag = tag
        self.start = start
        self.end = end

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
        return self.text in _NULLS and not self.style and self.tag in ("", "null")

    @property
    def span(self) -> Span:
        return _span(self.start, self.end)


class ListNode:
    """A sequence. ``size`` counts its nodes with aliases expanded."""

    __slots__ = ("depth", "end", "is_broken", "items", "size", "start")

    def __init__(self, start: Mark) -> None:
        self.items: list[Node] = []
        self.start = start
        self.end = start
        self.size = 1
        self.depth = 1
        self.is_broken = False

    @property
    def span(self) -> Span:
        if self.items and self.items[0].start.line == self.start.line:
            return Span(self.start.line + 1, self.start.column + 1, self.start.line + 1, self.items[0].span.end_column)
        return Span(self.start.line + 1, self.start.column + 1, self.start.line + 1, self.start.column + 2)


class MapNode:
    """A mapping: written text of a key -> (key, value), in order. ``is_broken``: what is wrong was already reported."""

    __slots__ = ("depth", "end", "entries", "is_broken", "merges", "size", "start")

    def __init__(self, start: Mark) -> None:
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
            if key.start.line == self.start.line:
                return Span(self.start.line + 1, self.start.column + 1, key.end.line + 1, key.end.column + 1)
            break
        return Span(self.start.line + 1, self.start.column + 1, self.start.line + 1, self.start.column + 2)


Node: TypeAlias = ScalarNode | ListNode | MapNode


def _span(start: Mark, end: Mark) -> Span:
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def plain_value(node: Node) -> Any:
    """The subtree as JSON-like values, plain scalars resolved as kubectl would."""
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, ListNode):
        return [plain_value(item) for item in node.items]
    return {key: plain_value(value) for key, (_, value) in node.entries.items()}
