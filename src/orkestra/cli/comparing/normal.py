"""The model as plain values, without what two definitions of one meaning may differ in: places, and order of sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Final

from orkestra.katalog.model import ResourceEntry
from orkestra.katalog.position import Position
from orkestra.katalog.terms import CelTest
from orkestra.katalog.values import Constant, ListValue, MapValue, TemplateValue

_LEFT_OUT: Final = frozenset({"id", "reads", "path", "revision", "unset"})
"""Of what follows from the rest, or says where a definition was read."""

_PATHS: Final = frozenset({"Condition", "ForEach", "StatusField"})


def plain(value: Any) -> Any:
    """Maps, lists and scalars; templates are their texts."""
    if isinstance(value, TemplateValue):
        return value.text
    if isinstance(value, Constant):
        return plain(value.value)
    if isinstance(value, ListValue):
        return [plain(item) for item in value.items]
    if isinstance(value, MapValue):
        return {str(plain(key)): plain(item) for key, item in value.entries}
    if isinstance(value, CelTest):
        return value.program.text
    if is_dataclass(value) and not isinstance(value, type):
        return _of_dataclass(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=str)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return str(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def _of_dataclass(value: Any) -> Any:
    kind: Any = type(value)
    name = kind.__name__
    if name == "GVK":
        return str(value)
    found: dict[str, Any] = {}
    for attribute in _attributes(kind):
        if attribute == "path" and name in _PATHS:
            steps = getattr(value, attribute)
            found[attribute] = ".".join(steps) if steps else None
        elif attribute not in _LEFT_OUT:
            inner = getattr(value, attribute)
            if not isinstance(inner, Position):
                found[_camel(attribute)] = plain(inner)
    return {key: item for key, item in found.items() if item not in (None, [], {})}


@cache
def _attributes(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def facts_of(entry: ResourceEntry) -> dict[str, Any]:
    """What a child is: its fields on one level with what steers it; without kind and name, which tell it apart."""
    found = plain(entry)
    inside = found.pop("fields", {})
    for key in ("kind", "name"):
        found.pop(key, None)
    metadata = inside.pop("metadata", None)
    if isinstance(metadata, dict):  # of a custom child: its name tells it apart
        inside["metadata"] = {key: value for key, value in metadata.items() if key != "name"}
        found.pop("namespace", None)
    conditions = found.pop("conditions", {})
    if conditions.get("when"):
        found["when"] = conditions["when"]
    if conditions.get("anyOf"):
        found["or"] = conditions["anyOf"]
    return {**found, **inside}
