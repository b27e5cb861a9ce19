"""What holds where a definition is silent; a deployment may set it, by environment variables."""

from __future__ import annotations

from dataclasses import dataclass, replace

from orkestra.katalog.model import Katalog, OperatorBox


@dataclass(frozen=True, slots=True)
class Defaults:
    """As ``OperatorBox`` and its ``QueueSpec`` have them; ``resync_seconds`` 0 is never, ``max_depth`` 0 unlimited."""

    workers: int = 3
    resync_seconds: float = 30.0
    max_depth: int = 0
    failure_threshold: int = 5

    def complete(self, katalog: Katalog) -> Katalog:
        """The Katalog with these values wherever it says none."""
        return replace(katalog, boxes=tuple(self.fill(box) for box in katalog.boxes))

    def fill(self, box: OperatorBox) -> OperatorBox:
        """The box with these values wherever its definition says none."""
        unset, queue = box.unset, box.queue
        if not unset:
            return box
        max_depth = self.max_depth if "maxDepth" in unset else queue.max_depth
        threshold = self.failure_threshold if "failureThreshold" in unset else queue.failure_threshold
        return replace(
            box,
            workers=self.workers if "workers" in unset else box.workers,
            resync_seconds=self.resync_seconds if "resync" in unset else box.resync_seconds,
            queue=replace(queue, max_depth=max_depth, failure_threshold=threshold),
        )
