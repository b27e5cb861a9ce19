"""The files a test file names: they are there, and inside the root."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from orkestra.katalog.places import DiskPlace
from orkestra.katalog.roots import PathRefused
from orkestra.katalog.schema.decoder import Decoder
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode

_FIELDS: Final = ("katalog", "cr", "crd", "crdFiles", "crFiles", "imports", "valuesFiles")
_OPEN = re.compile(r"[*$]|\.\.\.|://")
"""Patterns, variables and addresses: what they stand for is known when the test runs."""


def check_named_files(tree: Node, place: DiskPlace, decoder: Decoder) -> None:
    """Reports 1112 for a path out of the root, and 1016 for one that leads to no file."""
    spec = tree.get("spec") if isinstance(tree, MapNode) else None
    for holder in (spec, tree):
        for name in _FIELDS if isinstance(holder, MapNode) else ():
            for path in _paths(holder.get(name) if isinstance(holder, MapNode) else None):
                _check(name, path, place, decoder)


def _paths(node: Node | None) -> Iterator[ScalarNode]:
    if isinstance(node, ListNode):
        for item in node.items:
            yield from _paths(item)
    elif isinstance(node, MapNode):
        yield from _paths(node.get("path"))
    elif isinstance(node, ScalarNode) and node.text and not node.is_null and not _OPEN.search(node.text):
        yield node


def _check(name: str, path: ScalarNode, place: DiskPlace, decoder: Decoder) -> None:
    try:
        if not place.find(path.text).target.is_file():
            decoder.report(1016, f"{name}: {path.text[:200]} cannot be read: there is no such file", path.span)
    except PathRefused as refused:
        decoder.report(1112, f"{name}: {refused}", path.span)
    except (OSError, ValueError):
        decoder.report(1016, f"{name}: {path.text[:200]} cannot be read: it is no file name", path.span)
