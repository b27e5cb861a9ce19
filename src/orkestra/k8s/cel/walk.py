"""All nodes of a tree."""

from __future__ import annotations

from collections.abc import Iterator

from orkestra.k8s.cel.nodes import Call, Fold, Index, ListLiteral, Logic, MapLiteral, Node, OptionalMap, Select


def every_node(tree: Node) -> Iterator[Node]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(inner_nodes(node))


def inner_nodes(node: Node) -> list[Node]:
    """Those right below a node, wherever they stand in it."""
    match node:
        case Select():
            return [node.operand]
        case Index():
            return [node.operand, node.index]
        case Call():
            return [*([node.target] if node.target is not None else []), *node.args]
        case Logic():
            return node.args
        case ListLiteral():
            return node.items
        case MapLiteral():
            return [part for entry in node.entries for part in entry]
        case Fold():
            return [node.range, node.body, *([node.condition] if node.condition is not None else [])]
        case OptionalMap():
            return [node.target, node.body]
    return []
