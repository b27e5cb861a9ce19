"""``daemonSets`` -> apps/v1 DaemonSet."""

from __future__ import annotations

from orkestra.k8s.objects import Object
from orkestra.operator.resources import fields as f
from orkestra.operator.resources import pods


def build(fields: f.Fields, cx: f.ChildContext) -> Object:
    labels, selector = pods.workload_labels(fields, cx)
    spec: Object = {
        "selector": {"matchLabels": selector},
        "template": pods.template(fields, cx, image=f.required_text(fields, "image"), labels=labels),
    }
    if limits := pods.rolling_limits(fields):
        spec["updateStrategy"] = {"type": "RollingUpdate", "rollingUpdate": limits}
    return {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": f.described(fields, labels), "spec": spec}
