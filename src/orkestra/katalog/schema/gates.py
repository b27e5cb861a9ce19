"""Rows of ``preReconcile``: what lets a key into the queue, and a reconcile begin."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from orkestra.katalog.parts.gates import Gate, PreReconcile, ReconcileGate
from orkestra.katalog.schema.blocks import Field
from orkestra.katalog.schema.conditions import condition_fields
from orkestra.katalog.schema.containers import ListOf
from orkestra.katalog.schema.decoder import Decoder, Language
from orkestra.katalog.schema.lazy import EXTERNAL
from orkestra.katalog.schema.records import Record
from orkestra.katalog.schema.scalars import Choice, Flag
from orkestra.katalog.sentinels import SENTINELS
from orkestra.katalog.source.nodes import Node
from orkestra.template import Function

_FUNCTIONS: Final = {
    name: Function(name, "sentinels", f"{name}()", "Whether it changed.", "", "", None, 0, 0) for name in SENTINELS
}


class GateBlock(Record):
    """A gate: templates in it may call the sentinels."""

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        functions = {**decoder.functions, **_FUNCTIONS}
        return super().decode(node, replace(decoder, language=Language(functions, decoder.presets)), where)


_GATE_ROWS: Final = (
    Field("external", EXTERNAL, "calls the conditions may look at", (), tier="W"),
    Field("sentinels", ListOf(Choice(*SENTINELS)), "one of these must have changed", (), tier="W"),
    *condition_fields("the gate is open"),
    Field("failPolicy", Choice("open", "closed"), "what the gate is when a call fails", "open", tier="W"),
)

ENQUEUE_GATE: Final = GateBlock(
    Gate, "enqueueGate", _GATE_ROWS, doc="What is not let through is never queued, and nothing tells of it."
)
RECONCILE_GATE: Final = GateBlock(
    ReconcileGate,
    "reconcileGate",
    (*_GATE_ROWS, Field("eventAware", Flag(), "keys of different events wait side by side", False, tier="W")),
    doc="What is not let through is shown as gated; it is no failure.",
)

PRE_RECONCILE: Final = Record(
    PreReconcile,
    "preReconcile",
    (
        Field("external", EXTERNAL, "calls both gates may look at", (), tier="W"),
        Field("sentinels", ListOf(Choice(*SENTINELS)), "the changes gates may ask about", (), tier="W"),
        Field("enqueueGate", ENQUEUE_GATE, "before a key is queued", tier="W"),
        Field("reconcileGate", RECONCILE_GATE, "before a reconcile begins", tier="W"),
    ),
    doc="What happens before a reconcile.",
)
