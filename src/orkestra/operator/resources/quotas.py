"""``resourceQuotas`` and ``limitRanges`` -> v1."""

from __future__ import annotations

from orkestra.k8s.objects import Object
from orkestra.operator.resources import fields as f
from orkestra.operator.resources.profiles import profiled

_BOUNDS = ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio")


def quota(fields: f.Fields, cx: f.ChildContext) -> Object:
    fields = profiled(fields, "resourceQuotas", "")
    spec = {"hard": f.quantities(fields, "hard", "hard")}
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": f.described(fields), "spec": spec}


def limit_range(fields: f.Fields, cx: f.ChildContext) -> Object:
    limits = []
    for index, item in enumerate(f.maps(fields, "limits")):
        bounds = {bound: f.quantities(item, bound, f"limits[{index}].{bound}") for bound in _BOUNDS}
        limits.append(f.compact({"type": f.required_text(item, "type"), **bounds}))
    return {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": f.described(fields),
        "spec": {"limits": limits},
    }
