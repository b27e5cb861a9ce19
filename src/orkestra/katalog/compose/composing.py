"""An entry file and all it brings in -> one Katalog tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from orkestra.katalog.compose import includes
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
from orkestra.katalog.compose.motifs import Motifs
from orkestra.katalog.compose.sources import Part, Sources
from orkestra.katalog.compose.unions import united
from orkestra.katalog.compose.weaving import Chain, ImportedKatalog, Weaving
from orkestra.katalog.schema.blocks import Decoded
from orkestra.katalog.schema.katalog import KATALOG
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode
from orkestra.katalog.suggest import hint_for

SHARED: Final = ("notes", "profiles", "motifs", "notification", "providers", "security", "gateway")
"""Top-level blocks that imports bring to a Komposer, beside their entries."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A Katalog that a Komposer takes: its tree, and the import that brought it."""

    tree: MapNode
    part: Part


@dataclass(frozen=True, slots=True)
class Composer:
    """``environ`` gives the variables that paths and registries may be named by."""

    weaving: Weaving
    environ: Mapping[str, str]

    def compose(self, tree: MapNode, chain: Chain) -> MapNode:
        """The Katalog that a Katalog or Komposer stands for; what is wrong was reported."""
        return Motifs(self.weaving, self.environ).apply(self._without_motifs(tree, chain), chain)

    def _without_motifs(self, tree: MapNode, chain: Chain) -> MapNode:
        """Likewise, the imports of its entries left for the end: overrides change what an entry itself says."""
        if text_of(tree.get("kind")) == "Komposer":
            return self._komposer(tree, chain)
        resolved = includes.resolved(tree, includes.KATALOG, self.weaving, chain)
        assert isinstance(resolved, MapNode)
        return Motifs(self.weaving, self.environ).share(resolved, chain)

    def _komposer(self, tree: MapNode, chain: Chain) -> MapNode:
        from orkestra.katalog.schema.komposer import KOMPOSER

        resolved = includes.resolved(tree, includes.KATALOG, self.weaving, chain)
        found = self.weaving.decode(KOMPOSER, resolved)
        if found is None:
            return tree
        imports, spec = found["imports"], found["spec"]
        if imports is None and spec is not None and isinstance(spec["imports"], Decoded):
            imports = spec["imports"]
        imported: list[Imported] = []
        missing = self.weaving.missing
        for part in Sources(self.weaving, self.environ).parts(imports, chain) if imports is not None else ():
            imported += self._documents(part, chain)
        is_whole = self.weaving.missing == missing
        return Motifs(self.weaving, self.environ).share(self._united(found.node, imported, is_whole=is_whole), chain)

    def _documents(self, part: Part, chain: Chain) -> list[Imported]:
        """The Katalogs of an import, each composed itself."""
        weaving = self.weaving
        if part.is_rendered:
            trees = weaving.open_all(part.place, part.declared, part.what, chain, "import")
            trees = tuple(t for t in trees if isinstance(t, MapNode) and text_of(t.get("kind")) == "Katalog")
            if not trees and not weaving.findings.has_errors:
                message = f"{part.what}: the chart renders no document of kind Katalog"
                weaving.report(2004, message, part.declared.span)
        else:
            tree = weaving.open(part.place, part.declared, part.what, chain, "import")
            trees = () if tree is None else (tree,)
        found: list[Imported] = []
        for tree in trees:
            if (
                isinstance(tree, MapNode)
                and self._is_taken(tree, part)
                and weaving.spend(tree, part.declared, part.what)
            ):
                inner = self._without_motifs(tree, (*chain, part.place))
                if text_of(tree.get("kind")) == "Katalog":
                    self._remember(weaving.decode(KATALOG, inner), part)
                found.append(Imported(_pushed_down(inner), part))
        return found

    def _remember(self, rows: Decoded | None, part: Part) -> None:
        metadata = rows["metadata"] if rows is not None else None
        if rows is not None and isinstance(metadata, Decoded) and "name" in metadata:
            lifecycle = rows["lifecycle"] or metadata["lifecycle"]
            self.weaving.imported.append(ImportedKatalog(metadata["name"], part.what, part.declared.span, lifecycle))

    def _is_taken(self, tree: MapNode, part: Part) -> bool:
        kind = tree.get("kind")
        wanted = "Komposer" if part.takes_komposer else "Katalog"
        if text_of(kind) == wanted:
            return True
        found = f"a {text_of(kind)[:40]}" if text_of(kind) else "a file without kind"
        hint = ""
        if text_of(kind) == "Komposer":
            hint = "a Komposer is imported from a registry, with useKomposer: true"
        message = f"{part.what}: expected a {wanted}, {self.weaving.shown(part.place)} is {found}"
        self.weaving.missing += 1
        self.weaving.report(2004, message, part.declared.span, hint)
        return False

    # One of many

    def _united(self, komposer: MapNode, imported: list[Imported], *, is_whole: bool) -> MapNode:
        """``is_whole``: every import is there, so that an override without entry is one of nothing."""
        weaving = self.weaving
        merged = copy_of(komposer)
        merged.entries.pop("imports", None)
        kind = komposer.get("kind")
        put(merged, "kind", scalar_of("Katalog", kind or komposer))
        for block in SHARED:
            self._share(merged, block, imported)
        spec = with_path(merged, "spec", like=komposer)
        if isinstance(spec.get("imports"), MapNode):
            del spec.entries["imports"]
        crds = self._entries(imported, komposer)
        overrides = get_map(komposer, "spec", "crds")
        for name, (key, over) in (overrides.entries if overrides else {}).items():
            if name not in crds.entries and not is_whole:
                continue
            if name not in crds.entries:
                message = f'"{name[:60]}" overrides nothing: no import has an entry of that name'
                weaving.report(2003, message, key.span, hint_for(name, sorted(crds.entries)))
            elif isinstance(over, MapNode):
                crds.entries[name] = (crds.entries[name][0], overlaid(crds.entries[name][1], over, weaving.trail))
            elif not is_null(over):
                weaving.report(1102, f"{name[:60]}: expected a map of what differs", over.span)
        put(spec, "crds", crds)
        return merged

    def _share(self, merged: MapNode, key: str, imported: list[Imported]) -> None:
        """One top-level block: what imports agree on, under what the Komposer says."""
        below: Node | None = None
        own = merged.get(key)
        for each in imported:
            said = each.tree.get(key)
            if said is not None and not is_null(said):
                below = said if below is None else united(below, said, key, self.weaving, own)
        if below is None:
            return
        put(merged, key, below if own is None else self._over(below, own))

    def _over(self, below: Node, own: Node) -> Node:
        """``own`` over ``below``; lists of named things are united, the own one winning."""
        merged = overlaid(below, own, self.weaving.trail)
        if isinstance(below, ListNode) and isinstance(own, ListNode):
            return _by_name(below, own)
        if isinstance(below, MapNode) and isinstance(own, MapNode) and isinstance(merged, MapNode):
            for text in below.entries.keys() & own.entries.keys():
                first, second = below.entries[text][1], own.entries[text][1]
                if isinstance(first, ListNode) and isinstance(second, ListNode):
                    put(merged, text, _by_name(first, second))
        return merged

    def _entries(self, imported: list[Imported], komposer: MapNode) -> MapNode:
        """The entries of all imports; one name from two of them is an error at the later import."""
        crds = MapNode(komposer.start, komposer.source)
        brought: dict[str, tuple[Imported, ScalarNode]] = {}
        for each in imported:
            found = get_map(each.tree, "spec", "crds")
            for name, (key, value) in (found.entries if found else {}).items():
                if name not in brought:
                    brought[name] = (each, key)
                    crds.entries[name] = (key, value)
                else:
                    first, first_key = brought[name]
                    related = (
                        self.weaving.related(first.part.declared.span, "the other import is here"),
                        self.weaving.related(first_key.span, f"{name} is declared here"),
                        self.weaving.related(key.span, "and here"),
                    )
                    message = f'{each.part.what}: an entry named "{name[:60]}" comes from {first.part.what} too'
                    hint = "rename one of them"
                    self.weaving.report(2002, message, each.part.declared.span, hint, related)
        return crds


