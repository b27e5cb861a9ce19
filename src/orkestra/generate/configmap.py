"""A definition's files -> the ConfigMap that brings them to the runtime.

A ConfigMap is one flat folder: files from elsewhere get a key of their own, and the definition is made to name that.
Everything else of it stays as it was written, comments included.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from orkestra.generate.rbac import metadata
from orkestra.k8s.objects import Object
from orkestra.katalog.diagnostics import Findings
from orkestra.katalog.source import MapNode, Node, ScalarNode, decode_text, parse

ENTRY_KEY = "katalog.yaml"
"""Of the definition itself: what KATALOG_PATH names below the folder it is mounted at."""
MAX_BYTES = 1024 * 1024
"""Of all values together: k8s.io/kubernetes pkg/apis/core/validation/validation.go (ValidateConfigMap)."""
MAX_APPLIED_BYTES = 256 * 1024
"""What client-side ``kubectl apply`` can keep in its annotation; server-side apply has no such limit."""
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")
"""Anchor and tag, which stand before a scalar and are not part of it."""


class TooLarge(Exception):
    """More than a ConfigMap may hold; the text says how much, and of what."""


@dataclass(frozen=True, slots=True)
class Reference:
    """``path`` as the definition writes it, from character ``start`` to ``end`` of its text."""

    path: str
    start: int
    end: int


def references(text: str) -> tuple[Reference, ...]:
    """The files a definition that loads names with crdFile, in order; what an alias repeats is told once."""
    tree = parse(decode_text(text.encode(), ENTRY_KEY, Findings()), Findings())
    return tuple(dict.fromkeys(_reference(node, text) for node in _crd_files(tree)))


def _reference(node: ScalarNode, text: str) -> Reference:
    properties = _PROPERTIES.match(text, node.start.index)
    assert properties is not None, "it matches nothing at least"
    return Reference(node.text, properties.end(), node.end.index)


def _crd_files(tree: Node | None) -> Iterator[ScalarNode]:
    entries = tree
    for step in ("spec", "crds"):
        entries = entries.get(step) if isinstance(entries, MapNode) else None
    for _, entry in entries.entries.values() if isinstance(entries, MapNode) else ():
        named = entry.get("crdFile") if isinstance(entry, MapNode) else None
        if isinstance(named, ScalarNode) and not named.is_null:
            yield named


def packed(text: str, files: Mapping[str, str]) -> dict[str, str]:
    """Key -> content: the definition, and each of ``files`` (by path as the definition writes it) once.

    Raises TooLarge.
    """
    keys: dict[str, str] = {}
    contents: dict[str, str] = {}
    for path in files:
        keys[path] = _key_for(path, files[path], contents)
        contents[keys[path]] = files[path]
    parts: list[str] = []
    done = 0
    for reference in sorted(references(text), key=lambda found: found.start):
        key = keys[reference.path]
        is_same = PurePosixPath(reference.path) == PurePosixPath(key)
        parts += [text[done : reference.start], text[reference.start : reference.end] if is_same else f"./{key}"]
        done = reference.end
    data = {ENTRY_KEY: "".join([*parts, text[done:]]), **dict(sorted(contents.items()))}
    _check_size(data)
    return data


def _key_for(path: str, content: str, taken: Mapping[str, str]) -> str:
    """The file's name, or the end of its path where that is taken by something else."""
    steps = [step for step in PurePosixPath(path).parts if step not in ("..", ".", "/")]
    for count in range(1, len(steps) + 1):
        key = re.sub(r"[^-._a-zA-Z0-9]", "-", ".".join(steps[-count:]))[-253:].lstrip(".")
        if key and key != ENTRY_KEY and taken.get(key, content) == content:
            return key
    number = 2
    while taken.get(f"{number}-{key}", content) != content:
        number += 1
    return f"{number}-{key}"


def _check_size(data: Mapping[str, str]) -> None:
    sizes = {key: len(content.encode()) for key, content in data.items()}
    total = sum(sizes.values())
    if total > MAX_BYTES:
        largest = ", ".join(f"{key} {sizes[key]:,}" for key in sorted(sizes, key=lambda key: -sizes[key])[:3])
        raise TooLarge(
            f"the ConfigMap would hold {total:,} bytes and the API server takes {MAX_BYTES:,} (largest: {largest}); "
            "leave descriptions out of CRD files, name kinds with apiTypes instead of crdFile, or split the Katalog"
        )


def configmap_document(data: Mapping[str, str], name: str, namespace: str) -> Object:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata(name, namespace), "data": dict(data)}
