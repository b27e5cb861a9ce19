"""What a file means: its tree without places and styles.

Two texts of one meaning are the same to every reader: a scalar counts as its text, the value it has where nothing says
it is text, and its tag. Maps count without their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from orkestra.katalog.edits.outline import Kind, Outline, Part
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode

Owners = Mapping[int, Part]
"""The part whose value a node is, by the node's id: what an alias of it stands for, however the part was changed."""


def owners_of(outline: Outline) -> Owners:
    return {id(part.node): part for part in outline.root.walk() if not part.is_alias}


def meaning_of(node: Node) -> Any:
    """The meaning of a tree, comparable with ``==``."""
    if isinstance(node, ListNode):
        return [meaning_of(item) for item in node.items]
    if isinstance(node, MapNode):
        return {name: meaning_of(value) for name, (_, value) in node.entries.items()}
    return node.text, repr(node.value), node.tag, node.is_null


def meaning_of_part(part: Part, owners: Owners) -> Any:
    """The same for a part as it is now; ``owners`` were taken before it was changed."""
    if part.is_alias:
        owner = owners.get(id(part.node))
        return meaning_of_part(owner, owners) if owner and owner is not part else meaning_of(part.node)
    if part.kind.is_list:
        return [meaning_of_part(item, owners) for item in part.parts]
    if part.kind is Kind.LEAF:
        return meaning_of(part.node)
    own = {child.name: meaning_of_part(child, owners) for child in part.parts if not child.is_merge}
    for child in part.parts:
        if child.is_merge:
            for merged in _merged(meaning_of_part(child, owners)):
                for name, value in merged.items():
                    own.setdefault(name, value)
    return own


def _merged(found: Any) -> Iterable[Mapping[str, Any]]:
    return [each for each in (found if isinstance(found, list) else [found]) if isinstance(each, dict)]


def scalar(text: str, like: Node, *, style: str = "") -> ScalarNode:
    """A new scalar, which stands where ``like`` does."""
    return ScalarNode(text, style, "", like.start, like.end, like.source)
