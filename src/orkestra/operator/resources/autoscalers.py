"""``hpa`` -> autoscaling/v2 HorizontalPodAutoscaler."""

from __future__ import annotations

from orkestra.k8s.objects import Object
from orkestra.operator.resources import fields as f
from orkestra.operator.resources.profiles import profiled


def build(fields: f.Fields, cx: f.ChildContext) -> Object:
    spec: Object = {
        "scaleTargetRef": _target(fields, cx),
        "minReplicas": f.integer(fields, "minReplicas", 1),
        "maxReplicas": f.required_integer(fields, "maxReplicas"),
    }
    behavior = profiled(f.mapping(fields, "behavior"), "hpa", "behavior")
    fields = {"targetCPUUtilizationPercentage": behavior.get("targetCPUUtilizationPercentage"), **fields}
    if (percent := f.integer(fields, "targetCPUUtilizationPercentage")) is not None:
        target = {"type": "Utilization", "averageUtilization": percent}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    rules = {way: _rules(f.mapping(behavior, way), way) for way in ("scaleUp", "scaleDown") if behavior.get(way)}
    if rules:
        spec["behavior"] = rules
    meta = f.described(fields)
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": meta, "spec": spec}


def _target(fields: f.Fields, cx: f.ChildContext) -> Object:
    """The workload it scales: the CR's first one that can be scaled, unless the entry names one."""
    declared = f.mapping(fields, "scaleTargetRef")
    if declared:
        return {
            "apiVersion": f.text(declared, "apiVersion", "apps/v1"),
            "kind": f.text(declared, "kind", "Deployment"),
            "name": f.required_text(declared, "name"),
        }
    first = next(iter(cx.scalable.items()), None)
    if first is None:
        raise f.FieldError("scaleTargetRef", "a workload to scale: the CR has none of its own", "")
    return {"apiVersion": "apps/v1", "kind": first[1], "name": first[0]}


def _rules(declared: f.Fields, way: str) -> Object:
    rules: Object = {}
    if (window := f.integer(declared, "stabilizationWindowSeconds")) is not None:
        rules["stabilizationWindowSeconds"] = window
    if policy := f.text(declared, "selectPolicy"):
        rules["selectPolicy"] = policy
    if tolerance := f.text(declared, "tolerance"):
        rules["tolerance"] = f.as_quantity(tolerance, f"behavior.{way}.tolerance")
    policies = [
        {
            "type": f.required_text(item, "type"),
            "value": f.required_integer(item, "value"),
            "periodSeconds": f.required_integer(item, "periodSeconds"),
        }
        for item in f.maps(declared, "policies")
    ]
    return {**rules, "policies": policies} if policies else rules
