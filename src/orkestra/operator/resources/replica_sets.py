"""``replicaSets`` -> apps/v1 ReplicaSet. A new template reaches pods made after it only, as Kubernetes has it."""

from __future__ import annotations

from orkestra.k8s.objects import Object
from orkestra.operator.resources import fields as f
from orkestra.operator.resources import pods


def build(fields: f.Fields, cx: f.ChildContext) -> Object:
    labels, selector = pods.workload_labels(fields, cx)
    spec: Object = {
        "replicas": f.integer(fields, "replicas", 1),
        "selector": {"matchLabels": selector},
        "template": pods.template(fields, cx, image=f.required_text(fields, "image"), labels=labels),
    }
    return {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": f.described(fields, labels), "spec": spec}
