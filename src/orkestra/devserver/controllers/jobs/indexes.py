"""Completion indexes as ``status.completedIndexes`` writes them: ``1,3-5,7``."""

from __future__ import annotations

from collections.abc import Iterable

from orkestra.k8s.objects import Object, annotations_of

INDEX = "batch.kubernetes.io/job-completion-index"
MOST_INDEXES = 100_000


def parse_indexes(text: object) -> set[int]:
    """What is no index is passed over: the status may have been edited."""
    found: set[int] = set()
    for part in text.split(",") if isinstance(text, str) else ():
        first, _, last = part.partition("-")
        if first.isdigit() and (last or first).isdigit():
            found.update(range(int(first), min(int(last or first), int(first) + MOST_INDEXES) + 1))
    return found


def format_indexes(indexes: Iterable[int]) -> str:
    """Runs of three and more become ranges."""
    parts: list[str] = []
    run: list[int] = []
    for index in [*sorted(set(indexes)), None]:
        if run and index == run[-1] + 1:
            run.append(index)
            continue
        if len(run) > 2:
            parts.append(f"{run[0]}-{run[-1]}")
        else:
            parts.extend(map(str, run))
        run = [] if index is None else [index]
    return ",".join(parts)


def index_of(pod: Object) -> int | None:
    text = annotations_of(pod).get(INDEX)
    return int(text) if isinstance(text, str) and text.isdigit() and len(text) < 10 else None
