"""What a CRD file tells about an entry's kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, TypeAlias

from orkestra.k8s.gvk import GVK
from orkestra.k8s.objects import Object, get_path
from orkestra.katalog.diagnostics.finding import Findings, SourceText, Span
from orkestra.katalog.places import DiskPlace, Place
from orkestra.katalog.roots import PathRefused
from orkestra.katalog.source import ScalarNode, decode_text, parse_documents, plain_value

_KIND = "CustomResourceDefinition"
_LACKS: Final = "the CRD lacks spec.group, spec.names, spec.scope or a served version"
_KEPT_FILES: Final = 32
_KEPT_BYTES: Final = 128 * 1024


@dataclass(frozen=True, slots=True)
class CrdFacts:
    """The part of a CRD an entry needs. ``versions`` are the served ones, the storage version first. ``crd`` may be
    shared between Katalogs: read, do not write."""

    crd: Object
    group: str
    kind: str
    plural: str
    namespaced: bool
    versions: tuple[str, ...]

    def gvk(self, version: str = "") -> GVK:
        return GVK(self.group, version or self.versions[0], self.kind)


Crds: TypeAlias = Mapping[tuple[str, str], CrdFacts]
"""CRDs by group and kind."""


@dataclass(frozen=True, slots=True)
class Files:
    """What the Katalog is made of: the entry file, and by name the places of all files it was woven of; ``contents``
    collects what was read, for the revision, and ``named`` what entries name beside. ``crds`` are those at hand for
    entries that name no file, ``remote`` the CRD files that were fetched, by address. ``judges_crds``: whether a CRD
    that the API server would refuse is a finding."""

    entry: Place
    contents: list[bytes]
    crds: Crds = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    named: list[Place] = field(default_factory=list)
    remote: Mapping[str, Place] = field(default_factory=dict)
    judges_crds: bool = False

    @property
    def on_disk(self) -> tuple[str, ...]:
        """The paths of all files it was read from."""
        read = (self.entry, *self.places.values(), *self.named)
        return tuple(dict.fromkeys(place.key for place in read if isinstance(place, DiskPlace)))

    def place(self, name: str) -> Place:
        """The file of that name; the entry file when nothing else has it."""
        return self.places.get(name, self.entry)


def crds_in(files: Iterable[tuple[str, bytes]], findings: Findings) -> dict[tuple[str, str], CrdFacts]:
    """The CRDs of files, (name, content) each, that may hold other objects too; of one kind the first counts. Text
    that does not parse, and a CRD without what an entry needs, are findings."""
    known: dict[tuple[str, str], CrdFacts] = {}
    for name, data in files:
        for facts in _crds_of(data, name, findings):
            if facts is None:
                findings.add(1113, _LACKS, SourceText(name, ""), Span())
            else:
                known.setdefault((facts.group, facts.kind), facts)
    return known


def read_crds(
    declared: ScalarNode, files: Files, findings: Findings, refuse: Callable[[int, str, str], None]
) -> list[CrdFacts]:
    """The CRDs of the file that ``declared`` names; ``refuse(code, message, hint)`` reports at that place."""
    if "://" in declared.text and declared.text not in files.remote:
        return []  # composing tells why it cannot be had
    try:
        place = files.remote.get(declared.text) or files.place(declared.source.name).find(declared.text)
        data = place.read()
    except PathRefused as error:
        refuse(1112, f"crdFile: {error}", "")
        return []
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no file name"
        refuse(1016, f"crdFile: {declared.text[:200]} cannot be read: {reason}", "")
        return []
    files.contents.append(data)
    files.named.append(place)
    found = _crds_of(data, place.name, findings)
    if not found:
        refuse(1113, f"crdFile: {declared.text} holds no {_KIND}", "")
    if None in found:
        refuse(1113, f"crdFile: {declared.text}: {_LACKS}", "")
    if files.judges_crds and None not in found:
        from orkestra.katalog.crdcheck import judge_crds

        judge_crds(data, place.name, findings)
    return [facts for facts in found if facts is not None]


def _crds_of(data: bytes, name: str, findings: Findings) -> tuple[CrdFacts | None, ...]:
    """Every CRD of a file in order; None for one that lacks what an entry needs."""
    known = _kept(data) if len(data) <= _KEPT_BYTES else None
    return _parsed(data, name, findings) if known is None else known


@lru_cache(maxsize=_KEPT_FILES)
def _kept(data: bytes) -> tuple[CrdFacts | None, ...] | None:
    """Many Katalogs name one file. None where there is something to say about its text."""
    findings = Findings()
    found = _parsed(data, "", findings)
    return None if findings.sorted() else found


def _parsed(data: bytes, name: str, findings: Findings) -> tuple[CrdFacts | None, ...]:
    source = decode_text(data, name, findings)
    found = [plain_value(node) for node in parse_documents(source, findings)] if source.text else []
    return tuple(_facts(doc) for doc in found if isinstance(doc, dict) and doc.get("kind") == _KIND)


def _facts(crd: dict[str, Any]) -> CrdFacts | None:
    spec = crd.get("spec")
    names = get_path(spec, ("names",))
    versions = get_path(spec, ("versions",))
    if not isinstance(spec, dict) or not isinstance(names, dict) or not isinstance(versions, list):
        return None
    group, kind, plural, scope = spec.get("group"), names.get("kind"), names.get("plural"), spec.get("scope")
    served = [v for v in versions if isinstance(v, dict) and v.get("served") is True and isinstance(v.get("name"), str)]
    served.sort(key=lambda v: v.get("storage") is not True)
    texts = isinstance(group, str) and isinstance(kind, str) and isinstance(plural, str)
    if not texts or scope not in ("Namespaced", "Cluster") or not served:
        return None
    return CrdFacts(
        crd, str(group), str(kind), str(plural), scope == "Namespaced", tuple(str(v["name"]) for v in served)
    )
