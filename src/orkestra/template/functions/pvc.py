"""PersistentVolumeClaims, given themselves or as ``_pvc``, with their ``_pv`` and ``_storageClass``."""

from __future__ import annotations

from typing import Any, Final

from orkestra.template.functions.function import Domain
from orkestra.template.functions.objectfields import Fields, field_of, map_at, object_of, text_at, texts_at

PVC: Final = Domain("pvc", [])
function = PVC.function

_PROVISIONERS: Final = (
    "volume.kubernetes.io/storage-provisioner",
    "volume.beta.kubernetes.io/storage-provisioner",
)


def _claim(o: Any) -> Fields:
    found = object_of(o)
    return map_at(found, "_pvc") if "_pvc" in found else found


def _class(o: Any) -> Any:
    return field_of(object_of(o), "_storageClass") or field_of(_claim(o), "_storageClass")


@function("pvcBound(o) bool", "Whether the claim has its volume.", "{{ pvcBound .children.pvc }}", "true")
def pvc_bound(o: Any) -> bool:
    return pvc_phase(o) == "Bound"


@function("pvcPhase(o) string", "Pending, Bound or Lost.", "{{ pvcPhase .children.pvc }}", "Bound")
def pvc_phase(o: Any) -> str:
    return text_at(_claim(o), "status", "phase")


@function("pvcCapacity(o) string", "The size of its volume.", "{{ pvcCapacity .children.pvc }}", "10Gi")
def pvc_capacity(o: Any) -> str:
    return text_at(_claim(o), "status", "capacity", "storage")


@function("pvcStorageClass(o) string", "The name of its storage class.", "{{ pvcStorageClass .children.pvc }}", "fast")
def pvc_storage_class(o: Any) -> str:
    return text_at(_claim(o), "spec", "storageClassName")


@function(
    "pvcAccessModes(o) list",
    "How its volume may be mounted: as it is, or as it was asked for.",
    "{{ pvcAccessModes .children.pvc }}",
    "[ReadWriteOnce]",
)
def pvc_access_modes(o: Any) -> list[str]:
    claim = _claim(o)
    return texts_at(claim, "status", "accessModes") or texts_at(claim, "spec", "accessModes")


@function(
    "pvcProvisioner(o) string",
    "Who made its volume: by its annotation, that of _pv, or its storage class.",
    "{{ pvcProvisioner .children.pvc }}",
    "ebs.csi.aws.com",
)
def pvc_provisioner(o: Any) -> str:
    claim = _claim(o)
    named = [text_at(claim, "metadata", "annotations", key) for key in _PROVISIONERS]
    for volume in (field_of(object_of(o), "_pv"), field_of(claim, "_pv")):
        named.append(text_at(volume, "metadata", "annotations", "pv.kubernetes.io/provisioned-by"))
    return next(filter(None, named), "") or pvc_storage_class_provisioner(o)


@function(
    "pvcVolumeMode(o) string",
    "Filesystem, which is Kubernetes' default, or Block.",
    "{{ pvcVolumeMode .children.pvc }}",
    "Filesystem",
)
def pvc_volume_mode(o: Any) -> str:
    claim = _claim(o)
    return text_at(claim, "spec", "volumeMode") or ("Filesystem" if claim else "")


@function(
    "pvcStorageClassProvisioner(o) string",
    "The provisioner of _storageClass.",
    "{{ pvcStorageClassProvisioner .children.pvc }}",
    "ebs.csi.aws.com",
)
def pvc_storage_class_provisioner(o: Any) -> str:
    return text_at(_class(o), "provisioner")


@function(
    "pvcStorageClassReclaimPolicy(o) string",
    "What _storageClass does with a volume that is let go: Delete or Retain.",
    "{{ pvcStorageClassReclaimPolicy .children.pvc }}",
    "Delete",
)
def pvc_storage_class_reclaim_policy(o: Any) -> str:
    return text_at(_class(o), "reclaimPolicy")
