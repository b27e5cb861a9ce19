"""From a place in a file to the path of what stands there: ``spec.crds.website.operatorBox.status.fields[0].value``."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeAlias

from orkestra.katalog.diagnostics.finding import Diagnostic
from orkestra.katalog.diagnostics.secrecy import without
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode

Place: TypeAlias = tuple[int, int]


def located(findings: Iterable[Diagnostic], tree: Node) -> list[Diagnostic]:
    """The findings with their paths in the document. A place between two nodes belongs to the one before."""
    found = list(findings)
    if not found:
        return found
    starts: dict[str, dict[Place, str]] = {}
    for node, path in _nodes(tree):
        starts.setdefault(node.source.name, {})[node.start.line + 1, node.start.column + 1] = path
    places = {name: sorted(paths) for name, paths in starts.items()}
    credentials = {text: None for each in found for text in each.credentials}
    return [replace(each, path=without(_path_of(each, places, starts), credentials)) for each in found]


def _path_of(found: Diagnostic, places: dict[str, list[Place]], starts: dict[str, dict[Place, str]]) -> str:
    known = places.get(found.file, [])
    at = bisect_right(known, (found.span.line, found.span.column))
    return starts[found.file][known[at - 1]] if at else ""


def _nodes(tree: Node) -> Iterator[tuple[Node, str]]:
    """Keys, items and values with the paths they begin, outer ones first."""
    stack: list[tuple[Node, str]] = [(tree, "")]
    while stack:
        node, path = stack.pop()
        yield node, path
        if isinstance(node, ListNode):
            stack.extend((item, f"{path}[{n}]") for n, item in reversed(list(enumerate(node.items))))
        elif isinstance(node, MapNode):
            for text, (key, value) in reversed(node.entries.items()):
                below = _below(path, text)
                stack.append((value, below))
                if isinstance(key, ScalarNode):
                    stack.append((key, below))


def _below(path: str, key: str) -> str:
    if any(char in key for char in '.[]"'):
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key
