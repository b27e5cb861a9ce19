"""One tree over another. Maps merge key by key, everything else is replaced; null takes a value away."""

from __future__ import annotations

from orkestra.katalog.compose.trail import Trail
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode


def overlaid(under: Node, over: Node, trail: Trail) -> Node:
    """``over`` wins per field. The nodes given are left as they are."""
    if not isinstance(under, MapNode) or not isinstance(over, MapNode):
        trail.replaced[id(over)] = (over, under)
        return over
    merged = copy_of(under)
    for text, (key, value) in over.entries.items():
        below = merged.entries.get(text)
        if is_null(value):
            merged.entries.pop(text, None)
        elif below is None:
            merged.entries[text] = (key, value)
        else:
            found = overlaid(below[1], value, trail)
            merged.entries[text] = (key if found is value else below[0], found)
    return merged


def copy_of(node: MapNode) -> MapNode:
    """The same map with entries of its own."""
    copied = MapNode(node.start, node.source)
    copied.entries = dict(node.entries)
    copied.end, copied.is_broken = node.end, node.is_broken
    return copied


def list_of(items: list[Node], like: Node) -> ListNode:
    """A list that stands where ``like`` does."""
    made = ListNode(like.start, like.source)
    made.items = items
    made.end = like.end
    return made


def scalar_of(text: str, like: Node) -> ScalarNode:
    """Text that stands where ``like`` does."""
    return ScalarNode(text, '"', "str", like.start, like.end, like.source)


def put(node: MapNode, key: str, value: Node) -> None:
    """``key: value``, the key standing where the value does unless it was there before."""
    found = node.entries.get(key)
    node.entries[key] = (found[0] if found else scalar_of(key, value), value)


def get_map(node: Node | None, *keys: str) -> MapNode | None:
    """The map at a path of keys."""
    for key in keys:
        node = node.get(key) if isinstance(node, MapNode) else None
    return node if isinstance(node, MapNode) else None


def with_path(node: MapNode, *keys: str, like: Node) -> MapNode:
    """The map at a path below ``node``, all maps on the way copied or made. ``node`` itself is changed."""
    for key in keys:
        found = node.get(key)
        below = copy_of(found) if isinstance(found, MapNode) else MapNode(like.start, like.source)
        put(node, key, below)
        node = below
    return node


def text_of(node: Node | None) -> str:
    """The text of a scalar that is not null, else nothing."""
    return node.text if isinstance(node, ScalarNode) and not node.is_null else ""


def is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.is_null
