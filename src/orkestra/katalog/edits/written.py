"""A file's tree together with what the tree forgets: where aliases stand, and which keys are a map's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from orkestra.katalog.diagnostics.finding import Findings, SourceText
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode
from orkestra.katalog.source.parse import TreeBuilder

Pair = tuple[ScalarNode, Node]


@dataclass(slots=True)
class Written:
    """``aliases``: offset of an alias -> its end. ``pairs``: the pairs a map with merge keys has itself, by its id."""

    root: Node
    aliases: dict[int, int] = field(default_factory=dict)
    pairs: dict[int, list[Pair]] = field(default_factory=dict)

    def pairs_of(self, node: MapNode) -> list[Pair]:
        """The pairs of a map as they are written, merge keys among them."""
        found = self.pairs.get(id(node))
        return list(node.entries.values()) if found is None else found


def parse_written(source: SourceText, findings: Findings) -> Written | None:
    """None when the file is no sound YAML, which is reported, or holds nothing."""
    builder = _Recorder(source, findings)
    documents = builder.run()
    if findings.has_errors or not documents:
        return None
    return Written(documents[0], builder.aliases, builder.pairs)


class _Recorder(TreeBuilder):
    def __init__(self, source: SourceText, findings: Findings) -> None:
        super().__init__(source, findings, is_single=True)
        self.aliases: dict[int, int] = {}
        self.pairs: dict[int, list[Pair]] = {}

    def _alias(self, event: Any) -> Node:
        self.aliases[event.start_mark.index] = event.end_mark.index
        return super()._alias(event)

    def _merge(self, node: MapNode) -> None:
        self.pairs[id(node)] = sorted([*node.entries.values(), *node.merges], key=lambda pair: pair[0].start.index)
        super()._merge(node)


def is_flow(node: ListNode | MapNode, at: int, text: str) -> bool:
    """``at``: where the node begins, after its anchor and tag."""
    return text[at] == ("{" if isinstance(node, MapNode) else "[")
