"""What is known of kinds without a cluster: Kubernetes' own, those of the Katalog's CRDs, and of others given."""

from __future__ import annotations

from collections.abc import Mapping

from orkestra.k8s.builtin import builtin_resource
from orkestra.k8s.gvk import GVK
from orkestra.k8s.objects import Object, get_path
from orkestra.katalog.crdfile import CrdFacts
from orkestra.katalog.model import Katalog
from orkestra.operator.access import Served


class OfflineKinds:
    """``guessed`` collects the kinds whose plural nothing told; ``crds`` are by group and kind."""

    def __init__(self, katalog: Katalog, crds: Mapping[tuple[str, str], CrdFacts]) -> None:
        self._boxes = {box.gvk: box for box in katalog.boxes}
        self._crds = dict(crds)
        self.guessed: set[GVK] = set()

    def resolve(self, gvk: GVK) -> Served:
        builtin = builtin_resource(gvk)
        if builtin is not None:
            return Served(gvk.group, builtin.plural, builtin.namespaced, "status" in builtin.subresources)
        box = self._boxes.get(gvk)
        if box is not None and box.crd is not None:
            plural = str(get_path(box.crd, ("spec", "names", "plural")))
            return Served(gvk.group, plural, box.namespaced, has_status(box.crd, gvk.version))
        facts = self._crds.get((gvk.group, gvk.kind))
        if facts is not None:
            return Served(gvk.group, facts.plural, facts.namespaced, has_status(facts.crd, gvk.version))
        if box is not None and box.plural:
            return Served(gvk.group, box.plural, box.namespaced)
        self.guessed.add(gvk)
        return Served(gvk.group, guess_plural(gvk.kind))


def has_status(crd: Object, version: str) -> bool:
    """Does the CRD's version have a status subresource?"""
    versions = get_path(crd, ("spec", "versions"), [])
    found = next((v for v in versions if isinstance(v, dict) and v.get("name") == version), {})
    return "status" in (found.get("subresources") or {})


def guess_plural(kind: str) -> str:
    """As k8s.io/apimachinery pkg/api/meta UnsafeGuessKindToResource."""
    word = kind.lower()
    if word.endswith("s"):
        return f"{word}es"
    if word.endswith("y"):
        return f"{word[:-1]}ies"
    return f"{word}s"
