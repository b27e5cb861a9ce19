"""Marks by which GitOps tools and Helm know what is theirs, put on children: a tool that finds them there prunes the
child or fights over it (decisions S4)."""

from __future__ import annotations

from typing import Final

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.source.nodes import MapNode, Node, ScalarNode
from orkestra.katalog.values import Value
from orkestra.katalog.walk import first_reads, templates_in

_MARKS: Final = {
    "argocd.argoproj.io/tracking-id": "Argo CD",
    "argocd.argoproj.io/instance": "Argo CD",
    "kustomize.toolkit.fluxcd.io/name": "Flux",
    "kustomize.toolkit.fluxcd.io/namespace": "Flux",
    "helm.toolkit.fluxcd.io/name": "Flux",
    "helm.toolkit.fluxcd.io/namespace": "Flux",
    "meta.helm.sh/release-name": "Helm",
    "meta.helm.sh/release-namespace": "Helm",
    "kubectl.kubernetes.io/last-applied-configuration": "kubectl apply",
}
_SHARED: Final = {"app.kubernetes.io/instance": "Argo CD", "app.kubernetes.io/managed-by": "Helm"}
"""Labels people use too: marks only where they are taken from the CR."""

_WHOLE: Final = frozenset({("metadata", "labels"), ("metadata", "annotations")})

_HINT: Final = "leave it out; the CR carries it, and children are found by their owner"


def check_tracking_marks(checked: Checked) -> None:
    for root in checked.decoder.entry_nodes.values():
        metadata = root.get("metadata")
        for holder in (root, metadata):
            for field in ("labels", "annotations"):
                _check_map(holder.get(field) if isinstance(holder, MapNode) else None, checked)
    for box in checked.boxes:
        for entry in box.entries:
            for name in ("labels", "annotations", "metadata"):
                _check_copies(entry.fields.get(name), checked)


def _check_map(node: Node | None, checked: Checked) -> None:
    for key, value in node.entries.values() if isinstance(node, MapNode) else ():
        text = value.text if isinstance(value, ScalarNode) else ""
        is_copied = "{{" in text and (".metadata.labels" in text or ".metadata.annotations" in text)
        tool = _MARKS.get(key.text) or (_SHARED.get(key.text) if is_copied else None)
        if tool:
            checked.report(1801, f"{key.text}: {tool} would take the child for its own", key.span, _HINT)


def _check_copies(value: Value | None, checked: Checked) -> None:
    """All labels or annotations of the CR at once bring its marks with them."""
    if value is None or not _WHOLE & value.paths:
        return
    for template in templates_in(value):
        for read in first_reads(template):
            if read.path in _WHOLE:
                at = template.origin.span_at(read.line, read.column, len(".".join(read.path)) + 1)
                what = read.path[1]
                message = f"all {what} of the CR at once: those of Argo CD, Flux and Helm are among them"
                checked.report(1801, message, at, f"copy the {what} you mean, one by one")
