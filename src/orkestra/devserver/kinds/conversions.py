"""Built-in kinds served in two versions: autoscaling v1 and v2, core and events.k8s.io Events."""

from __future__ import annotations

from typing import Any

from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object

_EVENT_RENAMED = (
    ("involvedObject", "regarding"),
    ("message", "note"),
    ("source", "deprecatedSource"),
    ("firstTimestamp", "deprecatedFirstTimestamp"),
    ("lastTimestamp", "deprecatedLastTimestamp"),
    ("count", "deprecatedCount"),
    ("reportingComponent", "reportingController"),
)
"""(core, events.k8s.io) (pkg/apis/events/v1/conversion.go)"""


def convert(obj: Object, source: ResourceInfo, target: ResourceInfo) -> Object:
    """``obj`` in another served version of the same kind; top-level parts that do not differ are shared."""
    out = {**obj, "apiVersion": target.api_version}
    if source.kind == "Event":
        return _convert_event(out, to_core=target.group == "")
    if source.kind == "HorizontalPodAutoscaler":
        return _autoscaler_v1(out) if target.version == "v1" else _autoscaler_v2(out)
    return out


def _convert_event(obj: Object, *, to_core: bool) -> Object:
    for core, modern in _EVENT_RENAMED:
        old, new = (modern, core) if to_core else (core, modern)
        if old in obj:
            obj[new] = obj.pop(old)
    return obj


def _autoscaler_v1(obj: Object) -> Object:
    spec = dict(obj.get("spec") or {})
    rest: list[Any] = []
    for metric in spec.pop("metrics", None) or ():
        target = (metric.get("resource") or {}).get("target") or {}
        if (metric.get("resource") or {}).get("name") == "cpu" and "averageUtilization" in target:
            spec["targetCPUUtilizationPercentage"] = target["averageUtilization"]
        else:
            rest.append(metric)
    spec.pop("behavior", None)
    status = dict(obj.get("status") or {})
    current = status.pop("currentMetrics", None) or ()
    status.pop("conditions", None)
    status.setdefault("currentReplicas", 0)
    for metric in current:
        usage = ((metric.get("resource") or {}).get("current") or {}).get("averageUtilization")
        if usage is not None:
            status["currentCPUUtilizationPercentage"] = usage
    return {**obj, "spec": spec, "status": status}


def _autoscaler_v2(obj: Object) -> Object:
    spec = dict(obj.get("spec") or {})
    usage = spec.pop("targetCPUUtilizationPercentage", None)
    if usage is not None:
        target = {"type": "Utilization", "averageUtilization": usage}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    status = dict(obj.get("status") or {})
    status.pop("currentCPUUtilizationPercentage", None)
    status.setdefault("currentMetrics", None)
    return {**obj, "spec": spec, "status": status}
