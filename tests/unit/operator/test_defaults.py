"""YAML > environment > default."""

from __future__ import annotations

import pytest

from orkestra.katalog import load_text, render
from orkestra.katalog.model import OperatorBox, QueueSpec
from orkestra.operator.defaults import Defaults

SET = Defaults(workers=7, resync_seconds=70.0, max_depth=77, failure_threshold=9)


def box(reconciler: str) -> OperatorBox:
    text = f"""
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {{name: t}}
spec:
  crds:
    site:
      apiTypes: {{group: demo.io, version: v1, kind: Site, plural: sites}}
      {reconciler}
"""
    katalog, findings = load_text(text)
    assert katalog is not None, render(findings)
    return katalog.boxes[0]


@pytest.mark.parametrize(
    ("reconciler", "workers", "resync", "depth", "threshold"),
    [
        ("", 7, 70.0, 77, 9),
        ("operatorBox: {reconciler: {workers: 2}}", 2, 70.0, 77, 9),
        (
            "operatorBox: {reconciler: {workers: 3, resync: 30s, queue: {maxDepth: 0, failureThreshold: 5}}}",
            3,
            30,
            0,
            5,
        ),
        ("operatorBox: {reconciler: {queue: {maxDepth: 4}}}", 7, 70.0, 4, 9),
        ("operatorBox: {reconciler: {profile: development}}", 1, 30.0, 50, 9),
    ],
)
def test_what_the_definition_says_wins(
    reconciler: str, workers: int, resync: float, depth: int, threshold: int
) -> None:
    filled = SET.fill(box(reconciler))
    assert (filled.workers, filled.resync_seconds, filled.queue) == (workers, resync, QueueSpec(depth, threshold))


def test_defaults_are_those_of_the_language() -> None:
    silent = box("")
    assert Defaults().fill(silent) == silent
