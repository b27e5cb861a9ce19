"""A StatefulSet's pods and claims: names, labels, hostnames, and who owns the claims."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from orkestra.devserver.controllers.engine import Controller
from orkestra.devserver.controllers.workload import pod_from_template
from orkestra.k8s.objects import Object, ObjectKey, get_path, is_terminating, name_of, namespace_of
from orkestra.k8s.owners import is_owned_by, owner_reference

CLAIMS = "persistentvolumeclaims"
REVISION_LABEL = "controller-revision-hash"


def ordinal_of(pod: Object, owner: Object) -> int:
    """-1 for a pod that is not named after the set."""
    head, _, tail = name_of(pod).rpartition("-")
    return int(tail) if head == name_of(owner) and tail.isdigit() and len(tail) < 10 else -1


def new_pod(owner: Object, ordinal: int, template: Object, revision: str) -> Object:
    name = f"{name_of(owner)}-{ordinal}"
    pod = pod_from_template(owner, template, name=name)
    pod["metadata"]["generateName"] = f"{name_of(owner)}-"
    pod["metadata"]["labels"] = {
        **pod["metadata"].get("labels", {}),
        "statefulset.kubernetes.io/pod-name": name,
        "apps.kubernetes.io/pod-index": str(ordinal),
        REVISION_LABEL: revision,
    }
    spec: Object = {**pod["spec"], "hostname": name}
    if owner["spec"].get("serviceName"):
        spec["subdomain"] = owner["spec"]["serviceName"]
    templates = owner["spec"].get("volumeClaimTemplates") or []
    if templates:
        named = {name_of(each): {"claimName": f"{name_of(each)}-{name}"} for each in templates}
        made = [{"name": volume, "persistentVolumeClaim": claim} for volume, claim in named.items()]
        spec["volumes"] = [*made, *(each for each in spec.get("volumes") or () if each.get("name") not in named)]
    return {**pod, "spec": spec}


def missing_claims(controller: Controller, owner: Object, ordinal: int) -> list[Object]:
    found = []
    for template in owner["spec"].get("volumeClaimTemplates") or ():
        key = ObjectKey(namespace_of(owner), f"{name_of(template)}-{name_of(owner)}-{ordinal}")
        if controller.view.get(CLAIMS, key) is None:
            found.append(_new_claim(owner, template, key))
    return found


def surplus_claims(controller: Controller, owner: Object, wanted: Container[int]) -> list[Object]:
    """With ``whenScaled: Delete``, the claims of ordinals that are no longer wanted and have no pod."""
    if _policy(owner).get("whenScaled") != "Delete":
        return []
    prefixes = [f"{name_of(each)}-{name_of(owner)}-" for each in owner["spec"].get("volumeClaimTemplates") or ()]
    found = []
    for claim in controller.view.in_namespace(CLAIMS, namespace_of(owner)):
        for prefix in prefixes:
            tail = name_of(claim).removeprefix(prefix)
            if tail == name_of(claim) or not tail.isdigit() or int(tail) in wanted or is_terminating(claim):
                continue
            pod = controller.view.get("pods", ObjectKey(namespace_of(owner), f"{name_of(owner)}-{tail}"))
            if pod is None:
                found.append(claim)
    return found


def _new_claim(owner: Object, template: Object, key: ObjectKey) -> Object:
    made = template.get("metadata") or {}
    labels = {**(made.get("labels") or {}), **(get_path(owner, ("spec", "selector", "matchLabels")) or {})}
    meta: Object = {"name": key.name, "namespace": key.namespace, "labels": labels}
    if made.get("annotations"):
        meta["annotations"] = dict(made["annotations"])
    if _policy(owner).get("whenDeleted") == "Delete" and not is_owned_by(meta, str(owner["metadata"]["uid"])):
        meta["ownerReferences"] = [owner_reference(owner)]
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": meta,
        "spec": dict(template.get("spec") or {}),
    }


def _policy(owner: Object) -> dict[str, Any]:
    return owner["spec"].get("persistentVolumeClaimRetentionPolicy") or {}
