"""``serviceAccounts`` -> v1 ServiceAccount."""

from __future__ import annotations

from orkestra.k8s.objects import Object
from orkestra.operator.resources import fields as f


def build(fields: f.Fields, cx: f.ChildContext) -> Object:
    meta = {"labels": f.text_map(fields, "labels"), "annotations": f.text_map(fields, "annotations")}
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta}
