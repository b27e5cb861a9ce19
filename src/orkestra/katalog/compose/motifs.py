"""Motifs: what they bring is put beside what an entry says itself, marked with the Motif and its inputs.

The mark (``motif``) is part of the language, so that a merged Katalog says all there is to know: the Motif's name,
under which the top-level ``motifs`` keeps its notes and profiles, the inputs, and for a Motif in a Motif the mark of
the outer one, whose inputs the inner one's may read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from orkestra.katalog.compose import includes
from orkestra.katalog.compose.fetching import FetchError
from orkestra.katalog.compose.merging import (
    copy_of,
    get_map,
    is_null,
    list_of,
    overlaid,
    put,
    scalar_of,
    text_of,
    with_path,
)
from orkestra.katalog.compose.references import motif_reference
from orkestra.katalog.compose.unions import united
from orkestra.katalog.compose.weaving import Chain, Weaving
from orkestra.katalog.places import Place
from orkestra.katalog.schema.blocks import Decoded
from orkestra.katalog.schema.decoder import shape_of
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode
from orkestra.katalog.suggest import hint_for

MARK: Final = "motif"
MAX_USES: Final = 500
"""Imports of Motifs in one composition, those within Motifs included."""


@dataclass(frozen=True, slots=True)
class Use:
    """One import of a Motif: its file, what it says, and the mark of all it brings."""

    place: Place
    motif: Decoded
    mark: MapNode
    declared: Node


@dataclass(frozen=True, slots=True)
class Motifs:
    weaving: Weaving
    environ: Mapping[str, str]

    def share(self, tree: MapNode, chain: Chain) -> MapNode:
        """``spec.imports``: their notes and profiles, under the file's own."""
        spec = get_map(tree, "spec")
        listed = spec.get("imports") if spec else None
        if not isinstance(listed, ListNode):
            return tree
        made = copy_of(tree)
        del with_path(made, "spec", like=tree).entries["imports"]
        for key in ("notes", "profiles"):
            below: Node | None = None
            for use in self._uses(listed, "spec.imports", chain, None):
                said = use.motif.node.get(key)
                if said is not None and not is_null(said):
                    below = said if below is None else united(below, said, key, self.weaving)
            own = made.get(key)
            if below is not None:
                put(made, key, below if own is None else self._beneath(below, own))
        return made

    def apply(self, tree: MapNode, chain: Chain) -> MapNode:
        """``imports`` of entries: children, status fields and rules."""
        crds = get_map(tree, "spec", "crds")
        names = [name for name, (_, value) in (crds.entries if crds else {}).items() if _imports_of(value) is not None]
        if not names or crds is None:
            return tree
        made = copy_of(tree)
        entries = with_path(made, "spec", "crds", like=tree)
        scopes: dict[str, MapNode] = {}
        for name in names:
            entry = entries.get(name)
            listed = _imports_of(entry)
            if isinstance(entry, MapNode) and listed is not None:
                uses = list(self._uses(listed, f"{name}.imports", chain, None))
                put(entries, name, self._woven(entry, uses))
                scopes |= {text_of(use.mark.get("name")): use.motif.node for use in uses}
        known = with_path(made, "motifs", like=tree)
        for name, motif in scopes.items():
            scope = MapNode(motif.start, motif.source)
            for key in ("notes", "profiles"):
                said = motif.get(key)
                if said is not None and not is_null(said):
                    put(scope, key, said)
            put(known, name, scope)
        return made

    def check_imports(self, motif: MapNode, chain: Chain) -> None:
        """Reads what a Motif file imports, to report what is wrong with it."""
        listed = motif.get("imports")
        if isinstance(listed, ListNode):
            for _ in self._uses(listed, "imports", chain, None):
                pass

    def _beneath(self, below: Node, own: Node) -> Node:
        merged = overlaid(below, own, self.weaving.trail)
        first, second = (node.get("functions") if isinstance(node, MapNode) else None for node in (below, own))
        if isinstance(first, ListNode) and isinstance(second, ListNode) and isinstance(merged, MapNode):
            names = {_name(item) for item in second.items}
            put(
                merged,
                "functions",
                list_of([*(i for i in first.items if _name(i) not in names), *second.items], second),
            )
        return merged

    # Finding them

    def _uses(self, listed: ListNode, what: str, chain: Chain, within: MapNode | None) -> Iterator[Use]:
        """Every import of the list, and those within them, the outer ones first."""
        from orkestra.katalog.schema.composition import MOTIF_IMPORT

        for n, item in enumerate(listed.items):
            row = self.weaving.decode(MOTIF_IMPORT, item)
            if row is not None and "motif" in row:
                yield from self._use(row, f"{what}[{n}]", chain, within)

    def _use(self, row: Decoded, what: str, chain: Chain, within: MapNode | None) -> Iterator[Use]:
        from orkestra.katalog.schema.motif import outline_of_motif

        weaving = self.weaving
        declared = row.node.entries["motif"][1]
        weaving.motifs_used += 1
        if weaving.motifs_used > MAX_USES:
            weaving.stop(f"{what}: more than {MAX_USES:,} imports of Motifs", declared)
            return
        place = self._place(row, declared, what, chain)
        tree = weaving.open(place, declared, what, chain, "motif") if place else None
        if place is None or tree is None or not weaving.spend(tree, declared, what):
            return
        if not isinstance(tree, MapNode) or text_of(tree.get("kind")) != "Motif":
            found = text_of(tree.get("kind")) if isinstance(tree, MapNode) else ""
            message = f"{what}: expected a Motif, {weaving.shown(place)} is {f'a {found[:40]}' if found else 'none'}"
            weaving.report(2004, message, declared.span)
            return
        inner = (*chain, place)
        motif = weaving.motifs.get(place.key)
        if motif is None:
            motif = weaving.decode(outline_of_motif(), includes.resolved(tree, includes.MOTIF, weaving, inner))
        if motif is None:
            return
        weaving.motifs[place.key] = motif
        mark = MapNode(declared.start, declared.source)
        put(mark, "name", scalar_of(self._identity(motif, place), declared))
        put(mark, "inputs", self._bound(row, motif, what))
        if within is not None:
            put(mark, "within", within)
        yield Use(place, motif, mark, declared)
        listed = motif.node.get("imports")
        if isinstance(listed, ListNode):
            yield from self._uses(listed, f"{what}: imports", inner, mark)

    def _place(self, row: Decoded, declared: Node, what: str, chain: Chain) -> Place | None:
        if row["oci"] in (False, None):
            return self.weaving.find(declared, row["motif"], what, chain)
        try:
            reference = motif_reference(row, self.environ)
        except FetchError as error:
            self.weaving.report(error.number, f"{what}: {error}", declared.span, error.hint)
            return None
        artifact = self.weaving.get(reference, declared, what)
        return self.weaving.entry_of(artifact) if artifact else None

    def _identity(self, motif: Decoded, place: Place) -> str:
        """Its name in the merged tree, unlike that of any other Motif."""
        metadata = motif["metadata"]
        name = metadata["name"] if isinstance(metadata, Decoded) and "name" in metadata else "motif"
        known = self.weaving.trail.motifs
        number, unique = 1, name
        while known.setdefault(unique, place.key) != place.key:
            number += 1
            unique = f"{name}-{number}"
        return unique

    def _bound(self, row: Decoded, motif: Decoded, what: str) -> MapNode:
        """Every input with its value: what ``with`` says, else the default, else null."""
        weaving = self.weaving
        given = row.node.get("with")
        values = given if isinstance(given, MapNode) else None
        if given is not None and values is None and not is_null(given):
            weaving.report(1102, f"with: expected a map of inputs, found {shape_of(given)}", given.span)
        bound = MapNode(row.node.start, row.node.source)
        rows = {found["name"]: found for found in motif["inputs"] or () if "name" in found}
        for name, (key, _) in (values.entries if values else {}).items():
            if name not in rows:
                metadata = motif["metadata"]
                message = f'with: {metadata["name"] if metadata else "the Motif"} has no input "{name[:60]}"'
                weaving.report(2021, message, key.span, hint_for(name, sorted(rows)))
        for name, declared in rows.items():
            value = values.get(name) if values else None
            if value is None or is_null(value):
                value = declared.node.get("default")
            if value is None or is_null(value):
                if declared["required"]:
                    related = weaving.related(declared.node.span, "it is declared here")
                    at = (given if values else row.node.entries["motif"][1]).span  # type: ignore[union-attr]
                    weaving.report(2020, f"{what}: the input {name} is required", at, "give it under with", (related,))
                value = scalar_null(row.node)
            elif not fits(value, declared["type"]):
                message = f"{name}: expected {TYPE_WORDS[declared['type']]}, found {shape_of(value)}"
                related = weaving.related(declared.node.span, "it is declared here")
                weaving.report(2022, message, value.span, related=(related,))
            put(bound, name, value)
        return bound

    # Bringing what they hold

    def _woven(self, entry: MapNode, uses: list[Use]) -> MapNode:
        made = copy_of(entry)
        del made.entries["imports"]
        own = _own_children(entry)
        fields: dict[str, tuple[Use, Node]] = {}
        brought: list[Node] = []
        for use in uses:
            for stage, kind, item in _children(use.motif.node):
                if _identity_of(kind, item) in own:
                    continue
                block = with_path(made, "operatorBox", stage, like=use.declared)
                found = block.get(kind)
                put(
                    block,
                    kind,
                    list_of([*(found.items if isinstance(found, ListNode) else ()), _marked(item, use)], item),
                )
            for item in _listed(use.motif.node, "status", "fields"):
                path = text_of(item.get("path")) if isinstance(item, MapNode) else ""
                first = fields.setdefault(path, (use, item)) if path else (use, item)
                if first[1] is not item and first[0] is not use:
                    self._clash(path, use, item, *first)
                brought.append(_marked(item, use))
            for part in ("validation", "mutation"):
                rules = [_marked(item, use) for item in _listed(use.motif.node, "admission", part, "rules")]
                if rules:
                    block = with_path(made, part, like=use.declared)
                    found = block.get("rules")
                    kept = found.items if isinstance(found, ListNode) else []
                    put(
                        block,
                        "rules",
                        list_of(
                            [*(r for r in kept if _is_marked(r)), *rules, *(r for r in kept if not _is_marked(r))],
                            rules[0],
                        ),
                    )
        if brought:
            status = with_path(made, "operatorBox", "status", like=brought[0])
            found = status.get("fields")
            put(
                status, "fields", list_of([*brought, *(found.items if isinstance(found, ListNode) else ())], brought[0])
            )
        return made

    def _clash(self, path: str, use: Use, item: Node, first: Use, first_item: Node) -> None:
        related = (
            self.weaving.related(first.declared.span, "the other Motif is imported here"),
            self.weaving.related(first_item.span, "and writes it here"),
            self.weaving.related(item.span, "this one writes it here"),
        )
        names = f"{text_of(first.mark.get('name'))} and {text_of(use.mark.get('name'))}"
        message = f"status.{path[:80]} is written by two Motifs, {names}"
        self.weaving.report(2023, message, use.declared.span, related=related)


