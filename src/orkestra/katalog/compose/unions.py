"""What several imports say side by side: united where it is different things or the same, refused where it clashes."""

from __future__ import annotations

from orkestra.katalog.compose.merging import copy_of, list_of
from orkestra.katalog.compose.weaving import Weaving
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode


def united(first: Node, second: Node, what: str, weaving: Weaving, own: Node | None = None) -> Node:
    """Both: maps key by key, lists of named things by name. Anything else must be equal; a clash is reported at the
    second, unless ``own`` says something there, which wins over both anyway."""
    if isinstance(first, MapNode) and isinstance(second, MapNode):
        merged = copy_of(first)
        for text, (key, value) in second.entries.items():
            below = merged.entries.get(text)
            if below is None:
                merged.entries[text] = (key, value)
            else:
                merged.entries[text] = (below[0], united(below[1], value, f"{what}.{text}", weaving, _below(own, text)))
        return merged
    if isinstance(first, ListNode) and isinstance(second, ListNode) and not is_same(first, second):
        return _united_lists(first, second, what, weaving, own)
    if own is None and not is_same(first, second):
        related = weaving.related(first.span, "the other says this")
        message = f"{what}: two imports disagree"
        hint = "say it in the Komposer, which wins over both"
        weaving.report(2007, message, second.span, hint, (related,))
    return first


def is_same(first: Node, second: Node) -> bool:
    """Whether two trees say the same, however they are written."""
    if first is second:
        return True
    if isinstance(first, ScalarNode) and isinstance(second, ScalarNode):
        return first.text == second.text and (first.value == second.value) is True
    if isinstance(first, ListNode) and isinstance(second, ListNode):
        return len(first.items) == len(second.items) and all(map(is_same, first.items, second.items))
    if isinstance(first, MapNode) and isinstance(second, MapNode):
        if first.entries.keys() != second.entries.keys():
            return False
        return all(is_same(value, second.entries[key][1]) for key, (_, value) in first.entries.items())
    return False


def _united_lists(first: ListNode, second: ListNode, what: str, weaving: Weaving, own: Node | None) -> Node:
    items = list(first.items)
    names = {_name(item): n for n, item in enumerate(items) if _name(item)}
    for item in second.items:
        name = _name(item)
        if name in names:
            at = names[name]
            items[at] = united(items[at], item, f"{what}.{name}", weaving, _named(own, name))
        elif not any(is_same(item, known) for known in first.items):
            items.append(item)
    return list_of(items, first)


def _below(own: Node | None, key: str) -> Node | None:
    """What ``own`` says under a key; a value that is no map stands for all below it."""
    return own.get(key) if isinstance(own, MapNode) else own


def _named(own: Node | None, name: str) -> Node | None:
    return next((item for item in own.items if _name(item) == name), None) if isinstance(own, ListNode) else own


def _name(item: Node) -> str:
    name = item.get("name") if isinstance(item, MapNode) else None
    return name.text if isinstance(name, ScalarNode) else ""
