"""The state of one composition: what was read, how far it may go, and where everything came from."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from orkestra.katalog.compose.fetching import Fetch, FetchError, Reference
from orkestra.katalog.compose.trail import Means, Step, Trail, position_of
from orkestra.katalog.diagnostics.finding import Findings, Hint, Related, Span
from orkestra.katalog.model import Settings
from orkestra.katalog.places import Artifact, ArtifactPlace, DiskPlace, Place
from orkestra.katalog.roots import PathRefused
from orkestra.katalog.schema.blocks import Block, Decoded
from orkestra.katalog.schema.decoder import Decoder, Language
from orkestra.katalog.source import Node, decode_text, parse, parse_documents
from orkestra.template.functions import builtin_functions

MAX_DEPTH: Final = 16
"""Files that may bring each other in, one within the other."""
MAX_FILES: Final = 1_000
MAX_BYTES: Final = 64 << 20
MAX_NODES: Final = 100_000
"""Nodes that included files and Motifs may add, each counted as often as it is used."""

Chain = tuple[Place, ...]
"""The files one within the other, the entry file first."""


@dataclass(frozen=True, slots=True)
class ImportedKatalog:
    """A Katalog that was brought in: its name, what the import is called and where it stands, and its ``lifecycle``."""

    name: str
    what: str
    at: Span
    lifecycle: Settings | None


@dataclass(slots=True)
class Weaving:
    """``places`` has every file by name; ``contents`` everything that was read, for the revision; ``fetched`` every
    remote import with what it gave; ``missing`` counts what was asked for and is not there."""

    findings: Findings
    fetch: Fetch
    places: dict[str, Place] = field(default_factory=dict)
    contents: list[bytes] = field(default_factory=list)
    trail: Trail = field(default_factory=Trail)
    fetched: list[tuple[Reference, Artifact]] = field(default_factory=list)
    imported: list[ImportedKatalog] = field(default_factory=list)
    missing: int = 0
    motifs_used: int = 0
    motifs: dict[str, Decoded] = field(default_factory=dict)
    """Motif files by key, as they were read."""
    _read: dict[str, tuple[Node, ...]] = field(default_factory=dict)
    _answers: dict[str, Artifact | FetchError] = field(default_factory=dict)
    _bytes: int = 0
    _nodes: int = 0
    _is_stopped: bool = False

    def report(self, number: int, message: str, at: Span, hint: Hint = "", related: Iterable[Related] = ()) -> None:
        source = next(iter(self.findings.sources.values()))
        self.findings.add(number, message, source, at, hint, related)

    def decode(self, table: Block, tree: Node) -> Decoded | None:
        """A part read against its own table, for what is wrong with it as such. What does not run is no matter here:
        it may not be in the merged tree, and is told of that."""
        apart = Findings()
        apart.sources = self.findings.sources
        found = table.decode(tree, Decoder(tree.source, apart, Language(builtin_functions())), "")
        self.findings.take_over(each for each in apart.sorted() if not each.is_unsupported)
        return found if isinstance(found, Decoded) else None

    def related(self, at: Span, message: str) -> Related:
        source = self.findings.sources.get(at.file)
        return Related(at.file, at.bare, message, source.line(at.line) if source else "")

    def find(self, declared: Node, path: str, what: str, chain: Chain) -> Place | None:
        """The file a path names, None after reporting at ``declared`` why there is none."""
        try:
            return self.places.get(declared.source.name, chain[0]).find(path)
        except PathRefused as error:
            self.report(1112, f"{what}: {error}", declared.span)
        except (OSError, ValueError):
            self.report(1016, f"{what}: {path[:200]} cannot be read: it is no file name", declared.span)
        self.missing += 1
        return None

    def open(self, place: Place, declared: Node, what: str, chain: Chain, means: Means) -> Node | None:
        """The one document of a file brought in at ``declared``; None after reporting why not."""
        found = self.open_all(place, declared, what, chain, means, is_single=True)
        return found[0] if found else None

    def open_all(
        self, place: Place, declared: Node, what: str, chain: Chain, means: Means, *, is_single: bool = False
    ) -> tuple[Node, ...]:
        """Every document of it."""
        if self._is_cycle(place, declared, what, chain):
            self.missing += 1
            return ()
        self.trail.add(Step(means, place.name, position_of(declared), what))
        known = self._read.get(place.key)
        if known is None:
            known = self._read[place.key] = self._parsed(place, declared, what, is_single=is_single)
        self.missing += not known
        return known

    def spend(self, node: Node, declared: Node, what: str) -> bool:
        """Whether ``node`` may be used once more, here; reported where it may not."""
        self._nodes += node.size
        if self._nodes > MAX_NODES:
            self.stop(f"{what}: what is brought in adds up to more than {MAX_NODES:,} values", declared)
        return not self._is_stopped

    def get(self, reference: Reference, declared: Node, what: str) -> Artifact | None:
        """The content of a remote import; None after reporting why there is none."""
        if reference.label not in self._answers:
            try:
                artifact = self.fetch(reference)
                self.fetched.append((reference, artifact))
                self._answers[reference.label] = artifact
            except FetchError as error:
                self._answers[reference.label] = error
        answer = self._answers[reference.label]
        if isinstance(answer, FetchError):
            self.missing += 1
            self.report(answer.number, f"{what}: {answer}", declared.span, answer.hint)
            return None
        return answer

    def entry_of(self, artifact: Artifact) -> Place:
        return ArtifactPlace(artifact, artifact.entry)

    def shown(self, place: Place) -> str:
        """How messages name a file: from the entry file's folder, where it is a file on disk."""
        entry = next(iter(self.places.values()))
        if isinstance(place, DiskPlace) and isinstance(entry, DiskPlace):
            return os.path.relpath(place.path, entry.path.parent)
        return place.name

    def _is_cycle(self, place: Place, declared: Node, what: str, chain: Chain) -> bool:
        keys = [each.key for each in chain]
        if place.key in keys:
            names = [self.shown(each) for each in (*chain[keys.index(place.key) :], place)]
            message = f"{what}: the files bring in each other: {' → '.join(names)}"
            self.report(2001, message, declared.span, "leave one of them out")
            return True
        if len(chain) > MAX_DEPTH:
            self.stop(f"{what}: files are brought in more than {MAX_DEPTH} deep", declared)
        return self._is_stopped

    def _parsed(self, place: Place, declared: Node, what: str, *, is_single: bool) -> tuple[Node, ...]:
        if len(self._read) >= MAX_FILES:
            self.stop(f"{what}: more than {MAX_FILES:,} files are brought in", declared)
            return ()
        try:
            data = place.read()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no file name"
            self.report(1016, f"{what}: {self.shown(place)} cannot be read: {reason}", declared.span)
            return ()
        self._bytes += len(data)
        if self._bytes > MAX_BYTES:
            self.stop(f"{what}: the files brought in add up to more than {MAX_BYTES >> 20} MiB", declared)
            return ()
        self.places[place.name] = place
        self.contents.append(data)
        source = decode_text(data, place.name, self.findings)
        if not source.text.strip():
            if not data.strip():
                self.report(1015, f"{what}: {self.shown(place)} is empty", declared.span)
            return ()
        if not is_single:
            return tuple(parse_documents(source, self.findings))
        tree = parse(source, self.findings)
        return () if tree is None else (tree,)

    def stop(self, message: str, declared: Node) -> None:
        """Beyond a limit nothing more is brought in, and only the first excess is told."""
        if not self._is_stopped:
            self.report(2005, message, declared.span)
        self._is_stopped = True
