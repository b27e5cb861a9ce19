"""Fields that load but do nothing where they stand."""

from __future__ import annotations

import re

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.model import OperatorBox, ResourceEntry
from orkestra.katalog.source.nodes import MapNode


def check_ineffective_fields(checked: Checked) -> None:
    for box in checked.boxes:
        _check_former_kinds(box, checked)
        for block, is_kept_in_line in ((box.on_create, False), (box.on_reconcile, True)):
            for entry in block.entries:
                _check_entry(entry, is_kept_in_line or entry.reconcile, checked)


def _check_former_kinds(box: OperatorBox, checked: Checked) -> None:
    made = sorted({entry.kind for entry in box.entries} & {*box.former_kinds})
    written = checked.nodes[box.name].get("operatorBox") if made and box.name in checked.nodes else None
    if isinstance(written, MapNode) and "formerKinds" in written.entries:
        message = f"formerKinds: {made[0]} is among what {box.name} makes"
        checked.report(1502, message, written.entries["formerKinds"][0].span)


def _check_entry(entry: ResourceEntry, is_kept_in_line: bool, checked: Checked) -> None:
    root = checked.decoder.entry_nodes[entry.id]
    for keys, why in _findings(entry, is_kept_in_line, frozenset(root.entries)):
        node: MapNode | None = root
        for key in keys[:-1]:
            child = node.get(key) if node else None
            node = child if isinstance(child, MapNode) else None
        is_meant = "needs" in why and not checked.decoder.misspelt.isdisjoint(("once", "tls"))
        if node is not None and keys[-1] in node.entries and not is_meant:
            checked.report(1502, f"{keys[-1]}: {why}", node.entries[keys[-1]][0].span)


def _findings(
    entry: ResourceEntry, is_kept_in_line: bool, written: frozenset[str]
) -> list[tuple[tuple[str, ...], str]]:
    found: list[tuple[tuple[str, ...], str]] = []
    if entry.kind == "jobs" and entry.reconcile:
        found.append((("reconcile",), "Jobs are only created; Kubernetes does not let them change"))
    if entry.kind == "statefulSets":
        found.append((("rollingUpdate", "maxSurge"), "a StatefulSet never has more pods than wanted"))
    if entry.kind == "replicaSets":
        found.append((("rollingUpdate",), "a ReplicaSet does not replace its pods; a Deployment does"))
    if entry.kind == "secrets":
        if "once" not in written and "tls" not in written:
            found.append((("rotateAfter",), "needs once: true"))
        elif is_kept_in_line and "tls" not in written:
            found.append((("once",), "ignored where the Secret is kept in line (onReconcile, reconcile: true)"))
            found.append((("rotateAfter",), "needs a Secret that is only created"))
        if "tls" in written:
            found += [(("data",), "ignored beside tls"), (("type",), "ignored beside tls")]
    if entry.kind == "networkPolicies" and "profile" in written:
        found += [((row,), "the profile beside it says that") for row in ("ingress", "egress", "policyTypes")]
    if entry.kind == "resourceQuotas" and "hard" in written:
        found.append((("profile",), "hard beside it says that"))
    if "fromNamespace" in written and not any(re.fullmatch("from[A-Z].*", key) for key in written - {"fromNamespace"}):
        found.append((("fromNamespace",), "nothing is copied: name the object to copy beside it"))
    if "toNamespaces" in written and entry.namespace is not None:
        found.append((("namespace",), "ignored beside toNamespaces"))
    return found
