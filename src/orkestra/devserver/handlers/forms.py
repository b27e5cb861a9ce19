"""Objects and lists in the form a client asked for: whole, as metadata only, or as rows of a Table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from orkestra.devserver.handlers.listing import Page, list_meta
from orkestra.devserver.handlers.negotiation import Form
from orkestra.devserver.kinds import Kind
from orkestra.devserver.storage import Record
from orkestra.devserver.tables import layout_of
from orkestra.k8s.errors import BadRequest
from orkestra.k8s.objects import Object

encode = msgspec.json.Encoder().encode

META = "meta.k8s.io/v1"


def record_bytes(kind: Kind, record: Record) -> bytes:
    """The object's JSON in the kind's version; the stored bytes themselves where that is the stored version."""
    return record.raw if kind.is_hub else encode(kind.from_hub(record.obj))


def partial(obj: Mapping[str, Any]) -> Object:
    return {"kind": "PartialObjectMetadata", "apiVersion": META, "metadata": obj["metadata"]}


def checked_include(include: str) -> str:
    """What a table's rows carry. Raises BadRequest."""
    if include not in ("", "None", "Metadata", "Object"):
        raise BadRequest(
            f'Unable to convert to Table as requested: includeObject: Invalid value: "{include}": '
            "must be 'Metadata', 'Object', 'None', or empty"
        )
    return include


def table_row(kind: Kind, obj: Object, now: datetime, include: str) -> Object:
    row: Object = {"cells": layout_of(kind).cells(obj, now)}
    if include == "Object":
        row["object"] = obj
    elif include != "None":
        row["object"] = partial(obj)
    return row


def table(kind: Kind, rows: Iterable[Object], meta: Mapping[str, Any], *, has_columns: bool = True) -> Object:
    columns = [column.as_dict() for column in layout_of(kind).columns] if has_columns else None
    return {
        "kind": "Table",
        "apiVersion": META,
        "metadata": dict(meta),
        "columnDefinitions": columns,
        "rows": list(rows),
    }


def object_body(kind: Kind, obj: Object, form: Form, now: datetime, include: str) -> bytes:
    """One object, answered to a get or a write."""
    match form:
        case "partial":
            return encode(partial(obj))
        case "table":
            meta = {"resourceVersion": obj["metadata"].get("resourceVersion", "")}
            return encode(table(kind, [table_row(kind, obj, now, include)], meta))
    return encode(obj)


def _untyped(kind: Kind, page: Page) -> list[bytes]:
    """Built-in objects in a list do not say what they are: the list does."""
    head = encode({"apiVersion": kind.info.api_version, "kind": kind.info.kind})[:-1] + b","
    size = len(head)
    return [b"{" + record.raw[size:] if record.raw.startswith(head) else record.raw for record in page.records]


def list_body(kind: Kind, page: Page, form: Form, now: datetime, include: str) -> bytes:
    meta = list_meta(page)
    if kind.is_custom and form == "object":
        meta = {"continue": "", **meta}
    match form:
        case "partial":
            items = [partial(kind.from_hub(record.obj)) for record in page.records]
            return encode({"kind": "PartialObjectMetadataList", "apiVersion": META, "metadata": meta, "items": items})
        case "table":
            rows = [table_row(kind, kind.from_hub(record.obj), now, include) for record in page.records]
            return encode(table(kind, rows, meta))
    head = encode({"kind": kind.info.list_kind, "apiVersion": kind.info.api_version, "metadata": meta})
    if kind.is_custom and kind.is_hub:
        items_bytes = b",".join([record.raw for record in page.records])
    elif kind.is_hub:
        items_bytes = b",".join(_untyped(kind, page))
    else:
        items_bytes = b",".join([record_bytes(kind, record) for record in page.records])
    return b"".join((head[:-1], b',"items":[', items_bytes, b"]}"))
