"""Where every value of a merged tree came from.

A node knows its file and place. What it does not know is kept here: who brought the file in, and what a value took the
place of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from orkestra.katalog.position import Position
from orkestra.katalog.source.nodes import Node

Means = Literal["import", "include", "motif"]


@dataclass(frozen=True, slots=True)
class Step:
    """One file brought into another: by which means, where that is written, and as what (``imports.files[0]``)."""

    means: Means
    file: str
    at: Position
    what: str


@dataclass(slots=True)
class Trail:
    """``steps``: every bringing of a file, in order. ``replaced``: id of a node -> it, and what it replaced."""

    steps: list[Step] = field(default_factory=list)
    replaced: dict[int, tuple[Node, Node]] = field(default_factory=dict)
    motifs: dict[str, str] = field(default_factory=dict)
    """Name of a Motif in the merged tree -> its file."""

    def add(self, step: Step) -> None:
        if step not in self.steps:
            self.steps.append(step)

    def via(self, file: str) -> Step | None:
        """How a file came in, the first time."""
        return next((step for step in self.steps if step.file == file), None)

    def origin(self, node: Node) -> str:
        """``base.yaml:3:5 (imports.files[0])`` and what the value overrides, in one line."""
        text = str(position_of(node))
        step = self.via(node.source.name)
        if step is not None:
            text += f" ({step.what})"
        before = [str(place) for place in self.places_overridden(node)]
        return f"{text} overrides {', '.join(before)}" if before else text

    def places_overridden(self, node: Node) -> list[Position]:
        return [position_of(each) for each in self.overridden(node)]

    def overridden(self, node: Node) -> Iterator[Node]:
        """What the value took the place of, the latest first."""
        found = self.replaced.get(id(node))
        while found is not None:
            yield found[1]
            found = self.replaced.get(id(found[1]))


def position_of(node: Node) -> Position:
    return Position(node.source.name, node.start.line + 1, node.start.column + 1)
