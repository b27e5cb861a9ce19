"""``jobs`` -> batch/v1 Job. Jobs are created once and never changed: their template is immutable."""

from __future__ import annotations

from orkestra.k8s.objects import Object
from orkestra.operator.resources import fields as f
from orkestra.operator.resources import pods


def build(fields: f.Fields, cx: f.ChildContext) -> Object:
    labels = f.text_map(fields, "labels")
    image = f.required_text(fields, "image")
    spec: Object = {
        "backoffLimit": f.integer(fields, "backoffLimit", 3),
        "template": pods.template(fields, cx, image=image, labels=dict(labels), restartPolicy="Never"),
    }
    meta = {"labels": labels, "annotations": f.text_map(fields, "annotations")}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": spec}
