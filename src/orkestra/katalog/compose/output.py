"""A merged Katalog as text, on its own or with the origin of every value."""

from __future__ import annotations

import os
from collections.abc import Iterator

from orkestra.katalog.compose.entry import Composed
from orkestra.katalog.compose.merging import copy_of, get_map, put, scalar_of, with_path
from orkestra.katalog.crdfile import Files, read_crds
from orkestra.katalog.diagnostics.finding import Findings
from orkestra.katalog.places import DiskPlace
from orkestra.katalog.roots import PathRefused
from orkestra.katalog.source.emit import to_yaml as tree_to_yaml
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode, plain_value


def to_yaml(composed: Composed, *, with_origin: bool = False, is_alone: bool = False) -> str:
    """The whole Katalog, which loads from beside the entry file as what was composed. ``is_alone``: it names no files,
    CRDs are said by ``apiTypes``. ``with_origin``: a comment at every value."""
    tree = portable(composed, is_alone=is_alone)
    return tree_to_yaml(tree, composed.trail.origin if with_origin else None)


def to_json(composed: Composed, *, with_origin: bool = False) -> str:
    """``{value, origins}`` with origins, by JSON pointer; else the Katalog itself."""
    tree = portable(composed)
    value = plain_value(tree)
    if with_origin:
        value = {"value": value, "origins": dict(_origins(tree, "", composed))}
    import json

    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def portable(composed: Composed, *, is_alone: bool = False) -> Node:
    """The tree with paths of CRD files as seen from the entry file; those in fetched content become ``apiTypes``."""
    crds = get_map(composed.tree, "spec", "crds")
    if crds is None or not isinstance(composed.tree, MapNode):
        return composed.tree
    changed = {name: after for name, (_, entry) in crds.entries.items() if (after := _moved(entry, composed, is_alone))}
    if not changed:
        return composed.tree
    made = copy_of(composed.tree)
    below = with_path(made, "spec", "crds", like=crds)
    for name, entry in changed.items():
        put(below, name, entry)
    return made


def _moved(entry: Node, composed: Composed, is_alone: bool) -> MapNode | None:
    declared = entry.get("crdFile") if isinstance(entry, MapNode) else None
    if not isinstance(entry, MapNode) or not isinstance(declared, ScalarNode):
        return None
    if "://" in declared.text and not is_alone:
        return None
    place, home = composed.places.get(declared.source.name, composed.entry), composed.entry
    made = copy_of(entry)
    if not is_alone and isinstance(place, DiskPlace) and isinstance(home, DiskPlace):
        if place.path.parent == home.path.parent:
            return None
        try:
            path = os.path.relpath(place.find(declared.text).path, home.path.parent)
        except (PathRefused, ValueError):
            return None
        put(made, "crdFile", scalar_of(path, declared))
        return made
    files = Files(home, [], places=composed.places, remote=composed.crds)
    facts = read_crds(declared, files, Findings(), lambda *_: None)
    if len(facts) != 1:
        return None
    del made.entries["crdFile"]
    types = with_path(made, "apiTypes", like=declared)
    version = types.get("version")
    said = {"group": facts[0].group, "version": facts[0].versions[0], "kind": facts[0].kind, "plural": facts[0].plural}
    for key, text in said.items():
        if key != "version" or version is None:
            put(types, key, scalar_of(text, declared))
    if "namespaced" not in made.entries:
        put(
            made,
            "namespaced",
            ScalarNode(str(facts[0].namespaced).lower(), "", "", declared.start, declared.end, declared.source),
        )
    return made


def _origins(node: Node, pointer: str, composed: Composed) -> Iterator[tuple[str, dict[str, object]]]:
    if isinstance(node, MapNode) and node.entries:
        for key, (_, value) in node.entries.items():
            yield from _origins(value, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}", composed)
    elif isinstance(node, ListNode) and node.items:
        for n, item in enumerate(node.items):
            yield from _origins(item, f"{pointer}/{n}", composed)
    else:
        step = composed.trail.via(node.source.name)
        found: dict[str, object] = {
            "file": node.source.name,
            "line": node.start.line + 1,
            "column": node.start.column + 1,
        }
        if step is not None:
            found["via"] = {"means": step.means, "what": step.what, "at": str(step.at)}
        over = [str(place) for place in composed.trail.places_overridden(node)]
        if over:
            found["overrides"] = over
        yield pointer, found
