"""Sets of fields, in FieldsV1 form: the wire format is the working format.

A set is a dict from path element (``f:NAME``, ``k:{JSON}``, ``v:JSON``, ``i:INDEX``) to node. The node ``{}`` is a
member without children; a node with children is a member itself only if it holds ``"."``. No other node is empty.
Sets are never changed once made, so they may share nodes. Algebra: structured-merge-diff fieldpath/set.go.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec

from orkestra.k8s.values import MAX_DEPTH

FieldSet = dict[str, Any]

SELF = "."
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=+ ,;@#%*()[]{}~^|!?$'`")
_encode = msgspec.json.Encoder(order="deterministic").encode


class FieldSetError(ValueError):
    """FieldsV1 that does not parse."""


def json_text(value: Any) -> str:
    """Compact JSON as Go writes it: keys sorted, ``<``, ``>`` and ``&`` escaped."""
    if type(value) is str and _PLAIN.issuperset(value):
        return f'"{value}"'
    if type(value) is float and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    text = _encode(value).decode()
    for character, escape in (("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e")):
        if character in text:
            text = text.replace(character, escape)
    return text


def is_member(node: FieldSet) -> bool:
    return not node or SELF in node


def as_member(node: FieldSet | None) -> FieldSet:
    """The node with itself a member."""
    if not node:
        return {}
    return node if SELF in node else {SELF: {}, **node}


def union(one: FieldSet, other: FieldSet) -> FieldSet:
    """Both sets' members. For roots: an empty root holds nothing, unlike an empty node."""
    if not one or not other:
        return one or other
    return _united(one, other)


def _united(one: FieldSet, other: FieldSet) -> FieldSet:
    out = dict(one)
    for key, node in other.items():
        known = out.get(key)
        if known is None:
            out[key] = node
        elif known is not node:
            out[key] = _united(known, node) if known and node else as_member(known or node)
    return out


def intersection(one: FieldSet, other: FieldSet) -> FieldSet:
    return _common(one, other) or {}


def _common(one: FieldSet, other: FieldSet) -> FieldSet:
    out: FieldSet = {}
    for key, node in one.items():
        if key in other and key != SELF:
            found = other[key]
            children = _common(node, found) if node and found else {}
            if is_member(node) and is_member(found):
                out[key] = as_member(children)
            elif children:
                out[key] = children
    return out


def difference(one: FieldSet, other: FieldSet) -> FieldSet:
    """Members of the first that are no members of the second; children outlive a parent that is taken away."""
    out: FieldSet = {}
    for key, node in one.items():
        if key == SELF:
            continue
        found = other.get(key)
        if found is None:
            out[key] = node
            continue
        children = difference(node, found) if node else {}
        if is_member(node) and not is_member(found):
            out[key] = as_member(children)
        elif children:
            out[key] = children
    return out


def difference_below(one: FieldSet, other: FieldSet) -> FieldSet:
    """Like `difference`, but a member of the second takes all that lies under it along."""
    out: FieldSet = {}
    for key, node in one.items():
        if key == SELF:
            continue
        found = other.get(key)
        if found is None:
            out[key] = node
        elif not is_member(found):
            children = difference_below(node, found)
            if is_member(node):
                out[key] = as_member(children)
            elif children:
                out[key] = children
    return out


def paths(fields: FieldSet, prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every member as a path of elements; the members of a level come before what lies deeper."""
    keys = sorted(key for key in fields if key != SELF)
    for key in keys:
        if is_member(fields[key]):
            yield (*prefix, key)
    for key in keys:
        yield from paths(fields[key], (*prefix, key))


def path_text(path: tuple[str, ...]) -> str:
    """``.spec.containers[name="web"].image``, as conflicts name fields."""
    return "".join(map(element_text, path))


def element_text(element: str) -> str:
    kind, _, rest = element.partition(":")
    if kind == "f":
        return f".{rest}"
    if kind == "k":
        fields = msgspec.json.decode(rest)
        return "[" + ",".join(f"{name}={json_text(fields[name])}" for name in sorted(fields)) + "]"
    return f"[={rest}]" if kind == "v" else f"[{rest}]"


def decode_fields(fields: Any) -> FieldSet:
    """FieldsV1 from outside, in canonical form; the very same dict where it is that already. Raises FieldSetError."""
    if not isinstance(fields, dict):
        raise FieldSetError("fieldsV1 is not an object")
    out = _decoded(fields, 0)
    return {key: node for key, node in out.items() if key != SELF} if SELF in out else out


def _decoded(fields: FieldSet, depth: int) -> FieldSet:
    if depth > MAX_DEPTH:
        raise FieldSetError(f"fieldsV1 is nested deeper than {MAX_DEPTH} levels")
    if len(fields) == 1 and fields.get(SELF) == {}:
        return {}
    changed: dict[str, tuple[str, FieldSet]] | None = None
    for key, value in fields.items():
        if type(value) is not dict:
            raise FieldSetError(f"the value of {key[:80]!r} is not an object")
        node = (_decoded(value, depth + 1) if key != SELF else {}) if value else value
        element = key if key[:2] == "f:" or key == SELF else canonical_element(key)
        if node is not value or element is not key:
            changed = changed or {}
            changed[key] = (element, node)
    if changed is None:
        return fields
    out: FieldSet = {}
    for key, value in fields.items():
        element, node = changed.get(key, (key, value))
        out[element] = node
    return out


@lru_cache(maxsize=4096)
def canonical_element(element: str) -> str:
    """A path element with its JSON rewritten as this module writes it. Raises FieldSetError."""
    kind, rest = element[:2], element[2:]
    if kind == "f:":
        return element
    try:
        if kind == "i:":
            return f"i:{int(rest)}"
        value = msgspec.json.decode(rest) if kind in ("k:", "v:") else None
    except (ValueError, msgspec.DecodeError, RecursionError):
        value = None
    if kind == "v:" and value is not None:
        return f"v:{json_text(value)}"
    if kind == "k:" and isinstance(value, dict):
        return key_element([(name, value[name]) for name in sorted(value)])
    raise FieldSetError(f"invalid path element {element[:80]!r}")


def key_element(fields: list[tuple[str, Any]]) -> str:
    """``k:{"containerPort":80,"protocol":"TCP"}`` from sorted (name, value) pairs."""
    return "k:{" + ",".join([f"{json_text(name)}:{json_text(value)}" for name, value in fields]) + "}"
