"""Keys that stand twice in one map of a request's body, as field validation tells of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import yaml

from orkestra.devserver.handlers.bodies import YAML_TYPES, Loader
from orkestra.k8s.literals import quote

_JSON_TYPES = ("", "application/json", "application/merge-patch+json", "application/strategic-merge-patch+json")
_JSON_PATCH = "application/json-patch+json"
_APPLY = "application/apply-patch+yaml"
_OPERATION = frozenset({"op", "path", "from", "value"})
_MERGE = "tag:yaml.org,2002:merge"
_STRING = "tag:yaml.org,2002:str"


def repeated_fields(body: bytes, content_type: str) -> list[str]:
    """One complaint a key of a body of JSON, one in all for YAML, in document order; the body parses."""
    if content_type in (*YAML_TYPES, _APPLY):
        problem = repeated_yaml_keys(body)
        return [problem] if problem else []
    if content_type == _JSON_PATCH:
        return [f"json patch {complaint}" for complaint in _patch_complaints(body)]
    if content_type in _JSON_TYPES:
        return [f'duplicate field "{path}"' for path in repeated_json_keys(body)]
    return []


def _patch_complaints(body: bytes) -> Iterator[str]:
    """An operation's own fields are part of the format, so unknown ones are told as well."""
    yield from (f'duplicate field "{path}"' for path in repeated_json_keys(body))
    for index, operation in enumerate(json.loads(body)):
        if isinstance(operation, dict):
            yield from (f'unknown field "[{index}].{key}"' for key in operation if key not in _OPERATION)


def repeated_json_keys(body: bytes) -> list[str]:
    """Their paths: ``spec.ports[0].name``."""
    found: list[str] = []

    class Pairs(dict[str, Any]):
        repeated: tuple[str, ...] = ()

    def pairs(items: list[tuple[str, Any]]) -> Any:
        made = Pairs(items)
        if len(made) != len(items):
            seen: set[str] = set()
            made.repeated = tuple(key for key, _ in items if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # add answers None
            found.append("")
        return made

    try:
        document = json.loads(body, object_pairs_hook=pairs)
    except (ValueError, RecursionError):
        return []
    return list(_repeated(document, "", Pairs)) if found else []


def _repeated(value: Any, path: str, pairs: type) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value, pairs):
            for key in value.repeated:  # type: ignore[attr-defined]  # of the local class
                yield f"{path}.{key}" if path else key
        for key, item in value.items():
            yield from _repeated(item, f"{path}.{key}" if path else key, pairs)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _repeated(item, f"{path}[{index}]", pairs)


def repeated_yaml_keys(body: bytes) -> str:
    """The complaint about them all, in the words of go.yaml.in/yaml/v2; empty where there are none."""
    try:
        root = yaml.compose(body, Loader)
        found = list(_repeated_keys(root, set()))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        return ""  # told where the body is read
    if not found:
        return ""
    return "\n  ".join(["yaml: unmarshal errors:", *found])


def _repeated_keys(node: Any, visited: set[int]) -> Iterator[str]:
    """What lies deeper comes first. An anchored node is looked at once, however many aliases it has."""
    if id(node) in visited:
        return
    visited.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated_keys(item, visited)
    elif isinstance(node, yaml.MappingNode):
        known: set[tuple[str, str]] = set()
        for key, value in node.value:
            yield from _repeated_keys(value, visited)
            if not isinstance(key, yaml.ScalarNode) or key.tag == _MERGE:
                continue
            if (key.tag, key.value) in known:
                shown = quote(key.value) if key.tag == _STRING else key.value
                yield f"line {value.start_mark.line + 1}: key {shown} already set in map"
            known.add((key.tag, key.value))
