"""``secrets`` -> v1 Secret. ``data`` is written as plain text in the Katalog and encoded here.

The content of a TLS Secret is made when it is written: see ``operator/certificates.py``.
"""

from __future__ import annotations

from base64 import b64encode

from orkestra.k8s.objects import Object
from orkestra.operator.resources import fields as f


def build(fields: f.Fields, cx: f.ChildContext) -> Object:
    meta = {"labels": f.text_map(fields, "labels"), "annotations": f.text_map(fields, "annotations")}
    if "tls" in fields:
        return {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "type": "kubernetes.io/tls"}
    data = {key: b64encode(value.encode()).decode() for key, value in f.text_map(fields, "data").items()}
    kind = f.text(fields, "type", "Opaque")
    return {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "type": kind, "data": data}
