"""Volumes, claims, classes (pkg/apis/core/validation, pkg/apis/storage/validation)."""

from __future__ import annotations

from orkestra.devserver.kinds.rules.workloads import IMMUTABLE
from orkestra.k8s.errors import Cause
from orkestra.k8s.objects import Object
from orkestra.k8s.quantity import parse_quantity
from orkestra.k8s.schema.causes import forbidden, invalid_value, not_supported, required

_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")


def check_claim(obj: Object, old: Object | None) -> list[Cause]:
    spec = obj.get("spec") or {}
    found: list[Cause] = []
    modes = spec.get("accessModes") or []
    if not modes:
        found.append(required("spec.accessModes", "at least 1 access mode is required"))
    found += [not_supported("spec.accessModes", mode, _MODES) for mode in modes if mode not in _MODES]
    requests = (spec.get("resources") or {}).get("requests") or {}
    if "storage" not in requests:
        found.append(required("spec.resources[storage]"))
    elif parse_quantity(requests["storage"]).mantissa <= 0:
        found.append(invalid_value("spec.resources[storage]", requests["storage"], "must be greater than zero"))
    if old is not None:
        found += _check_claim_update(obj, old)
    return found


def _check_claim_update(obj: Object, old: Object) -> list[Cause]:
    def frozen(claim: Object) -> dict[str, object]:
        spec = {
            k: v for k, v in (claim.get("spec") or {}).items() if k not in ("resources", "volumeAttributesClassName")
        }
        if not (old.get("spec") or {}).get("volumeName"):
            spec.pop("volumeName", None)
        if "storageClassName" not in (old.get("spec") or {}):
            spec.pop("storageClassName", None)
        return spec

    if frozen(obj) != frozen(old):
        message = (
            "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
        )
        return [forbidden("spec", message)]
    before = ((old["spec"].get("resources") or {}).get("requests") or {}).get("storage")
    after = ((obj["spec"].get("resources") or {}).get("requests") or {}).get("storage")
    if before and after and parse_quantity(after) < parse_quantity(before):
        message = "field can not be less than status.capacity"
        return [forbidden("spec.resources.requests.storage", message)]
    return []


def check_volume(obj: Object, _old: Object | None) -> list[Cause]:
    spec = obj.get("spec") or {}
    found: list[Cause] = []
    if not spec.get("accessModes"):
        found.append(required("spec.accessModes"))
    if "storage" not in (spec.get("capacity") or {}):
        found.append(required("spec.capacity"))
    return found


def check_class(obj: Object, old: Object | None) -> list[Cause]:
    found: list[Cause] = []
    if not obj.get("provisioner"):
        found.append(required("provisioner"))
    if old is not None:
        for field in ("parameters", "provisioner"):
            if obj.get(field) != old.get(field):
                found.append(forbidden(field, f"updates to {field} are forbidden."))
        for field in ("reclaimPolicy", "volumeBindingMode"):
            if obj.get(field) != old.get(field):
                found.append(invalid_value(field, obj.get(field), IMMUTABLE))
    return found
