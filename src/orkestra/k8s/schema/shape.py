"""The JSON types of a CustomResourceDefinition, checked before anything reads it.

A typed API server refuses a body of another shape when it decodes it; here the failures are causes like all others.
Types: k8s.io/apiextensions-apiserver pkg/apis/apiextensions/v1/types.go.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orkestra.k8s.errors import Cause
from orkestra.k8s.schema.causes import NO_FIELD, child, type_invalid
from orkestra.k8s.schema.numbers import json_type

_TEXTS = [str]
_COLUMN = {"name": str, "type": str, "format": str, "description": str, "jsonPath": str, "priority": int}
_SCALE = {"specReplicasPath": str, "statusReplicasPath": str, "labelSelectorPath": str}
_VERSION = {
    "name": str,
    "served": bool,
    "storage": bool,
    "deprecated": bool,
    "deprecationWarning": str,
    "schema": {"openAPIV3Schema": dict},
    "subresources": {"status": dict, "scale": _SCALE},
    "additionalPrinterColumns": [_COLUMN],
    "selectableFields": [{"jsonPath": str}],
}
_SERVICE = {"name": str, "namespace": str, "path": str, "port": int}
_SHAPE: dict[str, Any] = {
    "metadata": {"name": str, "annotations": dict, "labels": dict},
    "spec": {
        "group": str,
        "scope": str,
        "preserveUnknownFields": bool,
        "names": {
            "plural": str, "singular": str, "kind": str, "listKind": str, "shortNames": _TEXTS, "categories": _TEXTS,
        },
        "versions": [_VERSION],
        "conversion": {
            "strategy": str,
            "webhook": {
                "clientConfig": {"url": str, "caBundle": str, "service": _SERVICE},
                "conversionReviewVersions": _TEXTS,
            },
        },
    },
    "status": {"storedVersions": _TEXTS, "conditions": [{"type": str, "status": str}]},
}  # fmt: skip
_NAMES = {str: "string", bool: "boolean", int: "integer", dict: "object"}


def check_shape(crd: Any) -> list[Cause]:
    """Every value of a type that does not fit; null fits everywhere, unknown fields are not looked at."""
    return list(_check(crd, _SHAPE, ""))


def _check(value: Any, shape: Any, path: str) -> Iterator[Cause]:
    if value is None:
        return
    wanted = "array" if isinstance(shape, list) else _NAMES[dict if isinstance(shape, dict) else shape]
    found = json_type(value)[0]
    if found != wanted:
        yield type_invalid(path or NO_FIELD, found, f'{path} in body must be of type {wanted}: "{found}"')
    elif isinstance(shape, dict):
        for name, inner in shape.items():
            yield from _check(value.get(name), inner, child(path, name))
    elif isinstance(shape, list):
        for index, item in enumerate(value):
            yield from _check(item, shape[0], f"{path}[{index}]")
            if item is None:
                yield type_invalid(f"{path}[{index}]", "null", f'{path}[{index}] in body must not be null: "null"')
