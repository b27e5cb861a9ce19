"""The registry of ``observe/metrics.py`` -> docs/conditions.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orkestra.observe.metrics import Metrics
from reference.markdown import code, table


@dataclass(frozen=True, slots=True)
class Metric:
    name: str
    type: str
    labels: tuple[str, ...]
    text: str


def metrics() -> Iterator[Metric]:
    """Every metric of the runtime, by the name it has in a scrape."""
    for value in vars(Metrics(with_process=False)).values():
        described = list(value.describe()) if hasattr(value, "describe") and hasattr(value, "_labelnames") else []
        for family in described:
            name = f"{family.name}_total" if family.type == "counter" else family.name
            yield Metric(name, family.type, tuple(value._labelnames), family.documentation)


def lines() -> list[str]:
    rows = [
        (code(found.name), found.type, ", ".join(code(label) for label in found.labels), found.text)
        for found in sorted(metrics(), key=lambda found: found.name)
    ]
    return table(("Metric", "Type", "Labels", "Meaning"), rows)