def _pushed_down(tree: MapNode) -> MapNode:
    """What a Katalog says for all its entries, said by each of them: another Katalog's entries must not get it."""
    finalizers, access = get_map(tree, "spec"), tree.get("crossAccess")
    extra = finalizers.get("finalizers") if finalizers else None
    crds = get_map(tree, "spec", "crds")
    if crds is None or (not isinstance(extra, ListNode) and access is None):
        return tree
    made = copy_of(tree)
    made.entries.pop("crossAccess", None)
    spec = with_path(made, "spec", like=tree)
    spec.entries.pop("finalizers", None)
    below = with_path(spec, "crds", like=crds)
    for name, (_, value) in crds.entries.items():
        if not isinstance(value, MapNode):
            continue
        entry = copy_of(value)
        if access is not None and "crossAccess" not in entry.entries:
            put(entry, "crossAccess", access)
        if isinstance(extra, ListNode):
            box = with_path(entry, "operatorBox", like=entry)
            own = box.get("finalizers")
            put(box, "finalizers", list_of([*extra.items, *(own.items if isinstance(own, ListNode) else ())], extra))
        put(below, name, entry)
    return made


def _by_name(below: ListNode, own: ListNode) -> ListNode:
    names = {_name(item) for item in own.items if _name(item)}
    return list_of([*(item for item in below.items if _name(item) not in names), *own.items], own)


def _name(item: Node) -> str:
    return text_of(item.get("name")) if isinstance(item, MapNode) else ""
