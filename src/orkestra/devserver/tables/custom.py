"""Printer columns of custom kinds: simple JSONPath, typed cells (apiextensions-apiserver tableconvertor)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from orkestra.devserver.tables.cells import age, name_of_row, since
from orkestra.k8s.objects import Object

_STEP = re.compile(
    r"\.(?P<key>(?:\\.|[^.\[\\])+)"
    r"|\[['\"](?P<quoted>[^'\"]*)['\"]\]"
    r"|\[(?P<index>-?\d{1,9}|\*)\]"
    r"|\[\?\(@\.(?P<field>[\w./-]+)\s*==\s*['\"](?P<value>[^'\"]*)['\"]\)\]"
)
_DESCRIPTION = "Custom resource definition column (in JSONPath format): "
_MAX_FOUND = 100
_UNKNOWN = "<unknown>"

Step = Callable[[Any], list[Any]]


def columns(declared: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str, int, str]]:
    """(name, type, format, priority, description) of each column, the name first, an age where none is declared."""
    found = [("Name", "string", "name", 0, "")]
    if not declared:
        return [*found, ("Age", "date", "", 0, "")]
    for column in declared:
        found.append(
            (
                str(column.get("name") or ""),
                str(column.get("type") or "string"),
                str(column.get("format") or ""),
                int(column.get("priority") or 0),
                str(column.get("description") or f"{_DESCRIPTION}{column.get('jsonPath')}"),
            )
        )
    return found


def row(declared: Sequence[Mapping[str, Any]]) -> Callable[[Object, datetime], list[Any]]:
    readers = [(compile_path(str(column.get("jsonPath") or "")), str(column.get("type"))) for column in declared]

    def cells(obj: Object, now: datetime) -> list[Any]:
        if not readers:
            return [name_of_row(obj), age(obj, now)]
        return [name_of_row(obj), *(_cell(read(obj), kind, now) for read, kind in readers)]

    return cells


def _cell(found: list[Any], kind: str, now: datetime) -> Any:
    if not found or found[0] is None:
        return None
    value = found[0]
    match kind:
        case "integer":
            return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
        case "number":
            return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
        case "boolean":
            return value if isinstance(value, bool) else None
        case "date":
            shown = since(value, now) if isinstance(value, str) else _UNKNOWN
            return "<invalid>" if shown == _UNKNOWN else shown
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        import msgspec

        return msgspec.json.encode(value).decode()
    return "" if value is None else str(value)


def compile_path(path: str) -> Callable[[Any], list[Any]]:
    """The values at a JSONPath such as ``.status.conditions[?(@.type=="Ready")].status``; a bad path finds none."""
    steps: list[Step] = []
    at = 0
    text = path.strip().removeprefix("{").removesuffix("}").removeprefix("$")
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None:
            return lambda _obj: []
        steps.append(_step(step))
        at = step.end()

    def read(obj: Any) -> list[Any]:
        found = [obj]
        for step in steps:
            found = [value for one in found for value in step(one)][:_MAX_FOUND]
        return found

    return read


def _step(step: re.Match[str]) -> Step:
    if step["field"] is not None:
        fields, wanted = step["field"].split("."), step["value"]
        return lambda value: [item for item in _items(value) if _at(item, fields) == wanted]
    if step["index"] == "*":
        return lambda value: list(value.values()) if isinstance(value, dict) else _items(value)
    if step["index"] is not None:
        index = int(step["index"])
        return lambda value: [value[index]] if isinstance(value, list) and -len(value) <= index < len(value) else []
    key = re.sub(r"\\(.)", r"\1", step["key"]) if step["key"] is not None else step["quoted"]
    return lambda value: [value[key]] if isinstance(value, dict) and key in value else []


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _at(value: Any, fields: Sequence[str]) -> Any:
    for field in fields:
        value = value.get(field) if isinstance(value, dict) else None
    return value
