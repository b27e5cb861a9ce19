"""Sentinels: the words by which gates ask what changed."""

from __future__ import annotations

from typing import Final

SENTINELS: Final = (
    "generationChanged", "labelsChanged", "annotationsChanged", "deletionStarted", "finalizersChanged", "nameChanged",
    "namespaceChanged", "generateNameChanged", "uidChanged", "resourceVersionChanged", "creationTimestampChanged",
    "deletionGracePeriodSecondsChanged", "ownerReferenceChanged", "managedFieldsChanged",
)  # fmt: skip
"""What can have changed, each "true" or "false"; functions of templates inside gates."""
SENTINEL_HINT: Final = (
    "ask in enqueueGate or reconcileGate of operatorBox.preReconcile, and list it under sentinels there"
)


def outside_gates(name: str) -> str:
    """Why a sentinel cannot be asked where no gate is."""
    return f"{name} is a sentinel: it says what changed since the object was last seen, which only gates are told"
