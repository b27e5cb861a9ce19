"""The roots a template can name, and where."""

from __future__ import annotations

from typing import Final

ROOTS: Final = frozenset(
    (
        "apiVersion",
        "kind",
        "metadata",
        "spec",
        "status",
        "children",
        "external",
        "cross",
        "health",
        "metrics",
        "request",
    )
)
"""Known everywhere."""

LOOP_ROOTS: Final = ("item", "value", "index")
"""Known inside forEach, beside its ``as`` name."""

ELSEWHERE: Final = {
    "inputs": "inputs are known in a Motif only",
    "events": "there are no observe.events in this operatorBox",
}
"""Roots of other places, and what to say about them."""
