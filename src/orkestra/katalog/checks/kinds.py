"""Which objects an entry may take: built-in kinds need a selector, two entries of one kind must be parted."""

from __future__ import annotations

from orkestra.k8s.selectors import LabelSelector, Requirement
from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.model import OperatorBox


def check_builtin_selectors(checked: Checked) -> None:
    for box in checked.entries:
        if checked.identities[box.name].is_builtin and not box.label_selector:
            node = checked.nodes[box.name].get("labelSelector")
            if node is not None and box.label_selector is None:
                continue  # written, wrong, and reported
            at = checked.span(box.position)
            message = f"{box.name}: a labelSelector is required for the built-in kind {box.gvk.kind}"
            hint = f"without one, every {box.gvk.kind} of the cluster would be managed"
            checked.report(1205, message, at, hint)


def check_shared_kinds(checked: Checked) -> None:
    enabled = [box for box in checked.entries if box.enabled]
    groups: dict[tuple[str, str], list[OperatorBox]] = {}
    for box in enabled:
        groups.setdefault((box.gvk.group, box.gvk.kind), []).append(box)
    for sharing in groups.values():
        for n, box in enumerate(sharing):
            clash = next((other for other in sharing[:n] if not are_parted(other, box)), None)
            if clash is not None:
                place = checked.decoder.related(checked.span(clash.position), f"{clash.name} is here")
                message = f"{box.name} and {clash.name} operate the same {box.gvk.kind} objects"
                hint = "part them with labelSelector or namespaces"
                checked.report(1204, message, checked.span(box.position), hint, (place,))


def check_reach(checked: Checked) -> None:
    """Entries that no object can belong to."""
    for box in checked.entries:
        selector = box.label_selector or LabelSelector()
        node = checked.nodes[box.name]
        for key, why in (
            ("labelSelector", "no object can meet all of it" if _exclude(selector, selector) else ""),
            ("namespace", _unreachable_namespace(box)),
            ("allowedNamespaces", _unscoped(box) if box.allowed_namespaces else ""),
        ):
            if why and key in node.entries:
                checked.report(1220, f"{key}: {why}, so {box.name} never has anything to do", node.entries[key][0].span)


def _unreachable_namespace(box: OperatorBox) -> str:
    name = box.namespace
    if not name:
        return ""
    if name in box.restricted_namespaces:
        return f"{name} is among restrictedNamespaces"
    if box.allowed_namespaces and name not in box.allowed_namespaces:
        return f"{name} is not among allowedNamespaces"
    return _unscoped(box)


def _unscoped(box: OperatorBox) -> str:
    return f"{box.gvk.kind} is cluster-scoped" if box.namespaced is False else ""


def are_parted(first: OperatorBox, second: OperatorBox) -> bool:
    """Whether no object can belong to both, as far as selectors and namespaces prove it."""
    mine, theirs = _namespaces(first), _namespaces(second)
    if mine and theirs and not mine & theirs:
        return True
    if (mine and mine <= second.restricted_namespaces) or (theirs and theirs <= first.restricted_namespaces):
        return True
    return _exclude(first.label_selector or LabelSelector(), second.label_selector or LabelSelector())


def _namespaces(box: OperatorBox) -> frozenset[str]:
    return frozenset((box.namespace,)) if box.namespace else box.allowed_namespaces


def _exclude(first: LabelSelector, second: LabelSelector) -> bool:
    return any(
        mine.key == theirs.key and (_contradict(mine, theirs) or _contradict(theirs, mine))
        for mine in first.requirements
        for theirs in second.requirements
    )


def _contradict(mine: Requirement, theirs: Requirement) -> bool:
    match mine.operator, theirs.operator:
        case "In", "In":
            return not set(mine.values) & set(theirs.values)
        case "In", "NotIn":
            return set(mine.values) <= set(theirs.values)
        case (("In" | "Exists"), "DoesNotExist"):
            return True
    return False
