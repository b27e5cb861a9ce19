"""Rows of persistent volumes and the claims to them."""

from __future__ import annotations

from typing import Final

from orkestra.katalog.schema.blocks import Field
from orkestra.katalog.schema.containers import ListOf
from orkestra.katalog.schema.pods import HOST_PATH
from orkestra.katalog.schema.scalars import Choice
from orkestra.katalog.schema.shared import TEXT

ACCESS_MODES: Final = {
    "RWO": "ReadWriteOnce",
    "ROX": "ReadOnlyMany",
    "RWX": "ReadWriteMany",
    "RWOP": "ReadWriteOncePod",
}
"""Short name -> Kubernetes' own; both are taken."""

_MODES: Final = ListOf(Choice(*ACCESS_MODES.values(), *ACCESS_MODES, templated=True))
_CLASS: Final = Field("storageClassName", TEXT, 'the storage class; the default one unless given, none with "-"')

CLAIM: Final = (
    Field("storage", TEXT, "how much", required=True),
    _CLASS,
    Field("accessModes", _MODES, "how it may be mounted: full or short names", "ReadWriteOnce"),
    Field("volumeMode", Choice("Filesystem", "Block", templated=True), "files or a device", "Filesystem"),
    Field("volumeName", TEXT, "the one volume to bind"),
)

VOLUME: Final = (
    Field("capacity", TEXT, "how much it holds", required=True),
    _CLASS,
    Field("accessModes", _MODES, "how it may be mounted: full or short names", "ReadWriteOnce"),
    Field(
        "reclaimPolicy",
        Choice("Retain", "Delete", "Recycle", templated=True),
        "what becomes of it when its claim goes",
        "Retain",
    ),
    Field("hostPath", HOST_PATH, "a path of the node, or a map with path and type"),
    Field("csiDriver", TEXT, "the CSI driver that provides it; with csiVolumeHandle"),
    Field("csiVolumeHandle", TEXT, "the volume's name at the driver"),
)
VOLUME_EXCLUSIVE: Final = (("hostPath", "csiDriver"), ("hostPath", "csiVolumeHandle"))
VOLUME_ONE_OF: Final = (("hostPath", "csiDriver"),)
