"""Gates ask about changes that are computed, and say what a failed call means."""

from __future__ import annotations

import re

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.diagnostics.finding import Span
from orkestra.katalog.model import OperatorBox
from orkestra.katalog.parts.gates import Gate, ReconcileGate
from orkestra.katalog.parts.walk import evaluated_in, gates_of
from orkestra.katalog.sentinels import SENTINELS
from orkestra.katalog.source.nodes import ListNode, MapNode, ScalarNode
from orkestra.katalog.suggest import hint_for
from orkestra.katalog.values import TemplateValue, Value
from orkestra.katalog.walk import templates_in, values_of

_LIST: str = "operatorBox.preReconcile.sentinels"


def check_gates(box: OperatorBox, checked: Checked) -> None:
    listed = box.pre_reconcile.sentinels if box.pre_reconcile is not None else ()
    for path, gate in gates_of(box):
        node = checked.node_at(box, *path)
        _check_shorthand(node, listed, checked)
        _check_conditions(gate, listed, checked)
        if gate.external and isinstance(node, MapNode) and "failPolicy" not in node.entries:
            message = f"{path[-1]}: nothing says what a failed call means; the gate is then open"
            checked.report(1511, message, node.entries["external"][0].span, "write failPolicy: open or closed")


def _check_shorthand(node: object, listed: tuple[str, ...], checked: Checked) -> None:
    names = node.get("sentinels") if isinstance(node, MapNode) else None
    for item in names.items if isinstance(names, ListNode) else ():
        if isinstance(item, ScalarNode) and item.text in SENTINELS and item.text not in listed:
            checked.report(1211, _message(item.text), item.span, lambda: hint_for("", listed) or _way_out())


def _check_conditions(gate: Gate | ReconcileGate, listed: tuple[str, ...], checked: Checked) -> None:
    for condition in gate.conditions or ():
        if condition.path and condition.path[0] in SENTINELS and condition.path[0] not in listed:
            checked.report(1211, _message(condition.path[0]), checked.span(condition.place), _way_out())
        for value in values_of(condition):
            _check_value(value, listed, checked)
    for call in gate.external:
        for found in evaluated_in(call):
            if isinstance(found, Value):
                _check_value(found, listed, checked)


def _check_value(value: Value, listed: tuple[str, ...], checked: Checked) -> None:
    for template in templates_in(value):
        for name in sorted(template.functions_used & frozenset(SENTINELS)):
            if name not in listed:
                checked.report(1211, _message(name), _call_of(name, template), _way_out())


def _call_of(name: str, template: TemplateValue) -> Span:
    """Where a template first names a function."""
    found = re.search(rf"\b{name}\b", template.text)
    before = template.text[: found.start()] if found else ""
    column = len(before) - before.rfind("\n")
    return template.origin.span_at(before.count("\n") + 1, column, len(name) if found else 1)


def _message(name: str) -> str:
    return f"{name} is not among the sentinels that are computed"


def _way_out() -> str:
    return f"list it under {_LIST}"
