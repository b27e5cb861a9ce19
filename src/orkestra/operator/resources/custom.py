"""``custom`` -> any object; its schema is the API server's business."""

from __future__ import annotations

from orkestra.k8s.objects import Object
from orkestra.operator.resources import fields as f

_OWN = frozenset({"apiVersion", "kind", "metadata", "status", "hasStatus"})


def build(fields: f.Fields, cx: f.ChildContext) -> Object:
    """``status`` is not part of it: it goes to the status subresource, with a request of its own."""
    declared = f.mapping(fields, "metadata")
    meta = {"labels": f.text_map(declared, "labels"), "annotations": f.text_map(declared, "annotations")}
    manifest: Object = {
        "apiVersion": f.required_text(fields, "apiVersion"),
        "kind": f.required_text(fields, "kind"),
        "metadata": meta,
    }
    return {**manifest, **{key: value for key, value in fields.items() if key not in _OWN and value is not None}}
