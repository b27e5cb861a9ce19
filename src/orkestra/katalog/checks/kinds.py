"""Which objects an entry may take: built-in kinds need a selector, two entries of one kind must be parted."""

from __future__ import annotations

from collections.abc import Mapping

from orkestra.k8s.selectors import LabelSelector, Requirement
from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.checks.duplicates import child_of, name_of
from orkestra.katalog.model import OperatorBox, ResourceEntry
from orkestra.katalog.schema.kinds import BY_KEY
from orkestra.katalog.values import Constant, MapValue, Value


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


def check_own_kind(checked: Checked) -> None:
    """Children that are objects of the box themselves, and so get children of their own, without end."""
    for box in checked.boxes:
        if box.conditions is not None or not box.enabled:
            continue
        for block in (box.on_create, box.on_reconcile):
            for entry in block.entries:
                if entry.conditions is None and entry.for_each is None and block.conditions is None:
                    _check_own_kind(entry, checked.entry_of(box), checked)


def _check_own_kind(entry: ResourceEntry, box: OperatorBox, checked: Checked) -> None:
    if entry.kind != "custom" and BY_KEY[entry.kind].kind != box.gvk.kind:
        return
    if entry.kind != "custom" and BY_KEY[entry.kind].kind != box.gvk.kind:
        return
    child = child_of(entry, box)
    if child is None or (child.group, child.kind) != (box.gvk.group, box.gvk.kind):
        return
    labels = _labels_of(entry)
    if not all(_meets(labels, requirement) for requirement in (box.label_selector or LabelSelector()).requirements):
        return
    if box.field_selector is not None or not _reaches(child.namespace, box):
        return
    message = f"{entry.kind}: each {child.kind} would make another one, and that one too, without end"
    hint = "part them: a labelSelector on the entry that the child does not meet, or a when that the child fails"
    checked.report(1224, message, checked.key_span(entry, "metadata" if entry.kind == "custom" else "name"), hint)


def _labels_of(entry: ResourceEntry) -> Mapping[str, Value]:
    """Labels of a child by name, as far as the file fixes the names."""
    value = entry.fields.get("labels")
    metadata = entry.fields.get("metadata")
    if isinstance(metadata, MapValue):
        named = {str(key): item for key, item in metadata.entries}
        value = named.get("labels")
    if isinstance(value, MapValue):
        return {str(key): item for key, item in value.entries}
    found = value.value if isinstance(value, Constant) else None
    if found is None and isinstance(metadata, Constant) and isinstance(metadata.value, dict):
        found = metadata.value.get("labels")
    return {key: Constant(text) for key, text in found.items()} if isinstance(found, dict) else {}


def _meets(labels: Mapping[str, Value], requirement: Requirement) -> bool:
    """Whether a child certainly meets a requirement."""
    value = labels.get(requirement.key)
    if value is None:
        return requirement.operator in ("NotIn", "DoesNotExist")
    if requirement.operator in ("Exists", "DoesNotExist"):
        return requirement.operator == "Exists"
    return isinstance(value, Constant) and (str(value.value) in requirement.values) == (requirement.operator == "In")


def _reaches(namespace: str, box: OperatorBox) -> bool:
    """Whether the box looks into the namespace of its child for certain."""
    own = not namespace or "{{" in namespace
    if own or namespace == box.namespace:
        return "{{" not in namespace or name_of(namespace) == "{{.metadata.namespace}}"
    return not box.namespace and not box.allowed_namespaces and namespace not in box.restricted_namespaces


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