TYPE_WORDS: Final = {
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "number": "a number",
    "bool": "true or false",
    "list": "a list",
    "map": "a map",
}


def scalar_null(like: Node) -> ScalarNode:
    return ScalarNode("null", "", "", like.start, like.start, like.source)


def fits(node: Node, type_: str) -> bool:
    """Whether a value can be of the type; a template may give anything."""
    if not type_ or (isinstance(node, ScalarNode) and "{{" in node.text):
        return True
    if not isinstance(node, ScalarNode):
        return type_ == ("list" if isinstance(node, ListNode) else "map")
    value: Any = node.value
    if type_ == "bool":
        return isinstance(value, bool)
    if type_ == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    if type_ in ("float", "number"):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type_ == "string"


def _imports_of(entry: Node | None) -> ListNode | None:
    found = entry.get("imports") if isinstance(entry, MapNode) else None
    return found if isinstance(found, ListNode) else None


def _children(motif: MapNode) -> Iterator[tuple[str, str, MapNode]]:
    """(block, kind, entry) of everything under ``resources``; bare kinds are kept in line."""
    resources = get_map(motif, "resources")
    for key, (_, value) in (resources.entries if resources else {}).items():
        if key == "onCreate":
            for kind, (_, listed) in value.entries.items() if isinstance(value, MapNode) else ():
                yield from ((key, kind, item) for item in _maps_of(listed))
        else:
            yield from (("onReconcile", key, item) for item in _maps_of(value))


