"""``namespaces`` -> v1 Namespace, created once and then left to those who live in it."""

from __future__ import annotations

from orkestra.k8s.objects import Object
from orkestra.operator.resources import fields as f


def build(fields: f.Fields, cx: f.ChildContext) -> Object:
    meta = f.described(fields)
    if finalizers := f.texts(fields, "finalizers"):
        meta["finalizers"] = finalizers
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": meta}
