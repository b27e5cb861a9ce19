"""``x-kubernetes-embedded-resource``: objects inside objects must say what they are.

Rules: k8s.io/apiextensions-apiserver pkg/apiserver/schema/objectmeta/validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orkestra.k8s import names
from orkestra.k8s.errors import Cause
from orkestra.k8s.gvk import split_api_version
from orkestra.k8s.schema import causes
from orkestra.k8s.schema.node import Node


def check_embedded(node: Node, value: Any, path: str = "") -> Iterator[Cause]:
    if not node.has_embedded:
        return
    if isinstance(value, dict):
        if node.embedded:
            yield from _check_resource(value, path)
        for name, item in value.items():
            inner = node.child(name)
            if inner is not None:
                is_field = name in node.properties
                yield from check_embedded(inner, item, causes.child(path, name) if is_field else causes.key(path, name))
    elif isinstance(value, list) and node.items is not None:
        for index, item in enumerate(value):
            yield from check_embedded(node.items, item, f"{path}[{index}]")


def _check_resource(value: dict[str, Any], path: str) -> Iterator[Cause]:
    for name in ("apiVersion", "kind"):
        if name not in value:
            yield causes.required(causes.child(path, name))
    for name in ("apiVersion", "kind"):
        if name in value:
            yield from _check_type_meta(name, value[name], causes.child(path, name))
    if "metadata" in value:
        yield from _check_metadata(value["metadata"], causes.child(path, "metadata"))


def _check_type_meta(name: str, value: Any, path: str) -> Iterator[Cause]:
    if not isinstance(value, str):
        yield causes.invalid_value(path, value, "must be a string")
    elif not value:
        yield causes.invalid_value(path, value, "must not be empty")
    elif name == "kind":
        problems = names.dns1035_label(value.lower())
        if problems:
            text = "may have mixed case, but should otherwise match: " + ",".join(problems)
            yield causes.invalid_value(path, value, text)
    else:
        try:
            split_api_version(value)
        except ValueError:
            if value.count("/") > 1:
                yield causes.invalid_value(path, value, f"unexpected GroupVersion string: {value}")


def _check_metadata(value: Any, path: str) -> Iterator[Cause]:
    if not isinstance(value, dict):
        yield causes.invalid_value(path, value, "must be an object")
        return
    name = value.get("name")
    if name is not None and not isinstance(name, str):
        yield causes.invalid_value(causes.child(path, "name"), name, "must be a string")
    elif isinstance(name, str) and name:
        for problem in _path_segment(name):
            yield causes.invalid_value(causes.child(path, "name"), name, problem)
    for field, check in (("labels", names.label_value), ("annotations", None)):
        entries = value.get(field)
        if entries is None:
            continue
        at = causes.child(path, field)
        if not isinstance(entries, dict) or not all(isinstance(entry, str) for entry in entries.values()):
            yield causes.invalid_value(at, entries, "must be a map of strings")
            continue
        for key, entry in entries.items():
            for problem in names.qualified_name(key if check else key.lower()):
                yield causes.invalid_value(at, key, problem)
            for problem in check(entry) if check else ():
                yield causes.invalid_value(at, entry, problem)


def _path_segment(name: str) -> list[str]:
    if name in (".", ".."):
        return [f"may not be '{name}'"]
    return [f"may not contain '{char}'" for char in "/%" if char in name]
