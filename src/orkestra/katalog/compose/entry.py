"""The way in: an entry file, read and composed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from orkestra.katalog.compose.fetching import Fetch, Reference, refuse_all
from orkestra.katalog.compose.trail import Trail
from orkestra.katalog.compose.weaving import ImportedKatalog, Weaving
from orkestra.katalog.diagnostics.finding import Diagnostic, Findings, SourceText, Span
from orkestra.katalog.places import Artifact, DiskPlace, Place
from orkestra.katalog.schema.blocks import Decoded
from orkestra.katalog.schema.decoder import Decoder
from orkestra.katalog.source import MapNode, Node, ScalarNode, decode_text, parse

COMPOSED: Final = ("", "Katalog", "Komposer")
"""Kinds of files that become a Katalog; a file without kind is read as one, so that what it lacks is told."""

_BRINGING: Final = (b"include", b"imports", b"\\")
"""Keys by which a Katalog brings in others, one of which is in each that does; escapes could spell any."""


@dataclass(frozen=True, slots=True)
class Composed:
    """``tree``: a whole Katalog. ``kind``: what the entry file is. ``contents``: everything read, the entry file first.
    ``places``: every file by name. ``fetched``: the remote imports with what they gave, ``crds``: those that are CRD
    files, by address. ``imported``: the Katalogs it was made of; ``missing`` counts what could not be had."""

    tree: Node
    kind: str
    entry: Place
    contents: list[bytes]
    places: Mapping[str, Place]
    trail: Trail
    fetched: tuple[tuple[Reference, Artifact], ...] = ()
    crds: Mapping[str, Place] = field(default_factory=dict)
    imported: tuple[ImportedKatalog, ...] = ()
    missing: int = 0


def compose(
    path: str | Path, *, text: str | bytes | None = None, root: Path | None = None, fetch: Fetch | None = None
) -> tuple[Composed | None, list[Diagnostic]]:
    """The Katalog that the file at ``path`` stands for; None when it is not read or is of another kind. ``text``: its
    content, where that is at hand. Findings are those of composing alone: ``load`` has all of them."""
    place = DiskPlace(Path(path), root)
    findings = Findings()
    try:
        data = place.read() if text is None else text if isinstance(text, bytes) else text.encode()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no file name"
        findings.add(1016, f"the file cannot be read: {reason}", SourceText(place.name, ""), Span())
        return None, findings.sorted()
    tree = parsed(data, place.name, findings)
    if tree is None:
        return None, findings.sorted()
    kind = kind_of(tree)
    if kind not in COMPOSED:
        message = f"a {kind[:40]} is no Katalog or Komposer: there is nothing to compose"
        findings.add(2004, message, tree.source, tree.span)
        return None, findings.sorted()
    return compose_tree(tree, place, data, findings, fetch=fetch), findings.sorted()


def compose_tree(tree: Node, place: Place, data: bytes, findings: Findings, *, fetch: Fetch | None = None) -> Composed:
    """The same, of an entry file that was read and parsed."""
    weaving = Weaving(findings, fetch or refuse_all)
    weaving.places[place.name] = place
    weaving.contents.append(data)
    whole, kind = tree, kind_of(tree)
    if isinstance(tree, MapNode) and (kind == "Komposer" or any(word in data for word in _BRINGING)):
        from orkestra.katalog.compose.composing import Composer

        whole = Composer(weaving, os.environ).compose(tree, (place,))
    crds: Mapping[str, Place] = {}
    if addresses := tuple(_remote_crds(whole)):
        from orkestra.katalog.compose.crds import fetch_crds

        crds = fetch_crds(addresses, weaving)
    fetched = tuple(weaving.fetched)
    return Composed(
        whole,
        kind,
        place,
        weaving.contents,
        weaving.places,
        weaving.trail,
        fetched,
        crds,
        tuple(weaving.imported),
        weaving.missing,
    )


def _remote_crds(tree: Node) -> Iterator[tuple[str, ScalarNode]]:
    """(entry, address) where crdFile is no path."""
    crds = tree.get("spec") if isinstance(tree, MapNode) else None
    crds = crds.get("crds") if isinstance(crds, MapNode) else None
    for name, (_, entry) in crds.entries.items() if isinstance(crds, MapNode) else ():
        declared = entry.get("crdFile") if isinstance(entry, MapNode) else None
        if isinstance(declared, ScalarNode) and "://" in declared.text:
            yield name, declared


def parsed(data: bytes, name: str, findings: Findings) -> Node | None:
    """The one document of a file; None after reporting why there is none."""
    source = decode_text(data, name, findings)
    return None if findings.has_errors else parse(source, findings)


def kind_of(tree: Node) -> str:
    """The kind a file says it is; empty when it says none that is text."""
    kind = tree.get("kind") if isinstance(tree, MapNode) else None
    return kind.text if isinstance(kind, ScalarNode) else ""


def with_expectations(tree: Node, place: Place, findings: Findings) -> Node:
    """An E2E file with what its ``expect`` includes."""
    from orkestra.katalog.compose import includes

    weaving = Weaving(findings, refuse_all)
    weaving.places[place.name] = place
    return includes.resolved(tree, includes.E2E, weaving, (place,))


def judge_motif(tree: MapNode, place: Place, data: bytes, decoder: Decoder) -> Decoded | None:
    """The rows of a Motif on its own, and what is wrong with it as far as that can be known without whoever imports
    it."""
    from orkestra.katalog.compose import includes
    from orkestra.katalog.compose.motifs import Motifs
    from orkestra.katalog.languages import speaking_motif
    from orkestra.katalog.schema.motif import MOTIF

    weaving = Weaving(decoder.findings, refuse_all)
    weaving.places[place.name] = place
    weaving.contents.append(data)
    whole = includes.resolved(tree, includes.MOTIF, weaving, (place,))
    if not isinstance(whole, MapNode):
        return None
    found = MOTIF.decode(whole, speaking_motif(whole, decoder).for_owner("motif"), "")
    Motifs(weaving, os.environ).check_imports(whole, (place,))
    return found if isinstance(found, Decoded) else None
