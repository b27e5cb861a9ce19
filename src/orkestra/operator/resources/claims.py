"""``persistentVolumeClaims`` and ``persistentVolumes`` -> v1."""

from __future__ import annotations

from orkestra.k8s.objects import Object
from orkestra.katalog.schema.claims import ACCESS_MODES
from orkestra.operator.resources import fields as f

_NO_CLASS = "-"


def claim(fields: f.Fields, cx: f.ChildContext) -> Object:
    size = f.as_quantity(f.required_text(fields, "storage"), "storage")
    spec: Object = {
        "accessModes": _modes(fields),
        "resources": {"requests": {"storage": size}},
        "volumeMode": f.text(fields, "volumeMode", "Filesystem"),
        **_class(fields),
    }
    if volume := f.text(fields, "volumeName"):
        spec["volumeName"] = volume
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": f.described(fields), "spec": spec}


def volume(fields: f.Fields, cx: f.ChildContext) -> Object:
    size = f.as_quantity(f.required_text(fields, "capacity"), "capacity")
    spec: Object = {
        "accessModes": _modes(fields),
        "capacity": {"storage": size},
        "persistentVolumeReclaimPolicy": f.text(fields, "reclaimPolicy", "Retain"),
        **_class(fields),
    }
    if driver := f.text(fields, "csiDriver"):
        spec["csi"] = {"driver": driver, "volumeHandle": f.required_text(fields, "csiVolumeHandle")}
    else:
        place = f.mapping(fields, "hostPath")
        if not place:
            raise f.FieldError("csiDriver", "a driver, or hostPath in its place", "")
        spec["hostPath"] = f.compact({"path": f.required_text(place, "path"), "type": f.text(place, "type")})
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": f.described(fields), "spec": spec}


def _modes(fields: f.Fields) -> list[str]:
    modes = [ACCESS_MODES.get(mode, mode) for mode in f.texts(fields, "accessModes")]
    return modes or ["ReadWriteOnce"]


def _class(fields: f.Fields) -> dict[str, str]:
    """ "-" is no class at all, which Kubernetes writes as empty text: a template that renders empty must mean less."""
    name = f.text(fields, "storageClassName")
    return {"storageClassName": "" if name == _NO_CLASS else name} if name else {}
