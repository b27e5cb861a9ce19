"""``include``: a file that holds the rest of a block.

What stands beside ``include`` wins over what the file says. Lists that are read in order (rules, status fields,
watches) have the file's items first; of two functions or tokens of one name the inline one stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from orkestra.katalog.compose.merging import copy_of, is_null, list_of, overlaid, put
from orkestra.katalog.compose.weaving import Chain, Weaving
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode

BLOCK: Final = "block"
"""A map that may have ``include``."""
CALLS: Final = "calls"
"""A list whose items may be ``include``; the file is a map with this one key, or the list itself."""
EXPECT: Final = "expect"
"""Likewise, of expectations."""

Sites: TypeAlias = Mapping[str, "str | Sites"]
"""Key -> what it is. In a map, the key ``""`` says that the map itself is a block; ``*`` stands for every key."""

_RULES: Final[Sites] = {"": BLOCK, "external": CALLS}
_CHILDREN: Final[Sites] = {"external": CALLS}
_GATE: Final[Sites] = {"external": CALLS}

_BOX: Final[Sites] = {
    "reconciler": {"": BLOCK, "hooks": {"external": CALLS}},
    "status": BLOCK,
    "observe": {"": BLOCK, "events": {"*": {"enqueueGate": _GATE}}},
    "external": CALLS,
    "onCreate": _CHILDREN,
    "onReconcile": _CHILDREN,
    "onDelete": _CHILDREN,
    "preReconcile": {"external": CALLS, "enqueueGate": _GATE, "reconcileGate": _GATE},
}
_TARGET: Final[Sites] = {"": BLOCK, "tokens": BLOCK, "operatorBox": _BOX}

ENTRY: Final[Sites] = {
    "validation": _RULES,
    "mutation": _RULES,
    "serve": {
        "": BLOCK,
        "fields": BLOCK,
        "labels": BLOCK,
        "annotations": BLOCK,
        "tokens": BLOCK,
        "target": {"": BLOCK, "*": _TARGET},
    },
    "operatorBox": _BOX,
}
"""Where an entry of ``spec.crds`` may include."""

KATALOG: Final[Sites] = {
    "notes": BLOCK,
    "profiles": BLOCK,
    "motifs": {"*": {"notes": BLOCK, "profiles": BLOCK}},
    "gateway": {"api": {"auth": BLOCK}, "clusters": BLOCK, "tokens": BLOCK},
    "spec": {"crds": {"*": ENTRY}},
}
MOTIF: Final[Sites] = {
    "notes": BLOCK,
    "profiles": BLOCK,
    "status": BLOCK,
    "admission": {"validation": _RULES, "mutation": _RULES},
}
E2E: Final[Sites] = {"spec": {"expect": EXPECT}}

_IN_ORDER: Final = frozenset({"rules", "fields", "watch", "functions", "tokens", "external"})
_BY_NAME: Final = frozenset({"functions", "tokens"})


def resolved(node: Node, sites: str | Sites, weaving: Weaving, chain: Chain, where: str = "") -> Node:
    """The tree with every include replaced by what it names; the same node where there is none."""
    if isinstance(sites, str):
        if sites == BLOCK:
            return _block(node, weaving, chain, where) if isinstance(node, MapNode) else node
        return _items(node, sites, weaving, chain, where) if isinstance(node, ListNode) else node
    if not isinstance(node, MapNode):
        return node
    found = _block(node, weaving, chain, where) if sites.get("") == BLOCK else node
    changed: dict[str, Node] = {}
    for key, below in _inner(sites, found):
        value = found.entries[key][1]
        after = resolved(value, below, weaving, chain, f"{where}.{key}" if where else key)
        if after is not value:
            changed[key] = after
    if not changed:
        return found
    made = copy_of(found)
    for key, value in changed.items():
        put(made, key, value)
    return made


def _inner(sites: Sites, node: MapNode) -> list[tuple[str, str | Sites]]:
    every = sites.get("*")
    if every is not None:
        return [(key, every) for key in node.entries]
    return [(key, below) for key, below in sites.items() if key and key in node.entries]


def _block(node: MapNode, weaving: Weaving, chain: Chain, where: str) -> MapNode:
    declared = node.get("include")
    if declared is None or is_null(declared):
        return node
    inline = copy_of(node)
    del inline.entries["include"]
    found = _open(declared, weaving, chain, where)
    if found is None:
        return inline
    body, within = found
    if not isinstance(body, MapNode):
        weaving.report(2006, f"include: expected a map, the content of {where}", body.span, _shape_hint(where))
        return inline
    body = _block(body, weaving, within, where)
    return _beneath(body, inline, weaving, where)


def _beneath(included: MapNode, inline: MapNode, weaving: Weaving, where: str) -> MapNode:
    """The block with the included file under what is written inline."""
    merged = overlaid(included, inline, weaving.trail)
    assert isinstance(merged, MapNode)
    for key in _IN_ORDER & included.entries.keys() & inline.entries.keys():
        first, own = included.entries[key][1], inline.entries[key][1]
        if isinstance(first, ListNode) and isinstance(own, ListNode):
            names = _names(own) if key in _BY_NAME else frozenset()
            kept = [item for item in first.items if not names or _name(item) not in names]
            put(merged, key, list_of([*kept, *own.items], own))
    return merged


def _items(node: ListNode, key: str, weaving: Weaving, chain: Chain, where: str) -> Node:
    items: list[Node] = []
    is_changed = False
    for item in node.items:
        declared = item.get("include") if isinstance(item, MapNode) else None
        if declared is None or not isinstance(item, MapNode):
            items.append(item)
            continue
        is_changed = True
        for text, (name, _) in item.entries.items():
            if text != "include":
                weaving.report(1106, f"{text[:60]} and include exclude each other in an item of {where}", name.span)
        found = _open(declared, weaving, chain, where)
        if found is None:
            continue
        body, within = found
        inner = body.get(key) if isinstance(body, MapNode) else body
        if not isinstance(inner, ListNode):
            weaving.report(2006, f"include: expected a map with {key}, a list", body.span)
            continue
        more = _items(inner, key, weaving, within, where)
        items += more.items if isinstance(more, ListNode) else []
    return list_of(items, node) if is_changed else node


def _open(declared: Node, weaving: Weaving, chain: Chain, where: str) -> tuple[Node, Chain] | None:
    """The included tree, and the chain it stands in."""
    what = f"{where}.include" if where else "include"
    if not isinstance(declared, ScalarNode):
        weaving.report(1102, "include: expected a path", declared.span)
        return None
    place = weaving.find(declared, declared.text, what, chain)
    body = weaving.open(place, declared, what, chain, "include") if place else None
    if place is None or body is None or not weaving.spend(body, declared, what):
        return None
    return body, (*chain, place)


def _shape_hint(where: str) -> str:
    return f"write what stands below {where.rpartition('.')[2]}, without that key"


def _names(node: ListNode) -> frozenset[str]:
    return frozenset(name for name in map(_name, node.items) if name)


def _name(item: Node) -> str:
    name = item.get("name") if isinstance(item, MapNode) else None
    return name.text if isinstance(name, ScalarNode) else ""
