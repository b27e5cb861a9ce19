"""The way from a file to the model, stage by stage. Every stage adds findings and goes on where it can."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from orkestra.katalog.checks import CHECKS, Checked
from orkestra.katalog.checks.credentials import find_credentials
from orkestra.katalog.checks.inputs import check_inputs
from orkestra.katalog.collector import paused_collector
from orkestra.katalog.compile import about, compile_entry, targets_of
from orkestra.katalog.compose import (
    COMPOSED,
    Composed,
    Fetch,
    compose_tree,
    judge_motif,
    kind_of,
    parsed,
    with_expectations,
)
from orkestra.katalog.crdfile import Crds, Files
from orkestra.katalog.diagnostics.finding import Diagnostic, Findings, SourceText, Span
from orkestra.katalog.identity import Identity
from orkestra.katalog.languages import speaking
from orkestra.katalog.model import Katalog, OperatorBox
from orkestra.katalog.named import check_named_files
from orkestra.katalog.places import Artifact, ArtifactPlace, DiskPlace, Place
from orkestra.katalog.roots import read_bounded
from orkestra.katalog.schema.blocks import Decoded
from orkestra.katalog.schema.decoder import Decoder, Language
from orkestra.katalog.schema.documents import DOCUMENTS, FILE_KINDS
from orkestra.katalog.schema.katalog import KATALOG
from orkestra.katalog.source import MapNode, Node
from orkestra.katalog.source.places import located
from orkestra.template import Function
from orkestra.template.functions import builtin_functions

if TYPE_CHECKING:
    from orkestra.katalog.parts.motifs import Motif
    from orkestra.katalog.parts.suites import Suite

Document: TypeAlias = "Katalog | Motif | Suite"
"""The model of a file."""

_ENTRY_NAME = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")


def load(
    path: str | Path,
    *,
    root: Path | None = None,
    functions: Mapping[str, Function] | None = None,
    crds: Crds | None = None,
    fetch: Fetch | None = None,
    today: datetime.date | None = None,
    judges_crds: bool = False,
) -> tuple[Katalog | None, list[Diagnostic]]:
    """Reads a Katalog or Komposer. The model is None when a finding is an error or the file is of a kind this version
    does not run; never raises for bad input.

    ``root`` bounds what the file may name (default: its Git work tree, else its folder). ``functions`` are the template
    functions (default: the built-in ones). ``crds`` give the schemas of entries without a crdFile. ``fetch`` gets
    remote imports (default: they are findings). ``today`` is the day by which ends of definitions are told (default:
    they are not). ``judges_crds``: a CRD that the API server would refuse is a finding.
    """
    path = Path(path)
    try:
        data = read_bounded(path)
    except (OSError, ValueError) as error:
        findings = Findings()
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no file name"
        findings.add(1016, f"the file cannot be read: {reason}", SourceText(str(path), ""), Span())
        return None, findings.sorted()
    return load_place(
        DiskPlace(path, root), data, functions=functions, crds=crds, fetch=fetch, today=today, judges_crds=judges_crds
    )


def load_text(
    text: str | bytes,
    *,
    path: str | Path = "katalog.yaml",
    root: Path | None = None,
    functions: Mapping[str, Function] | None = None,
    crds: Crds | None = None,
    fetch: Fetch | None = None,
) -> tuple[Katalog | None, list[Diagnostic]]:
    """As ``load``, with the content at hand. ``path`` names it in findings; its own paths are relative to it."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return load_place(DiskPlace(Path(path), root), data, functions=functions, crds=crds, fetch=fetch)


def load_artifact(artifact: Artifact, *, fetch: Fetch | None = None) -> tuple[Katalog | None, list[Diagnostic]]:
    """As ``load``, of files that are at hand under a name of their own: they reach each other, and no other file."""
    place = ArtifactPlace(artifact, artifact.entry)
    return load_place(place, place.read(), fetch=fetch)


def load_place(
    place: Place,
    data: bytes,
    *,
    functions: Mapping[str, Function] | None = None,
    crds: Crds | None = None,
    fetch: Fetch | None = None,
    today: datetime.date | None = None,
    judges_crds: bool = False,
) -> tuple[Katalog | None, list[Diagnostic]]:
    """As ``load``, of the file at ``place``, which holds ``data``; what it names is where the place finds it."""
    found, findings = load_document(
        place, data, functions=functions, crds=crds, fetch=fetch, today=today, judges_crds=judges_crds
    )
    return (found if isinstance(found, Katalog) else None), findings


def load_document(
    place: Place,
    data: bytes,
    *,
    functions: Mapping[str, Function] | None = None,
    crds: Crds | None = None,
    fetch: Fetch | None = None,
    today: datetime.date | None = None,
    judges_crds: bool = False,
) -> tuple[Document | None, list[Diagnostic]]:
    """As ``load_place``, of a file of any kind: a Komposer gives the Katalog it stands for, a Motif, Simulate or E2E
    its own model."""
    with paused_collector():
        return _load(place, data, functions, crds, fetch, today, judges_crds)


