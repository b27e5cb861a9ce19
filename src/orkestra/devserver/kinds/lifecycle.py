"""What the server itself writes into built-in kinds when they are created or change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from orkestra.devserver.kinds import definitions
from orkestra.devserver.kinds.defaults.pods import admit_pod
from orkestra.k8s.objects import Object

_TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"


def create_namespace(obj: Object, _now: datetime) -> None:
    obj["spec"] = {"finalizers": ["kubernetes"]}
    obj["status"] = {"phase": "Active"}


def update_namespace(obj: Object, old: Object) -> None:
    obj["spec"] = old.get("spec") or {}


def create_job(obj: Object, _now: datetime) -> None:
    """Labels and selector by uid (pkg/registry/batch/job/strategy.go, generateSelector)."""
    spec = obj["spec"]
    meta = obj["metadata"]
    template = spec.setdefault("template", {}).setdefault("metadata", {})
    if not spec.get("manualSelector"):
        uid, name = meta["uid"], meta["name"]
        labels = template.setdefault("labels", {})
        labels.setdefault("controller-uid", uid)
        labels.setdefault("job-name", name)
        labels["batch.kubernetes.io/controller-uid"] = uid
        labels["batch.kubernetes.io/job-name"] = name
        selector = spec.setdefault("selector", {}).setdefault("matchLabels", {})
        selector["batch.kubernetes.io/controller-uid"] = uid
    if not meta.get("labels") and template.get("labels"):
        meta["labels"] = dict(template["labels"])


def create_daemon_set(obj: Object, _now: datetime) -> None:
    obj["metadata"].setdefault("annotations", {})[_TEMPLATE_GENERATION] = "1"


def update_daemon_set(obj: Object, old: Object) -> None:
    before = old["metadata"].get("annotations", {}).get(_TEMPLATE_GENERATION, "1")
    has_changed = obj["spec"].get("template") != old["spec"].get("template")
    generation = str(int(before) + has_changed) if before.isdecimal() else "1"
    obj["metadata"].setdefault("annotations", {})[_TEMPLATE_GENERATION] = generation


def create_volume(obj: Object, now: datetime) -> None:
    _add_finalizer(obj, "kubernetes.io/pv-protection")
    obj["status"] = {"phase": "Pending", "lastPhaseTransitionTime": now.strftime("%Y-%m-%dT%H:%M:%SZ")}


def create_pod(obj: Object, _now: datetime) -> None:
    admit_pod(obj["spec"])


def create_service(obj: Object, _now: datetime) -> None:
    """Address families; addresses themselves are the allocator's."""
    spec = obj["spec"]
    if spec.get("type") == "ExternalName":
        return
    spec.setdefault("ipFamilies", ["IPv4"])
    spec.setdefault("ipFamilyPolicy", "SingleStack")
    if spec.get("clusterIP") == "None":
        spec.setdefault("clusterIPs", ["None"])


def create_claim(obj: Object, _now: datetime) -> None:
    """What the StorageObjectInUseProtection admission plugin adds; the controllers take it away."""
    _add_finalizer(obj, "kubernetes.io/pvc-protection")


def _add_finalizer(obj: Object, name: str) -> None:
    finalizers = obj["metadata"].setdefault("finalizers", [])
    if name not in finalizers:
        finalizers.append(name)


def update_service(obj: Object, old: Object) -> None:
    """A PUT that says nothing about the address keeps it (pkg/registry/core/service/storage, patchAllocatedValues)."""
    spec, before = obj["spec"], old.get("spec") or {}
    _drop_former_type(spec, before)
    if spec.get("type") == "ExternalName":
        return
    for field in ("ipFamilies", "ipFamilyPolicy"):
        if not spec.get(field) and before.get(field):
            spec[field] = before[field]
    spec.setdefault("ipFamilies", ["IPv4"])
    spec.setdefault("ipFamilyPolicy", "SingleStack")
    if before.get("type") != "ExternalName" and not spec.get("clusterIP") and before.get("clusterIP"):
        spec["clusterIP"] = before["clusterIP"]
    if spec.get("clusterIP") == before.get("clusterIP") and not spec.get("clusterIPs") and before.get("clusterIPs"):
        spec["clusterIPs"] = before["clusterIPs"]
    if spec.get("type") in ("NodePort", "LoadBalancer"):
        known = {(p.get("port"), p.get("protocol")): p.get("nodePort") for p in before.get("ports") or ()}
        for port in spec.get("ports") or ():
            kept = known.get((port.get("port"), port.get("protocol")))
            if kept and not port.get("nodePort"):
                port["nodePort"] = kept


def _drop_former_type(spec: Object, before: Object) -> None:
    """What only the former type needed and nobody changed (pkg/api/service, dropTypeDependentFields)."""
    kind = spec.get("type")
    if kind == before.get("type"):
        return
    gone: list[str] = []
    if kind == "ExternalName":
        gone += ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"]
    if kind in ("ExternalName", "ClusterIP"):
        gone += ["externalTrafficPolicy", "healthCheckNodePort"]
        held = {(port.get("port"), port.get("protocol")): port.get("nodePort") for port in before.get("ports") or ()}
        for port in spec.get("ports") or ():
            if port.get("nodePort") == held.get((port.get("port"), port.get("protocol"))):
                port.pop("nodePort", None)
    if kind != "LoadBalancer":
        gone += ["allocateLoadBalancerNodePorts", "loadBalancerClass"]
    for field in gone:
        if spec.get(field) == before.get(field):
            spec.pop(field, None)


ON_CREATE: dict[tuple[str, str], Callable[[Object, datetime], None]] = {
    ("", "Namespace"): create_namespace,
    ("", "Pod"): create_pod,
    ("", "PersistentVolume"): create_volume,
    ("", "PersistentVolumeClaim"): create_claim,
    ("", "Service"): create_service,
    ("apps", "DaemonSet"): create_daemon_set,
    ("batch", "Job"): create_job,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): definitions.establish_new,
}

ON_UPDATE: dict[tuple[str, str], Callable[[Object, Object], None]] = {
    ("", "Namespace"): update_namespace,
    ("", "Service"): update_service,
    ("apps", "DaemonSet"): update_daemon_set,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): definitions.establish_again,
}
