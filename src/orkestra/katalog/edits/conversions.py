"""Shapes of another generation -> today's: lists that became maps, and the other way round."""

from __future__ import annotations

from collections.abc import Sequence

from orkestra.katalog.edits import surgery
from orkestra.katalog.edits.meaning import scalar
from orkestra.katalog.edits.outline import ITEM, STEP, Kind, Part
from orkestra.katalog.edits.printing import shift
from orkestra.katalog.source.nodes import ListNode, MapNode, ScalarNode

_NAMES = ("key", "name")


class NotConvertible(Exception):
    """A value that is not what the older shape was; the text says what is wrong with it."""


def list_to_map(path: Sequence[Part], newline: str) -> str:
    """``[{a: b}]``, ``[{name: a, value: b}]`` -> ``{a: b}``. Raises NotConvertible."""
    part = path[-1]
    names = [name for item in part.parts for name in _names_in(item)]
    if len(set(names)) < len(names):
        raise NotConvertible("a name is in the list twice")
    for item in surgery.empty(path, newline, as_map=True):
        inside: list[Part] = [*path, item]
        pair = _pair_of(item)
        if pair is not None:
            moved = [_renamed(surgery.take(inside, pair[1], newline), pair[0])]
        else:
            moved = [surgery.take(inside, child, newline) for child in list(item.parts)]
        surgery.inherit(moved[0], item, newline)
        for child in moved:
            surgery.put(path, len(part.parts), child, newline)
    return "a map"


def _names_in(item: Part) -> list[str]:
    if item.is_alias or not item.kind.is_map or not item.parts or any(child.is_merge for child in item.parts):
        raise NotConvertible("an item is no map of its own: write name: value")
    pair = _pair_of(item)
    return [_text_of(pair[0])] if pair else [child.name for child in item.parts]


def _pair_of(item: Part) -> tuple[Part, Part] | None:
    """The two parts of ``{name: a, value: b}``."""
    value = item.get("value")
    name = next((child for child in item.parts if child.name in _NAMES), None)
    return (name, value) if name is not None and value is not None and len(item.parts) == 2 else None


def _renamed(value: Part, name: Part) -> Part:
    """``value`` under the key that ``name`` spells, with the comments of both."""
    assert isinstance(name.node, ScalarNode)
    text = _text_of(name)
    value.key, value.name, value.key_node = name.value, text, scalar(text, name.node, style=name.node.style)
    return value


def _text_of(part: Part) -> str:
    if part.kind is not Kind.LEAF or part.is_alias or not isinstance(part.node, ScalarNode):
        raise NotConvertible("a name is no text")
    if part.node.style in ("|", ">") or "\n" in part.value or part.value[:1] in ("&", "!") or not part.node.text:
        raise NotConvertible("a name is no text on one line")
    return part.node.text


def entries_to_map(path: Sequence[Part], newline: str) -> str:
    """``[{name: a, …}]`` -> ``{a: {…}}``. Raises NotConvertible."""
    part = path[-1]
    names: list[str] = []
    for item in part.parts:
        name = item.get("name")
        if item.is_alias or name is None:
            raise NotConvertible("an entry has no name")
        names.append(_text_of(name))
    if len(set(names)) < len(names):
        raise NotConvertible("two entries have one name")
    for item in surgery.empty(path, newline, as_map=True):
        name = item.get("name")
        assert name is not None
        assert isinstance(name.node, ScalarNode)
        surgery.take([*path, item], name, newline)
        if item.kind.is_flow:
            item.sep = ": "
        else:
            item.lead += shift(name.lead, item.column - name.column)
            item.sep = ":" + (name.tail or newline)
        if not item.parts and not item.kind.is_flow:
            _make_null(item)
        text = name.node.text
        item.key, item.name, item.key_node = name.value, text, scalar(text, name.node, style=name.node.style)
        surgery.put(path, len(part.parts), item, newline)
    return "a map of entries by name"


def _make_null(item: Part) -> None:
    item.kind, item.node = Kind.LEAF, scalar("", item.node)
    item.sep, item.value, item.tail = ":", "", item.sep[1:]


