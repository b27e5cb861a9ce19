"""``services`` -> v1 Service."""

from __future__ import annotations

from orkestra.k8s.objects import Object
from orkestra.operator.names import label_value
from orkestra.operator.resources import fields as f


def build(fields: f.Fields, cx: f.ChildContext) -> Object:
    """Without a ``selector`` the Service selects the CR's workload of its own name, else the CR's first workload."""
    number = f.port(fields.get("port") or 80, "port")
    target = fields.get("targetPort")
    port: Object = {
        "port": number,
        "protocol": f.text(fields, "protocol", "TCP").upper(),
        "targetPort": f.integer_or_text(target) if target not in (None, "") else number,
    }
    selector = f.text_map(fields, "selector")
    if not selector:
        first = next(iter(cx.workloads.values()), label_value(cx.name))
        selector = {"app": cx.workloads.get(cx.name, first)}
    spec: Object = {"type": f.text(fields, "type", "ClusterIP"), "selector": selector, "ports": [port]}
    if f.boolean(fields, "headless"):
        spec["clusterIP"] = "None"
    meta = {"labels": f.text_map(fields, "labels"), "annotations": f.text_map(fields, "annotations")}
    return {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": spec}