def _load(
    place: Place,
    data: bytes,
    functions: Mapping[str, Function] | None,
    crds: Crds | None,
    fetch: Fetch | None,
    today: datetime.date | None,
    judges_crds: bool,
) -> tuple[Document | None, list[Diagnostic]]:
    findings = Findings()
    tree = parsed(data, place.name, findings)
    if tree is None:
        return None, findings.sorted()
    decoder = Decoder(tree.source, findings, Language(builtin_functions() if functions is None else functions))
    kind = kind_of(tree)
    if kind == "Motif" and isinstance(tree, MapNode):
        found = _motif(tree, place, data, decoder)
        find_credentials(tree, (tree.source,), decoder)
        return (None if findings.has_errors else found), located(findings.sorted(), tree)
    if kind not in COMPOSED:
        suite = _judge_other(tree, kind, place, decoder)
        find_credentials(tree, (tree.source,), decoder)
        return (None if findings.has_errors else suite), located(findings.sorted(), tree)
    composed = compose_tree(tree, place, data, findings, fetch=fetch)
    files = Files(place, composed.contents, crds or {}, composed.places, remote=composed.crds, judges_crds=judges_crds)
    katalog = _katalog(composed.tree, speaking(composed.tree, decoder), files, Surroundings(composed, today))
    return (None if findings.has_errors else katalog), located(findings.sorted(), composed.tree)


def functions_of(path: str | Path, *, fetch: Fetch | None = None) -> tuple[Mapping[str, Function], list[Diagnostic]]:
    """The functions that templates of a Katalog or Komposer may call, its own notes among them, and what is wrong with
    these. What else is wrong with the file does not count; never raises for bad input."""
    findings = Findings()
    place = DiskPlace(Path(path), None)
    try:
        data = read_bounded(Path(path))
    except (OSError, ValueError):
        return builtin_functions(), load(path)[1]
    tree = parsed(data, place.name, findings)
    if tree is None:
        return builtin_functions(), findings.sorted()
    if kind_of(tree) in COMPOSED:
        tree = compose_tree(tree, place, data, Findings(), fetch=fetch).tree
    decoder = Decoder(tree.source, findings, Language(builtin_functions()))
    return speaking(tree, decoder).functions, findings.sorted()


def is_runnable(diagnostics: list[Diagnostic]) -> bool:
    """Whether a Katalog with these findings may run: no errors, and nothing this version recognises but cannot do."""
    return not any(found.is_error or found.is_unsupported for found in diagnostics)


def _motif(tree: MapNode, place: Place, data: bytes, decoder: Decoder) -> Motif | None:
    rows = judge_motif(tree, place, data, decoder)
    if rows is None:
        return None
    from orkestra.katalog.motifs import compile_motif

    check_inputs(rows, decoder)
    return compile_motif(rows, decoder)


def _judge_other(tree: Node, kind: str, place: Place, decoder: Decoder) -> Suite | None:
    """What a file of a kind that never runs by itself says, and what is wrong with it, against its own table."""
    at = (tree.get("kind") or tree).span if isinstance(tree, MapNode) else tree.span
    block = DOCUMENTS.get(kind)
    if block is not None:
        tree = with_expectations(tree, place, decoder.findings) if kind == "E2E" else tree
        decoder.report(1902, f"kind: {kind} is read and judged, but this version cannot run it yet", at)
        found = block.decode(tree, decoder.for_owner(kind.lower()), "")
        if isinstance(place, DiskPlace):
            check_named_files(tree, place, decoder)
        return found or None
    if kind in FILE_KINDS:
        decoder.report(1902, f"a {kind} is recognised, but this version does not load it", at)
    else:
        decoder.report(1109, f'kind: "{kind[:80]}" is not known: expected {", ".join(FILE_KINDS[:-1])}', at)
    return None


class Surroundings(NamedTuple):
    """What a definition was made of, and when it is judged."""

    composed: Composed
    today: datetime.date | None


def _katalog(tree: Node, decoder: Decoder, files: Files, around: Surroundings) -> Katalog | None:
    found = KATALOG.decode(tree, decoder, "")
    if not isinstance(found, Decoded):
        return None
    spec: Decoded | None = found["spec"]
    entries: dict[str, Node] = (spec["crds"] if spec else None) or {}
    boxes: list[OperatorBox] = []
    identities: dict[str, Identity] = {}
    nodes: dict[str, MapNode] = {}
    for name, node in entries.items():
        if not _ENTRY_NAME.fullmatch(name):
            at = spec.node.get("crds").entries[name][0].span if spec else found.node.span  # type: ignore[union-attr]
            decoder.report(1110, f'"{name[:80]}" cannot name an entry: use letters, digits and "-"', at)
        box, identity = compile_entry(name, node, decoder, files)
        if box is not None and identity is not None and isinstance(node, MapNode):
            boxes.append(box)
            identities[name] = identity
            nodes[name] = node
            for target, written in targets_of(node):
                surface = box.surfaces[target]
                if surface.name in entries:
                    message = f'the target "{target[:60]}" of {name} cannot be told from the entry {surface.name}'
                    decoder.report(1203, message, written.span, "give one of them another name")
                identities[surface.name], nodes[surface.name] = identity, written
    checked = Checked(
        tuple(boxes),
        identities,
        nodes,
        frozenset(entries),
        decoder,
        files.crds,
        found,
        around.today,
        around.composed.imported,
        not around.composed.missing,
    )
    for check in CHECKS:
        check(checked)
    checked.kept.clear()  # what is kept knows whose it is; without this, the whole tree would wait for the collector
    metadata: Any = found["metadata"] or {}
    if not isinstance(metadata, Decoded) or "name" not in metadata:
        return None
    return Katalog(
        metadata["name"],
        metadata["namespace"],
        files.entry.name,
        _revision(files),
        tuple(boxes),
        files=files.on_disk,
        cluster_name=metadata["clusterName"],
        finalizers=(spec["finalizers"] if spec else None) or (),
        cross_access=found["crossAccess"],
        security=found["security"],
        notification=found["notification"],
        providers=found["providers"],
        gateway=found["gateway"],
        publish=found["publish"],
        lifecycle=found["lifecycle"] or metadata["lifecycle"],
        about=about(metadata),
    )


def _revision(files: Files) -> str:
    digest = hashlib.sha256()
    for content in files.contents:
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()
