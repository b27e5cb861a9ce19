"""What a CRD file tells about an entry's kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orkestra.k8s.gvk import GVK
from orkestra.k8s.objects import Object, get_path
from orkestra.katalog.diagnostics.finding import Findings
from orkestra.katalog.roots import PathRefused, read_bounded, resolve_inside
from orkestra.katalog.source import decode_text, parse_documents, plain_value

_KIND = "CustomResourceDefinition"


@dataclass(frozen=True, slots=True)
class CrdFacts:
    """The part of a CRD an entry needs. ``versions`` are the served ones, the storage version first."""

    crd: Object
    group: str
    kind: str
    plural: str
    namespaced: bool
    versions: tuple[str, ...]

    def gvk(self, version: str = "") -> GVK:
        return GVK(self.group, version or self.versions[0], self.kind)


@dataclass(frozen=True, slots=True)
class Files:
    """Where the Katalog is and how far it may reach; ``contents`` collects what was read, for the revision."""

    path: Path
    root: Path
    contents: list[bytes]


def read_crds(
    declared: str, files: Files, findings: Findings, refuse: Callable[[int, str, str], None]
) -> list[CrdFacts]:
    """The CRDs of a file; ``refuse(code, message, hint)`` reports at the place that names the file."""
    if "://" in declared:
        refuse(1901, "crdFile: a URL is recognised, but this version reads files only", "")
        return []
    try:
        path = resolve_inside(declared, files.path, files.root)
        data = read_bounded(path)
    except PathRefused as error:
        refuse(1112, f"crdFile: {error}", "")
        return []
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no file name"
        refuse(1016, f"crdFile: {declared[:200]} cannot be read: {reason}", "")
        return []
    files.contents.append(data)
    source = decode_text(data, str(files.path.parent / declared), findings)
    found = [plain_value(node) for node in parse_documents(source, findings)] if source.text else []
    crds = [doc for doc in found if isinstance(doc, dict) and doc.get("kind") == _KIND]
    if not crds:
        refuse(1113, f"crdFile: {declared} holds no {_KIND}", "")
    facts: list[CrdFacts] = []
    for crd in crds:
        known = _facts(crd)
        if known is None:
            refuse(
                1113, f"crdFile: {declared}: the CRD lacks spec.group, spec.names, spec.scope or a served version", ""
            )
        else:
            facts.append(known)
    return facts


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