def _maps_of(node: Node) -> list[MapNode]:
    return [item for item in node.items if isinstance(item, MapNode)] if isinstance(node, ListNode) else []


def _listed(node: Node, *keys: str) -> list[MapNode]:
    *path, last = keys
    block = get_map(node, *path)
    found = block.get(last) if block else None
    return _maps_of(found) if found is not None else []


def _own_children(entry: MapNode) -> set[tuple[str, ...]]:
    """What the operatorBox declares itself, wherever."""
    own: set[tuple[str, ...]] = set()
    for stage in ("onCreate", "onReconcile"):
        block = get_map(entry, "operatorBox", stage)
        for kind, (_, listed) in (block.entries if block else {}).items():
            own |= {_identity_of(kind, item) for item in _maps_of(listed) if not _is_marked(item)}
    return own


def _identity_of(kind: str, item: MapNode) -> tuple[str, ...]:
    """Kind and name as written; entries without a name share the default one."""
    if kind == "custom":
        named = get_map(item, "metadata") or item
        return (kind, text_of(item.get("apiVersion")), text_of(item.get("kind")), text_of(named.get("name")))
    return (kind, " ".join(text_of(item.get("name")).split()), text_of(item.get("namespace")))


def _marked(item: MapNode, use: Use) -> MapNode:
    made = copy_of(item)
    put(made, MARK, use.mark)
    return made


def _is_marked(item: Node) -> bool:
    return isinstance(item, MapNode) and MARK in item.entries


def _name(item: Node) -> str:
    return text_of(item.get("name")) if isinstance(item, MapNode) else ""
