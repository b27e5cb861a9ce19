"""Which volume suits which claim (rules: k8s.io/component-helpers storage/volume/pv_helpers.go)."""

from __future__ import annotations

from typing import Any

from orkestra.devserver.controllers.workload import selector_of
from orkestra.k8s.objects import Object, get_path, is_terminating, key_of, labels_of, uid_of
from orkestra.k8s.quantity import QuantityError, parse_quantity


def is_satisfying(volume: Object, claim: Object) -> bool:
    spec, wanted = volume["spec"], claim["spec"]
    ref = spec.get("claimRef")
    if is_terminating(volume) or (ref and (ref.get("namespace"), ref.get("name")) != key_of(claim)):
        return False
    if ref and ref.get("uid") not in (None, "", uid_of(claim)):
        return False
    if (spec.get("storageClassName") or "") != (wanted.get("storageClassName") or ""):
        return False
    if (spec.get("volumeMode") or "Filesystem") != (wanted.get("volumeMode") or "Filesystem"):
        return False
    selector = selector_of(claim)
    if selector is not None and not selector.matches(labels_of(volume)):
        return False
    has_modes = set(wanted.get("accessModes") or ()) <= set(spec.get("accessModes") or ())
    asked = get_path(wanted, ("resources", "requests", "storage"))
    return has_modes and bytes_of((spec.get("capacity") or {}).get("storage")) >= bytes_of(asked)


def bytes_of(quantity: Any) -> float:
    try:
        return float(parse_quantity(str(quantity)).as_decimal()) if quantity else 0.0
    except QuantityError:
        return 0.0
