"""``pods`` -> v1 Pod. Nearly all of a pod is immutable: one that differs is deleted and made anew (see ``plan.py``)."""

from __future__ import annotations

from orkestra.k8s.objects import Object
from orkestra.operator.resources import fields as f
from orkestra.operator.resources import pods


def build(fields: f.Fields, cx: f.ChildContext) -> Object:
    labels, _ = pods.workload_labels(fields, cx)
    spec = pods.template(fields, cx, image=f.required_text(fields, "image"), labels=labels)["spec"]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": f.described(fields, labels), "spec": spec}
