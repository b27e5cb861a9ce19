"""Volumes, claims, classes (pkg/apis/core/validation, pkg/apis/storage/validation)."""

from __future__ import annotations

from orkestra.devserver.kinds.rules.workloads import IMMUTABLE
from orkestra.k8s.errors import Cause
from orkestra.k8s.objects import Object
from orkestra.k8s.quantity import parse_quantity
from orkestra.k8s.schema.causes import forbidden, invalid_value, not_supported, required

_NOT_SOURCES = ("capacity", "claimRef", "nodeAffinity")
_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")


_CLAIM_FROZEN = (
    "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
)


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
        return [forbidden("spec", _CLAIM_FROZEN)]
    if obj["spec"].get("resources") != old["spec"].get("resources"):
        is_bound = (old.get("status") or {}).get("phase") == "Bound"
        if not is_bound:
            return [forbidden("spec", _CLAIM_FROZEN)]
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
    capacity = spec.get("capacity") or {}
    if not capacity:
        found.append(required("spec.capacity"))
    if "storage" not in capacity or len(capacity) > 1:
        found.append(not_supported("spec.capacity", capacity or None, ("storage",)))
    if not any(isinstance(value, dict) and key not in _NOT_SOURCES for key, value in spec.items()):
        found.append(required("spec", "must specify a volume type"))
    return found


def check_class(obj: Object, old: Object | None) -> list[Cause]:
    found: list[Cause] = []
    if not obj.get("provisioner"):
        found.append(required("provisioner"))
    if obj.get("reclaimPolicy") not in ("Delete", "Retain"):
        found.append(not_supported("reclaimPolicy", obj.get("reclaimPolicy"), ("Delete", "Retain")))
    if old is not None:
        for field in ("parameters", "provisioner"):
            if obj.get(field) != old.get(field):
                found.append(forbidden(field, f"updates to {field} are forbidden."))
        for field in ("reclaimPolicy", "volumeBindingMode"):
            if obj.get(field) != old.get(field):
                found.append(invalid_value(field, obj.get(field), IMMUTABLE))
    return found
