"""Rows of volumes, claims and classes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from orkestra.devserver.tables.cells import UNSET, age, name_of_row, spec_of, status_of, text_of
from orkestra.k8s.objects import Object

Row = list[Any]

_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}


def _modes(modes: Iterable[str] | None) -> str:
    given = set(modes or ())
    return ",".join(short for mode, short in _MODES.items() if mode in given)


def claim(obj: Object, now: datetime) -> Row:
    spec, status = spec_of(obj), status_of(obj)
    phase = "Terminating" if obj["metadata"].get("deletionTimestamp") else status.get("phase", "")
    bound = bool(spec.get("volumeName"))
    return [
        name_of_row(obj),
        phase,
        spec.get("volumeName", ""),
        (status.get("capacity") or {}).get("storage", "") if bound else "",
        _modes(status.get("accessModes")) if bound else "",
        spec.get("storageClassName", ""),
        text_of(spec.get("volumeAttributesClassName"), UNSET),
        age(obj, now),
        text_of(spec.get("volumeMode"), UNSET),
    ]


def volume(obj: Object, now: datetime) -> Row:
    spec, status = spec_of(obj), status_of(obj)
    owner = spec.get("claimRef") or {}
    return [
        name_of_row(obj),
        (spec.get("capacity") or {}).get("storage", ""),
        _modes(spec.get("accessModes")),
        spec.get("persistentVolumeReclaimPolicy", ""),
        "Terminating" if obj["metadata"].get("deletionTimestamp") else status.get("phase", ""),
        f"{owner.get('namespace', '')}/{owner.get('name', '')}" if owner else "",
        spec.get("storageClassName", ""),
        text_of(spec.get("volumeAttributesClassName"), UNSET),
        status.get("reason", ""),
        age(obj, now),
        text_of(spec.get("volumeMode"), UNSET),
    ]


def storage_class(obj: Object, now: datetime) -> Row:
    annotations = obj["metadata"].get("annotations") or {}
    is_default = annotations.get("storageclass.kubernetes.io/is-default-class") == "true"
    return [
        name_of_row(obj) + (" (default)" if is_default else ""),
        obj.get("provisioner", ""),
        obj.get("reclaimPolicy", "Delete"),
        obj.get("volumeBindingMode", "Immediate"),
        bool(obj.get("allowVolumeExpansion")),
        age(obj, now),
    ]


def csi_node(obj: Object, now: datetime) -> Row:
    return [name_of_row(obj), len(spec_of(obj).get("drivers") or ()), age(obj, now)]