def rules_to_map(path: Sequence[Part], newline: str) -> str:
    """``[…]`` -> ``{rules: […]}``."""
    part = path[-1]
    if part.kind is Kind.FLOW_LIST:
        inner = Part(Kind.FLOW_LIST, part.node, scalar("rules", part.node), "rules", key="rules", sep=": ")
        inner.value, inner.closing, inner.parts = part.value[-1:], part.closing, part.parts
        part.kind, part.value, part.closing, part.parts = Kind.FLOW_MAP, part.value[:-1] + "{", "}", [inner]
    else:
        inner = Part(Kind.LIST, part.node, scalar("rules", part.node), "rules", key="rules", sep=":" + newline)
        inner.parts, inner.column = part.parts, part.column + STEP
        inner.inner = inner.column + STEP
        part.kind, part.parts, part.inner = Kind.MAP, [inner], inner.column
    part.node = MapNode(part.node.start, part.node.source)
    return "a map with rules"


def map_to_list(path: Sequence[Part], newline: str) -> str:
    """``{a: b}`` -> ``[{a: b}]``: one item that was written without its dash."""
    part = path[-1]
    item = Part(part.kind, part.node, parts=part.parts)
    if part.kind is Kind.FLOW_MAP:
        item.value, item.closing = part.value[-1:], part.closing
        part.kind, part.value, part.closing = Kind.FLOW_LIST, part.value[:-1] + "[", "]"
    else:
        item.key, item.sep, item.column = ITEM, " ", part.column + STEP
        item.inner = item.column + STEP
        part.kind, part.inner = Kind.LIST, item.column
    part.parts = [item]
    part.node = ListNode(part.node.start, part.node.source)
    return "a list"


def sources_to_map(path: Sequence[Part], newline: str) -> str:
    """``[{secretRef: {name: a}}]`` -> ``{secretRef: [{name: a}]}``. Raises NotConvertible."""
    part = path[-1]
    kinds = [_source_of(item) for item in part.parts]
    if kinds != sorted(kinds, reverse=True):
        raise NotConvertible("Secrets and ConfigMaps take turns, and the last of two equal names wins: sort them first")
    items = surgery.empty(path, newline, as_map=True)
    for item, kind in zip(items, kinds, strict=True):
        group = part.get(kind)
        if group is None:
            group = surgery.new_map(kind, part, newline)
            surgery.empty([*path, group], newline, as_map=False)
            surgery.put(path, len(part.parts), group, newline)
        source = surgery.as_item(surgery.take([*path, item], item.parts[0], newline))
        surgery.inherit(source, item, newline)
        surgery.put([*path, group], len(group.parts), source, newline)
    return "a map with secretRef and configMapRef"


def _source_of(item: Part) -> str:
    if item.is_alias or not item.kind.is_map or len(item.parts) != 1:
        raise NotConvertible("an item does not say whether it is a Secret or a ConfigMap")
    source = item.parts[0]
    if source.name not in ("secretRef", "configMapRef") or source.is_alias or not source.kind.is_map:
        raise NotConvertible("an item does not say whether it is a Secret or a ConfigMap")
    return source.name


def env_to_list(path: Sequence[Part], newline: str) -> str:
    """``{A: b}`` -> ``[{name: A, value: b}]``. Raises NotConvertible."""
    part = path[-1]
    if any(child.is_merge for child in part.parts):
        raise NotConvertible("a merge key stands in it")
    for child in surgery.empty(path, newline, as_map=False):
        surgery.put(path, len(part.parts), _variable(child, newline, in_flow=part.kind.is_flow), newline)
    return "a list of variables"


def _name_part(child: Part) -> Part:
    assert child.key_node is not None
    like = child.key_node
    node = scalar(child.name, like, style=like.style)
    return Part(Kind.LEAF, node, scalar("name", like), "name", key="name", sep=": ", value=child.key)


def _variable(child: Part, newline: str, *, in_flow: bool) -> Part:
    """``- name: A`` and ``value: b`` on two lines, or in braces."""
    like = child.node
    item = Part(Kind.FLOW_MAP if in_flow else Kind.MAP, MapNode(like.start, like.source))
    name, key = _name_part(child), "valueFrom" if child.kind.is_map else "value"
    item.column, item.inner, item.lead, item.foot = child.column, child.column + STEP, child.lead, child.foot
    if in_flow:
        item.value, item.closing, item.is_restated = "{", "}", True
        item.lead = ""
    else:
        name.column, name.tail = item.inner, newline
        item.key, item.sep = ITEM, " "
    child.lead = child.foot = ""
    surgery.rename(child, key)
    child.key = key
    item.parts = [name, child]
    return item
