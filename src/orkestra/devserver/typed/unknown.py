"""Which fields of a document its type does not have, by path: run only when the decoder found that there are some."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orkestra.k8s.builtin import Schema, definition, resolve
from orkestra.k8s.gvk import GVK
from orkestra.k8s.objects import Object


def unknown_fields(gvk: GVK, document: Object) -> list[str]:
    """``spec.template.spec.containers[0].zz`` … in document order, those nested deeper first within a map."""
    return list(_walk(definition(gvk), document, ""))


def _walk(schema: Schema, value: Any, path: str) -> Iterator[str]:
    schema = resolve(schema)
    properties = schema.get("properties")
    if isinstance(value, dict) and properties:
        for key, item in value.items():
            at = f"{path}.{key}" if path else key
            if key not in properties:
                yield at
            else:
                yield from _walk(properties[key], item, at)
    elif isinstance(value, dict) and isinstance(schema.get("additionalProperties"), dict):
        for key, item in value.items():
            yield from _walk(schema["additionalProperties"], item, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for index, item in enumerate(value):
            yield from _walk(schema["items"], item, f"{path}[{index}]")
