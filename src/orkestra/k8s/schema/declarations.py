"""What rules see of values: the CEL type of a schema, and values as that type asks for them.

Types: k8s.io/apiserver pkg/cel/common/schemas.go. Values: valuesunstructured.go there. JSON is CEL's own data for
the most part; only where it is not (numbers written as integers, dates, durations, bytes, set and map lists) is a
copy made.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from orkestra.k8s.cel.access import escape
from orkestra.k8s.cel.errors import CelError
from orkestra.k8s.cel.functions.times import parse_go_duration, parse_rfc3339
from orkestra.k8s.cel.types import (
    BOOL,
    BYTES,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    STRING,
    TIMESTAMP,
    Type,
    list_of,
    map_of,
    object_of,
)
from orkestra.k8s.cel.values import Duration, MapList, SetList, Timestamp
from orkestra.k8s.formats import parse_loose_duration
from orkestra.k8s.schema.node import Node

Adapter = Callable[[Any], Any]

_STRINGS = {"byte": BYTES, "duration": DURATION, "date": TIMESTAMP, "date-time": TIMESTAMP}
_SCALARS = {"boolean": BOOL, "number": DOUBLE, "integer": INT}
_RESOURCE_META = object_of("metadata", {"name": STRING, "generateName": STRING})


def declare(node: Node, *, is_resource: bool = False, name: str = "self") -> Type | None:
    """The type of values of ``node``; None where rules may not look (data without a schema)."""
    if node.int_or_string:
        return DYN
    if node.type == "string":
        return _STRINGS.get(node.format, STRING)
    if node.type == "array":
        item = declare(node.items, is_resource=node.items.embedded, name=f"{name}.@idx") if node.items else None
        return list_of(item) if item is not None else None
    if node.type == "object":
        return _declare_object(node, is_resource, name)
    return _SCALARS.get(node.type)


def _declare_object(node: Node, is_resource: bool, name: str) -> Type | None:
    if isinstance(node.additional, Node):
        inner = declare(node.additional, is_resource=node.additional.embedded, name=f"{name}.@prop")
        return map_of(STRING, inner) if inner is not None else None
    fields: dict[str, Type] = {}
    for field, prop in node.properties.items():
        identifier = escape(field)
        found = declare(prop, is_resource=prop.embedded, name=f"{name}.{field}")
        if identifier is not None and found is not None:
            fields[identifier] = found
    if is_resource:
        fields |= {"apiVersion": STRING, "kind": STRING, "metadata": _RESOURCE_META}
    return object_of(name, fields)


def compile_adapter(node: Node) -> Adapter | None:
    """From JSON to what CEL expects; None where the two are the same. Adapters raise CelError on data that does not
    fit.
    """
    if node.int_or_string:
        return None
    match node.type:
        case "number":
            return _as_double
        case "string":
            return _TEXTS.get(node.format)
        case "array":
            return _adapt_list(node)
        case "object":
            return _adapt_map(node)
    return None


def _as_double(value: Any) -> Any:
    return float(value) if type(value) is int else value


def _parsed(parse: Callable[[str], Any], wanted: str) -> Adapter:
    def adapt(value: Any) -> Any:
        if type(value) is not str:
            return value
        try:
            return parse(value)
        except (ValueError, binascii.Error) as problem:
            raise CelError(f"Invalid {wanted} {value}: {problem}") from None

    return adapt


def _date_time(text: str) -> Timestamp:
    has_zone = text.upper().endswith("Z") or text[-6:-5] in ("+", "-")
    return Timestamp(parse_rfc3339(text.upper() if has_zone else f"{text.upper()}Z"))


def _duration(text: str) -> Duration:
    try:
        return Duration(parse_go_duration(text))
    except ValueError:
        return Duration(parse_loose_duration(text))


_TEXTS: dict[str, Adapter] = {
    "duration": _parsed(_duration, "duration"),
    "date": _parsed(lambda text: Timestamp(parse_rfc3339(f"{text}T00:00:00Z")), "date formatted string"),
    "date-time": _parsed(_date_time, "date-time formatted string"),
    "byte": _parsed(base64.b64decode, "byte formatted string"),
}


def _adapt_list(node: Node) -> Adapter | None:
    adapt_item = compile_adapter(node.items) if node.items is not None else None
    keys = node.list_map_keys
    wrap: Callable[[list[Any]], list[Any]] | None = None
    if node.list_type == "set":
        wrap = SetList
    elif node.list_type == "map":
        wrap = lambda items: MapList(items, keys)  # noqa: E731 - a def would need two
    if adapt_item is None and wrap is None:
        return None

    def adapt(value: Any) -> Any:
        if type(value) is not list:
            return value
        items = value if adapt_item is None else [adapt_item(item) for item in value]
        return items if wrap is None else wrap(items)

    return adapt


def _adapt_map(node: Node) -> Adapter | None:
    inner = {name: adapt for name, prop in node.properties.items() if (adapt := compile_adapter(prop)) is not None}
    others = compile_adapter(node.additional) if isinstance(node.additional, Node) else None
    nullable = [name for name, prop in node.properties.items() if prop.nullable]
    if not inner and not nullable and others is None:
        return None

    def adapt_all(value: Any) -> Any:
        if type(value) is not dict:
            return value
        if others is not None:
            return {name: others(item) for name, item in value.items()}
        adapted = {name: adapt(value[name]) for name, adapt in inner.items() if name in value}
        absent = [name for name in nullable if name in value and value[name] is None]
        if not adapted and not absent:
            return value
        made = value | adapted
        for name in absent:  # a null of a declared field is as good as none
            del made[name]
        return made

    return adapt_all
