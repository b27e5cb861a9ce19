"""What every cluster has before anyone writes to it: namespaces, the API's own Service, priorities, a node."""

from __future__ import annotations

from orkestra.devserver.cluster import Cluster
from orkestra.devserver.writes.draft import timestamp
from orkestra.k8s.builtin import kubernetes_version
from orkestra.k8s.errors import AlreadyExists, StatusError
from orkestra.k8s.objects import Object

MANAGER = "kube-apiserver"
NODE = "node-0"
_API_IP = "10.96.0.1"
_NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")
_PRIORITIES = (("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000))


def bootstrap(cluster: Cluster) -> None:
    """Create what is missing; what a reloaded cluster has already stays as it is."""
    for name in _NAMESPACES:
        _create(cluster, "", "namespaces", {"metadata": {"name": name}})
    for name, value in _PRIORITIES:
        _create(cluster, "scheduling.k8s.io", "priorityclasses", {"metadata": {"name": name}, "value": value})
    port = {"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}
    meta = {
        "name": "kubernetes",
        "namespace": "default",
        "labels": {"component": "apiserver", "provider": "kubernetes"},
    }
    _create(
        cluster,
        "",
        "services",
        {"metadata": meta, "spec": {"clusterIP": _API_IP, "clusterIPs": [_API_IP], "ports": [port]}},
    )
    _create(cluster, "", "nodes", _node(cluster))


def _create(cluster: Cluster, group: str, plural: str, obj: Object) -> None:
    info = cluster.resource(group, plural)
    if info is None:
        raise StatusError(f"{plural} are not served")
    try:
        cluster.create(info, obj, manager=MANAGER)
    except AlreadyExists:
        pass


def _node(cluster: Cluster) -> Object:
    now = timestamp(cluster.now())
    amounts = {"cpu": "64", "memory": "256Gi", "pods": "5000", "ephemeral-storage": "1Ti"}
    conditions = [
        {
            "type": kind,
            "status": status,
            "reason": reason,
            "message": message,
            "lastHeartbeatTime": now,
            "lastTransitionTime": now,
        }
        for kind, status, reason, message in (
            ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
            ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
            ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
            ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
        )
    ]
    labels = {
        "kubernetes.io/hostname": NODE,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "beta.kubernetes.io/arch": "amd64",
    }
    return {
        "metadata": {"name": NODE, "labels": labels},
        "spec": {"podCIDR": "10.244.0.0/16", "podCIDRs": ["10.244.0.0/16"]},
        "status": {
            "capacity": amounts,
            "allocatable": dict(amounts),
            "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}, {"type": "Hostname", "address": NODE}],
            "conditions": conditions,
            "nodeInfo": {
                "kubeletVersion": kubernetes_version(),
                "operatingSystem": "linux",
                "architecture": "amd64",
                "containerRuntimeVersion": "orkestra://0",
                "osImage": "Orkestra",
            },
        },
    }
