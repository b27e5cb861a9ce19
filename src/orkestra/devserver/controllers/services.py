"""Addresses and ports of Services, given out before the commit.

Rules: kubernetes pkg/registry/core/service/storage/alloc.go.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, ip_address
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from orkestra.k8s.errors import Cause, Invalid
from orkestra.k8s.objects import Object, get_path, name_of

if TYPE_CHECKING:
    from orkestra.devserver.changes import Change
    from orkestra.devserver.cluster import Cluster

CLUSTER_IPS = IPv4Network("10.96.0.0/12")
NODE_PORTS = range(30000, 32768)
API_SERVER_IP = "10.96.0.1"

_FIRST_FREE = 10  # the low addresses stay for those who ask for one


def allocate_service(cluster: Cluster, obj: Object, old: Object | None) -> Object:
    """The Service with clusterIP(s) and nodePorts filled in, to be called before each commit of one.

    ``old`` is the stored Service (None on create): what it holds it keeps. Raises Invalid where an address or a port
    that was asked for is taken or out of range.
    """
    allocator = _ALLOCATORS.get(cluster)
    if allocator is None:
        allocator = _ALLOCATORS[cluster] = ServiceAllocator(cluster)
    return allocator.allocate(obj, old)


class ServiceAllocator:
    """Knows what is taken from the store itself, so that a write that fails later leaks nothing."""

    def __init__(self, cluster: Cluster) -> None:
        self._ips: dict[str, str] = {API_SERVER_IP: "default/kubernetes"}
        self._ports: dict[int, str] = {}
        self._next_ip = _FIRST_FREE
        self._next_port = NODE_PORTS.start
        info = cluster.resource("", "services")
        for service in cluster.list(info) if info else ():
            self._hold(service)
        cluster.subscribe(self._changed)

    def allocate(self, obj: Object, old: Object | None) -> Object:
        spec = dict(obj.get("spec") or {})
        held = (old or {}).get("spec") or {}
        owner = _owner(obj)
        kind = spec.get("type") or "ClusterIP"
        if kind == "ExternalName":
            for field in ("clusterIP", "clusterIPs"):
                spec.pop(field, None)
        else:
            self._fill_ip(spec, held, owner, name_of(obj))
        if spec.get("ports"):
            spec["ports"] = self._fill_ports(spec, held, kind, owner, name_of(obj))
        if kind == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local":
            if not spec.get("healthCheckNodePort"):
                taken = {port["nodePort"] for port in spec.get("ports") or () if port.get("nodePort")}
                spec["healthCheckNodePort"] = held.get("healthCheckNodePort") or self._free_port(taken)
        else:
            spec.pop("healthCheckNodePort", None)
        return obj if spec == obj.get("spec") else {**obj, "spec": spec}

    def _fill_ip(self, spec: Object, held: Object, owner: str, name: str) -> None:
        asked = spec.get("clusterIP") or next(iter(spec.get("clusterIPs") or ()), "") or held.get("clusterIP")
        if not asked:
            asked = self._free_ip()
        elif asked != "None":
            holder = self._ips.get(asked)
            if ip_address_of(asked) is None:
                _refuse(
                    name, "spec.clusterIPs[0]", asked, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
                )
            elif asked != held.get("clusterIP") and ip_address(asked) not in CLUSTER_IPS:
                detail = f"failed to allocate IP {asked}: the provided network does not match the current range"
                _refuse(name, "spec.clusterIPs", [asked], detail)
            elif holder is not None and holder != owner:
                _refuse(
                    name, "spec.clusterIPs", [asked], f"failed to allocate IP {asked}: provided IP is already allocated"
                )
        spec["clusterIP"], spec["clusterIPs"] = asked, [asked]

    def _fill_ports(self, spec: Object, held: Object, kind: str, owner: str, name: str) -> list[Object]:
        wants = kind == "NodePort" or (
            kind == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts") is not False
        )
        before = {_port_id(port): port.get("nodePort") for port in held.get("ports") or ()}
        ports: list[Object] = []
        chosen: set[tuple[int, str]] = set()
        for index, port in enumerate(spec["ports"]):
            port = dict(port)
            inherited = before.get(_port_id(port))
            if kind not in ("NodePort", "LoadBalancer"):
                # kept from the former type, not asked for (an explicit new one is for validation to refuse)
                if port.get("nodePort") == inherited:
                    port.pop("nodePort", None)
            elif port.get("nodePort"):
                self._check_port(port["nodePort"], owner, name, f"spec.ports[{index}].nodePort")
            elif wants:
                port["nodePort"] = inherited or self._free_port({number for number, _ in chosen})
            if port.get("nodePort"):
                chosen.add((port["nodePort"], str(port.get("protocol") or "TCP")))
            ports.append(port)
        return ports

    def _check_port(self, port: Any, owner: str, name: str, path: str) -> None:
        if self._ports.get(port, owner) != owner:
            _refuse(name, path, port, "provided port is already allocated")
        if port not in NODE_PORTS and port not in self._ports:
            detail = "provided port is not in the valid range. The range of valid ports is "
            _refuse(name, path, port, f"{detail}{NODE_PORTS.start}-{NODE_PORTS.stop - 1}")

    def _free_ip(self) -> str:
        for _ in range(CLUSTER_IPS.num_addresses):
            candidate = str(CLUSTER_IPS[self._next_ip])
            self._next_ip = self._next_ip + 1 if self._next_ip + 2 < CLUSTER_IPS.num_addresses else _FIRST_FREE
            if candidate not in self._ips:
                return candidate
        raise Invalid("no cluster IP is left")

    def _free_port(self, chosen: set[int]) -> int:
        for _ in NODE_PORTS:
            candidate = self._next_port
            self._next_port = candidate + 1 if candidate + 1 in NODE_PORTS else NODE_PORTS.start
            if candidate not in self._ports and candidate not in chosen:
                return candidate
        raise Invalid("no node port is left")

    def _changed(self, change: Change) -> None:
        if change.info.kind != "Service" or change.info.group:
            return
        for gone in (change.old, change.obj if change.type == "DELETED" else None):
            if gone is not None:
                self._release(gone)
        if change.type != "DELETED":
            self._hold(change.obj)

    def _hold(self, service: Object) -> None:
        owner = _owner(service)
        for address in get_path(service, ("spec", "clusterIPs")) or ():
            if address != "None":
                self._ips[address] = owner
        for number in _node_ports(service):
            self._ports[number] = owner

    def _release(self, service: Object) -> None:
        owner = _owner(service)
        for address in get_path(service, ("spec", "clusterIPs")) or ():
            if self._ips.get(address) == owner and address != API_SERVER_IP:
                del self._ips[address]
        for number in _node_ports(service):
            if self._ports.get(number) == owner:
                del self._ports[number]


_ALLOCATORS: WeakKeyDictionary[Cluster, ServiceAllocator] = WeakKeyDictionary()


def ip_address_of(text: object) -> object | None:
    try:
        return ip_address(str(text))
    except ValueError:
        return None


def _node_ports(service: Object) -> set[int]:
    spec = service.get("spec") or {}
    held = [spec.get("healthCheckNodePort"), *(port.get("nodePort") for port in spec.get("ports") or ())]
    return {number for number in held if number}


def _owner(service: Object) -> str:
    meta = service["metadata"]
    return f"{meta.get('namespace')}/{meta.get('name')}"


def _port_id(port: Object) -> tuple[Any, Any]:
    return port.get("port"), port.get("protocol") or "TCP"


def _refuse(name: str, path: str, value: Any, detail: str) -> None:
    shown: Any = f'"{value}"' if isinstance(value, str) else _listed(value) if isinstance(value, list) else value
    message = f"Invalid value: {shown}: {detail}"
    raise Invalid(
        f'Service "{name}" is invalid: {path}: {message}',
        causes=[Cause("FieldValueInvalid", message, path)],
        details={"name": name, "kind": "Service"},
    )


def _listed(values: Sequence[Any]) -> str:
    return "[" + ",".join(f'"{value}"' for value in values) + "]"
