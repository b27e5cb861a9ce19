"""``statefulSets`` -> apps/v1 StatefulSet."""

from __future__ import annotations

from orkestra.k8s.objects import Object
from orkestra.operator.resources import fields as f
from orkestra.operator.resources import pods
from orkestra.operator.resources.profiles import profiled


def build(fields: f.Fields, cx: f.ChildContext) -> Object:
    labels, selector = pods.workload_labels(fields, cx)
    image = f.required_text(fields, "image")
    if "@" not in image and ":" not in image.rpartition("/")[2]:
        image = f"{image}:{f.text(fields, 'tag', 'latest')}"
    template = pods.template(fields, cx, image=image, labels=labels)
    claims: list[Object] = []
    for index, claim in enumerate(f.maps(fields, "volumeClaimTemplates")):
        name = f.required_text(claim, "name")
        where = f"volumeClaimTemplates[{index}].storageSize"
        requests = {"storage": f.as_quantity(f.text(claim, "storageSize", "1Gi"), where)}
        spec = {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": requests},
            "storageClassName": f.text(claim, "storageClass"),
        }
        claims.append({"metadata": {"name": name}, "spec": f.compact(spec)})
        if path := f.text(claim, "mountPath"):
            mounts = template["spec"]["containers"][0].setdefault("volumeMounts", [])
            mounts.append({"name": name, "mountPath": path})
    body: Object = {
        "replicas": f.integer(fields, "replicas", 1),
        "serviceName": f.text(fields, "serviceName", cx.name),
        "selector": {"matchLabels": selector},
        "template": template,
    }
    if claims:
        body["volumeClaimTemplates"] = claims
    declared = f.mapping(fields, "rollingUpdate")
    rolling = profiled(declared, "rollingUpdate", "rollingUpdate")
    # A profile that keeps all pods by surge says nothing to a StatefulSet, which never has more pods than wanted.
    is_surge = bool(declared.get("profile")) and rolling.get("maxUnavailable") == 0
    if rolling.get("maxUnavailable") not in (None, "") and not is_surge:
        limits = {"maxUnavailable": f.integer_or_text(rolling["maxUnavailable"])}
        body["updateStrategy"] = {"type": "RollingUpdate", "rollingUpdate": limits}
    meta = {"labels": labels, "annotations": f.text_map(fields, "annotations")}
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": meta, "spec": body}
