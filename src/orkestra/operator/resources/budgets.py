"""``pdb`` -> policy/v1 PodDisruptionBudget."""

from __future__ import annotations

from orkestra.k8s.objects import Object
from orkestra.operator.resources import fields as f
from orkestra.operator.resources.profiles import profiled


def build(fields: f.Fields, cx: f.ChildContext) -> Object:
    """Without a ``selector`` it guards the CR's workload of its own name, else the CR's first workload."""
    selector = f.selector(fields, "selector") if fields.get("selector") is not None else None
    if selector is None:
        first = next(iter(cx.workloads.values()), "")
        label = cx.workloads.get(cx.name, first)
        if not label:
            raise f.FieldError("selector", "labels of pods: the CR has no workload of its own", "")
        selector = {"matchLabels": {"app": label}}
    spec: Object = {"selector": selector}
    fields = {**profiled(f.mapping(fields, "behavior"), "pdb", "behavior"), **fields}
    for limit in ("minAvailable", "maxUnavailable"):
        if fields.get(limit) not in (None, ""):
            spec[limit] = f.integer_or_text(fields[limit])
    return {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": f.described(fields), "spec": spec}
