"""Service -> EndpointSlices and Endpoints, from its pods.

Rules: k8s.io/endpointslice, kubernetes pkg/controller/endpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from orkestra.devserver.controllers.engine import Controller, Engine
from orkestra.devserver.controllers.outcome import containers_of
from orkestra.devserver.controllers.pod_status import is_finished, is_ready
from orkestra.devserver.controllers.routes import itself
from orkestra.devserver.controllers.selecting import SelectorIndex
from orkestra.devserver.controllers.times import stamp
from orkestra.k8s.objects import (
    Object,
    ObjectKey,
    get_path,
    is_terminating,
    key_of,
    labels_of,
    name_of,
    namespace_of,
    uid_of,
)
from orkestra.k8s.owners import owner_reference
from orkestra.k8s.selectors import LabelSelector, Requirement

SLICES = "endpointslices.discovery.k8s.io"
SERVICE_LABEL = "kubernetes.io/service-name"
MANAGED_LABEL = "endpointslice.kubernetes.io/managed-by"
MANAGED_BY = "endpointslice-controller.k8s.io"
TRIGGERED = "endpoints.kubernetes.io/last-change-trigger-time"
HEADLESS = "service.kubernetes.io/headless"
SLICE_SIZE = 100
ENDPOINTS_SIZE = 1000
GATHER_SECONDS = 0.05
GATHER_SECONDS_PER_POD = 0.0005
"""Pods of a roll-out become ready one after the other; waiting a little, longer for many, writes the slices once."""


class Endpoints(Controller):
    name: ClassVar[str] = "endpointslice"

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._selecting = SelectorIndex()
        self._sizes: dict[ObjectKey, int] = {}

    @property
    def watches(self) -> dict[str, Callable[[Object], Iterable[ObjectKey]]]:
        return {"services": self._service, "pods": self._pod, SLICES: self._slice, "endpoints": itself}

    def _service(self, service: Object) -> Iterable[ObjectKey]:
        self._selecting.put(key_of(service), (service.get("spec") or {}).get("selector") or {})
        return (key_of(service),)

    def _pod(self, pod: Object) -> Iterable[ObjectKey]:
        if (pod.get("status") or {}).get("podIP"):
            for key in self._selecting.matching(namespace_of(pod), labels_of(pod)):
                self.requeue(key, GATHER_SECONDS + self._sizes.get(key, 0) * GATHER_SECONDS_PER_POD)
        return ()

    def _slice(self, found: Object) -> Iterable[ObjectKey]:
        name = labels_of(found).get(SERVICE_LABEL)
        return (ObjectKey(namespace_of(found), name),) if name else ()

    def sync(self, key: ObjectKey) -> None:
        service = self.view.get("services", key)
        if service is None:
            self._selecting.drop(key)
            self._sizes.pop(key, None)
            return
        selector = (service.get("spec") or {}).get("selector")
        if is_terminating(service) or not selector or service["spec"].get("type") == "ExternalName":
            return
        terms = tuple(Requirement(label, "In", (str(value),)) for label, value in sorted(selector.items()))
        pods = [pod for pod in self.view.selected("pods", key.namespace, LabelSelector(terms)) if _is_addressed(pod)]
        pods.sort(key=name_of)
        self._sizes[key] = len(pods)
        self._write_slices(service, pods)
        self._write_endpoints(service, pods)

    def _write_slices(self, service: Object, pods: list[Object]) -> None:
        groups: dict[str, tuple[list[Object], list[Object]]] = {}
        for pod in pods:  # pods may resolve a named port differently
            ports = _ports(service, pod)
            groups.setdefault(repr(ports), (ports, []))[1].append(endpoint(service, pod))
        wanted: list[tuple[list[Object] | None, list[Object] | None]] = [
            (ports, members[at : at + SLICE_SIZE])
            for ports, members in groups.values()
            for at in range(0, len(members), SLICE_SIZE)
        ]
        held = [
            each
            for each in self.view.controlled(SLICES, uid_of(service))
            if labels_of(each).get(MANAGED_LABEL) == MANAGED_BY
        ]
        for index, (group_ports, group) in enumerate(wanted or [(None, None)]):
            body = self._slice_body(service, group_ports, group, held[index] if index < len(held) else None)
            if index >= len(held):
                self.engine.create(SLICES, body)
            elif not _says_the_same(body, held[index]):
                self.engine.update(SLICES, body)
        for surplus in held[max(1, len(wanted)) :]:
            self.engine.delete(SLICES, surplus)

    def _slice_body(self, service: Object, ports: Any, members: Any, held: Object | None) -> Object:
        labels = {key: value for key, value in labels_of(service).items() if key not in (SERVICE_LABEL, MANAGED_LABEL)}
        labels |= {MANAGED_LABEL: MANAGED_BY, SERVICE_LABEL: name_of(service)}
        if service["spec"].get("clusterIP") == "None":
            labels[HEADLESS] = ""
        notes = {TRIGGERED: stamp(self.engine.cluster.now())}
        if held is not None:
            meta = {**held["metadata"], "labels": labels, "annotations": notes}
        else:
            meta = {
                "generateName": f"{name_of(service)}-", "namespace": namespace_of(service), "labels": labels,
                "annotations": notes, "ownerReferences": [owner_reference(service)],
            }  # fmt: skip
        body: Object = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": meta}
        return {**body, "addressType": "IPv4", "endpoints": members, "ports": ports}

    def _write_endpoints(self, service: Object, pods: list[Object]) -> None:
        subsets: dict[str, Object] = {}
        for pod in pods[:ENDPOINTS_SIZE]:
            if is_terminating(pod):
                continue
            ports = [_classic_port(port) for port in _ports(service, pod)]
            subset = subsets.setdefault(repr(ports), {"addresses": [], "notReadyAddresses": [], "ports": ports})
            subset["addresses" if _is_published(service, pod) else "notReadyAddresses"].append(_address(service, pod))
        listed = [{field: value for field, value in each.items() if value} for each in subsets.values()]
        key = key_of(service)
        held = self.view.get("endpoints", key)
        if held is not None and (held.get("subsets") or []) == listed:
            return
        labels = {**labels_of(service), "endpoints.kubernetes.io/managed-by": "endpoint-controller"}
        if service["spec"].get("clusterIP") == "None":
            labels[HEADLESS] = ""
        meta: Object = {**held["metadata"]} if held is not None else {"name": key.name, "namespace": key.namespace}
        meta |= {"labels": labels, "annotations": {TRIGGERED: stamp(self.engine.cluster.now())}}
        body: Object = {"apiVersion": "v1", "kind": "Endpoints", "metadata": meta}
        if listed:
            body["subsets"] = listed
        if held is None:
            self.engine.create("endpoints", body)
        else:
            self.engine.update("endpoints", body)


def endpoint(service: Object, pod: Object) -> Object:
    """One entry of a slice: ready means published and staying; serving tells of readiness alone."""
    is_going = is_terminating(pod)
    is_serving = _is_published(service, pod)
    conditions = {"ready": is_serving and not is_going, "serving": is_serving, "terminating": is_going}
    if service["spec"].get("publishNotReadyAddresses"):
        conditions["ready"] = True
    out: Object = {"addresses": [pod["status"]["podIP"]], "conditions": conditions}
    if _has_name(service, pod):
        out["hostname"] = pod["spec"]["hostname"]
    out["targetRef"] = _target(pod)
    if pod["spec"].get("nodeName"):
        out["nodeName"] = pod["spec"]["nodeName"]
    return out


def _address(service: Object, pod: Object) -> Object:
    out: Object = {"ip": pod["status"]["podIP"]}
    if _has_name(service, pod):
        out["hostname"] = pod["spec"]["hostname"]
    return {**out, "nodeName": pod["spec"].get("nodeName"), "targetRef": _target(pod)}


def _target(pod: Object) -> Object:
    return {"kind": "Pod", "namespace": namespace_of(pod), "name": name_of(pod), "uid": uid_of(pod)}


def _has_name(service: Object, pod: Object) -> bool:
    return bool(pod["spec"].get("hostname")) and pod["spec"].get("subdomain") == name_of(service)


def _is_published(service: Object, pod: Object) -> bool:
    return is_ready(pod) or bool(service["spec"].get("publishNotReadyAddresses"))


def _is_addressed(pod: Object) -> bool:
    return bool((pod.get("status") or {}).get("podIP")) and not is_finished(pod)


def _ports(service: Object, pod: Object) -> list[Object]:
    out = []
    for port in service["spec"].get("ports") or ():
        number = _target_port(port, pod)
        if number is None:
            continue
        entry = {"name": port.get("name") or "", "protocol": port.get("protocol") or "TCP", "port": number}
        if port.get("appProtocol"):
            entry["appProtocol"] = port["appProtocol"]
        out.append(entry)
    return out


def _target_port(port: Object, pod: Object) -> int | None:
    target = port.get("targetPort", port.get("port"))
    if isinstance(target, int):
        return target or port.get("port")
    for container in containers_of(pod):
        for declared in container.get("ports") or ():
            if declared.get("name") == target and (declared.get("protocol") or "TCP") == (
                port.get("protocol") or "TCP"
            ):
                found = declared.get("containerPort")
                return found if isinstance(found, int) else None
    return None


def _classic_port(port: Object) -> Object:
    return {field: port[field] for field in ("name", "port", "protocol") if port.get(field)}


def _says_the_same(body: Object, held: Object) -> bool:
    same = all((body.get(field) or None) == (held.get(field) or None) for field in ("endpoints", "ports"))
    return same and get_path(body, ("metadata", "labels")) == labels_of(held)
