"""Webhooks that could lock the cluster: while nobody answers, they refuse what the cluster needs to come back."""

from __future__ import annotations

from typing import Final

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.model import OperatorBox
from orkestra.katalog.source.nodes import MapNode, Node, ScalarNode

_SYSTEM: Final = "kube-system"
_HINT: Final = "write failurePolicy: Ignore, or keep the entry to namespaces of its own"


def check_webhooks(checked: Checked) -> None:
    security = checked.root.get("security") if checked.root is not None else None
    if not isinstance(security, MapNode):
        return
    builtin = [box for box in checked.entries if box.enabled and checked.identities[box.name].is_builtin]
    webhooks, guard = security.get("webhooks"), security.get("namespaceProtection")
    if isinstance(webhooks, MapNode) and is_admission_on(checked) and _fails(webhooks):
        for box in builtin:
            if _is_admitted(box) and _is_everywhere(box):
                at = checked.span(box.position)
                kind = box.gvk.kind
                message = f"{box.name}: while the gateway is away, no {kind} could be written, not even in {_SYSTEM}"
                checked.report(1705, message, at, _HINT)
    if isinstance(guard, MapNode) and _is_on(guard) and _fails(guard) and builtin and _shuts_out_system(guard):
        key = "allowedNamespaces" if "allowedNamespaces" in guard.entries else "restrictedNamespaces"
        kinds = ", ".join(sorted({box.gvk.kind for box in builtin}))
        message = f"namespaceProtection: {kinds} of {_SYSTEM} would be refused, and the cluster runs on them"
        hint = f"let {_SYSTEM} in"
        checked.report(1705, message, guard.entries[key][0].span, hint)
    deletion = security.get("deletionProtection")
    if isinstance(deletion, MapNode) and _is_on(deletion) and _is_strict(deletion) and _fails(deletion):
        message = "strictMode: once the gateway is gone, nobody can delete what it guards, nor take the label away"
        hint = "write cleanupOnShutdown: true, or failurePolicy: Ignore"
        checked.report(1706, message, deletion.entries["strictMode"][0].span, hint)


def is_admission_on(checked: Checked) -> bool:
    """Whether the Katalog has admission webhooks."""
    security = checked.root.get("security") if checked.root is not None else None
    webhooks = security.get("webhooks") if isinstance(security, MapNode) else None
    return isinstance(webhooks, MapNode) and _is_on(webhooks.get("admission"))


def _is_on(node: Node | None) -> bool:
    return isinstance(node, MapNode) and _is_true(node.get("enabled"))


def _is_true(node: Node | None) -> bool:
    return isinstance(node, ScalarNode) and node.value is True


def _fails(node: MapNode) -> bool:
    policy = node.get("failurePolicy")
    return not isinstance(policy, ScalarNode) or policy.text != "Ignore"


def _is_strict(node: MapNode) -> bool:
    return _is_true(node.get("strictMode")) and not _is_true(node.get("cleanupOnShutdown"))


def _is_admitted(box: OperatorBox) -> bool:
    return box.validation is not None or box.mutation is not None


def _is_everywhere(box: OperatorBox) -> bool:
    return not box.namespace and not box.allowed_namespaces and _SYSTEM not in box.restricted_namespaces


def _shuts_out_system(guard: MapNode) -> bool:
    names = {
        key: {item.text for item in getattr(guard.get(key), "items", [guard.get(key)]) if isinstance(item, ScalarNode)}
        for key in ("allowedNamespaces", "restrictedNamespaces")
    }
    return (bool(names["allowedNamespaces"]) and _SYSTEM not in names["allowedNamespaces"]) or (
        _SYSTEM in names["restrictedNamespaces"]
    )
