"""``ingresses`` -> networking.k8s.io/v1 Ingress."""

from __future__ import annotations

from orkestra.k8s.objects import Object
from orkestra.operator.resources import fields as f


def build(fields: f.Fields, cx: f.ChildContext) -> Object:
    host = f.text(fields, "host")
    number = f.integer_or_text(fields.get("servicePort") or 80)
    backend_port = {"number": number} if isinstance(number, int) else {"name": number}
    service = {"name": f.text(fields, "serviceName", f"{cx.cr_name}-svc"), "port": backend_port}
    path = {
        "path": f.text(fields, "path", "/"),
        "pathType": f.text(fields, "pathType", "Prefix"),
        "backend": {"service": service},
    }
    rule = f.compact({"host": host, "http": {"paths": [path]}})
    spec: Object = f.compact({"ingressClassName": f.text(fields, "className"), "rules": [rule]})
    tls = f.mapping(fields, "tls")
    if tls and f.boolean(tls, "create", True):
        hosts = f.texts(tls, "hosts") or ([host] if host else [])
        spec["tls"] = [f.compact({"hosts": hosts, "secretName": f.text(tls, "secretName", f"{cx.name}-tls")})]
    meta = {"labels": f.text_map(fields, "labels"), "annotations": f.text_map(fields, "annotations")}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": meta, "spec": spec}
