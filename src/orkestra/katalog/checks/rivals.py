"""Fields that two writers want: each sets back what the other sets, for ever."""

from __future__ import annotations

from typing import Final

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.checks.duplicates import child_of, name_of
from orkestra.katalog.checks.webhooks import is_admission_on
from orkestra.katalog.model import OperatorBox, ResourceEntry
from orkestra.katalog.source.nodes import MapNode, Node, ScalarNode

_SCALABLE: Final = {"deployments": "Deployment", "statefulSets": "StatefulSet", "replicaSets": "ReplicaSet"}
_REPLICAS: Final = ("spec", "replicas")


def check_rivals(checked: Checked) -> None:
    for box in checked.boxes:
        scaled = _scaled(box, checked)
        for entry in box.entries:
            child = child_of(entry, box) if scaled and entry.kind in _SCALABLE else None
            scaler = scaled.get((_SCALABLE[entry.kind], child.name)) if child is not None else None
            if scaler is None:
                continue
            node = checked.decoder.entry_nodes[entry.id]
            if "replicas" in node.entries and not _is_left_alone(entry):
                place = checked.decoder.related(checked.span(scaler.position), f"{scaler.id} is here")
                message = f"replicas: {scaler.id} scales the same {_SCALABLE[entry.kind]}, and each undoes the other"
                at = checked.key_span(entry, "replicas")
                checked.report(1803, message, at, "write drift: {ignore: [spec.replicas]}", (place,))
        if is_admission_on(checked):
            _check_overrides(box, checked)


def _is_left_alone(entry: ResourceEntry) -> bool:
    return any(path == _REPLICAS for path in entry.drift.ignore) or entry.drift.mode == "report"


def _scaled(box: OperatorBox, checked: Checked) -> dict[tuple[str, str], ResourceEntry]:
    """(kind, name) of what autoscalers of other makes scale -> the autoscaler. An ``hpa`` is known to the runtime."""
    found: dict[tuple[str, str], ResourceEntry] = {}
    for entry in box.entries:
        node = checked.decoder.entry_nodes[entry.id] if entry.kind == "custom" else None
        spec = node.get("spec") if node is not None and _text(node.get("kind")) == "ScaledObject" else None
        target = spec.get("scaleTargetRef") if isinstance(spec, MapNode) else None
        if isinstance(target, MapNode):
            found[_text(target.get("kind")) or "Deployment", name_of(_text(target.get("name")))] = entry
    return found


def _text(node: Node | None) -> str:
    return node.text if isinstance(node, ScalarNode) else ""


def _check_overrides(box: OperatorBox, checked: Checked) -> None:
    """A mutation that replaces what Git says: whoever applies from Git sees a difference that never goes away."""
    for rule in box.mutation.rules if box.mutation is not None else ():
        if rule.override is not None and rule.field[0] == "spec" and rule.conditions is None:
            field = ".".join(rule.field)
            message = f"override: {field} is never what Git says, so Argo CD and Flux set it back without end"
            hint = "write default, which fills what is absent, or refuse other values under validation"
            checked.report(1804, message, checked.span(rule.field_position), hint)
