"""Marks by which GitOps tools and Helm know what is theirs, put on children: a tool that finds them there prunes the
child or fights over it (decisions S4). What is written under their prefixes never reaches a child, and neither does
what is written over the runtime's own marks."""

from __future__ import annotations

from typing import Final

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.model import OperatorBox
from orkestra.katalog.source.nodes import MapNode, Node, ScalarNode
from orkestra.katalog.values import Value
from orkestra.katalog.walk import first_reads, templates_in

_TOOLS: Final = {
    "argocd.argoproj.io/": "Argo CD",
    "kustomize.toolkit.fluxcd.io/": "Flux",
    "helm.toolkit.fluxcd.io/": "Flux",
    "meta.helm.sh/": "Helm",
    "kubectl.kubernetes.io/": "kubectl",
}
_TRACKING: Final = frozenset(
    (
        "argocd.argoproj.io/tracking-id",
        "argocd.argoproj.io/instance",
        "kustomize.toolkit.fluxcd.io/name",
        "kustomize.toolkit.fluxcd.io/namespace",
        "helm.toolkit.fluxcd.io/name",
        "helm.toolkit.fluxcd.io/namespace",
        "meta.helm.sh/release-name",
        "meta.helm.sh/release-namespace",
        "kubectl.kubernetes.io/last-applied-configuration",
    )
)
_SHARED: Final = {"app.kubernetes.io/instance": "Argo CD", "app.kubernetes.io/managed-by": "Helm"}
"""Labels people use too: marks only where they are taken from the CR."""

_OWN: Final = frozenset(("managed-by", "orkestra-owner", "orkestra.io/owner"))
_OWN_PREFIX: Final = "orkestra.orkspace.io/"
_FOREIGN: Final = {
    "deployment.kubernetes.io/": "the controller of Deployments",
    "pv.kubernetes.io/": "the binder of volumes",
}

_WHOLE: Final = frozenset({("metadata", "labels"), ("metadata", "annotations")})
_OWN_STATUS: Final = ("observedGeneration", "conditions")

_HINT: Final = "leave it out; the CR carries it, and children are found by their owner"


def check_tracking_marks(checked: Checked) -> None:
    for root in checked.decoder.entry_nodes.values():
        metadata = root.get("metadata")
        for holder in (root, metadata) if isinstance(metadata, MapNode) else (root,):
            for field in ("labels", "annotations"):
                if field in holder.entries:
                    _check_map(holder.entries[field][1], checked)
    for box in checked.entries:
        if box.labels is not None:
            _check_own_labels(checked.node_at(box, "labels"), checked)
    for box in checked.boxes:
        for entry in box.entries:
            for name in ("labels", "annotations", "metadata"):
                if name in entry.fields:
                    _check_copies(entry.fields[name], checked)
        _check_status(box, checked)


def _check_map(node: Node, checked: Checked) -> None:
    for key, value in node.entries.values() if isinstance(node, MapNode) else ():
        name = key.text
        text = value.text if isinstance(value, ScalarNode) else ""
        is_copied = "{{" in text and (".metadata.labels" in text or ".metadata.annotations" in text)
        prefix = name[: name.find("/") + 1]
        if name in _TRACKING or (is_copied and name in _SHARED):
            tool = _SHARED.get(name) or _TOOLS[prefix]
            checked.report(1801, f"{name}: {tool} would take the child for its own", key.span, _HINT)
        elif prefix in _TOOLS:
            message = f"{name}: keys of {_TOOLS[prefix]} are never put on a child, so this has no effect"
            checked.report(1802, message, key.span, "leave it out, or put it on the CR")
        elif name in _OWN or prefix == _OWN_PREFIX:
            message = f"{name}: the runtime writes this itself, so what is written here has no effect"
            checked.report(1802, message, key.span, "choose another key")
        elif prefix in _FOREIGN:
            message = f"{name}: {_FOREIGN[prefix]} writes this too, and the two would never agree"
            checked.report(1803, message, key.span, "leave it out")


def _check_own_labels(node: Node | None, checked: Checked) -> None:
    """What an entry puts on its custom resources themselves, which Git applies."""
    for key, _ in node.entries.values() if isinstance(node, MapNode) else ():
        tool = _SHARED.get(key.text, "")
        if key.text in _TRACKING:
            tool = _TOOLS[key.text[: key.text.find("/") + 1]]
        if tool:
            message = f"{key.text}: {tool} writes this on what it applies, the custom resource too, and sets it back"
            checked.report(1803, message, key.span, "leave it out")


def _check_copies(value: Value, checked: Checked) -> None:
    """All labels or annotations of the CR at once bring its marks with them."""
    if _WHOLE.isdisjoint(value.paths):
        return
    for template in templates_in(value):
        for read in first_reads(template):
            if read.path in _WHOLE:
                at = template.origin.span_at(read.line, read.column, len(".".join(read.path)) + 1)
                what = read.path[1]
                message = f"all {what} of the CR at once: those of Argo CD, Flux and Helm are among them"
                checked.report(1801, message, at, f"copy the {what} you mean, one by one")


def _check_status(box: OperatorBox, checked: Checked) -> None:
    """Status fields that the runtime writes itself, for the tools that read health from them."""
    for field in box.status.fields:
        root = field.path[0]
        if root == "observedGeneration" or (root == "conditions" and box.status.conditions):
            message = f"{root}: the runtime writes this itself: health in Argo CD and Flux is read from it"
            hint = "choose another path, or conditions: false" if root == "conditions" else "choose another path"
            checked.report(1802, message, checked.span(field.position), hint)
