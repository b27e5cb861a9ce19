"""Services and Ingresses (pkg/apis/core/validation, pkg/apis/networking/validation)."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from orkestra.devserver.kinds.rules.names import check_labels, dns_label, dns_subdomain
from orkestra.devserver.kinds.rules.pods import PROTOCOLS, port_messages, port_number
from orkestra.k8s.errors import Cause
from orkestra.k8s.literals import Struct
from orkestra.k8s.objects import Object
from orkestra.k8s.schema.causes import duplicate, invalid_value, not_supported, required

_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")


def check_service(obj: Object, old: Object | None) -> list[Cause]:
    spec = obj.get("spec") or {}
    found: list[Cause] = []
    kind = spec.get("type")
    ports = spec.get("ports") or []
    if kind not in _TYPES:
        return [not_supported("spec.type", kind, _TYPES)]
    if not ports and spec.get("clusterIP") != "None" and kind != "ExternalName":
        found.append(required("spec.ports"))
    if kind == "ExternalName":
        name = str(spec.get("externalName") or "").rstrip(".")
        if not name:
            found.append(required("spec.externalName"))
        elif message := dns_subdomain(name):
            found.append(invalid_value("spec.externalName", name, message))
    if kind == "LoadBalancer" and spec.get("clusterIP") == "None":
        found.append(invalid_value("spec.clusterIPs[0]", "None", "may not be set to 'None' for LoadBalancer services"))
    _check_ports(ports, kind, found)
    found += check_labels(spec.get("selector"), "spec.selector")
    affinity = spec.get("sessionAffinity")
    if affinity not in ("ClientIP", "None"):
        found.append(not_supported("spec.sessionAffinity", affinity, ("ClientIP", "None")))
    for field, shown_at in (("clusterIP", "clusterIPs[0]"), ("loadBalancerIP", "loadBalancerIP")):
        address = spec.get(field)
        if address and address != "None" and not _is_address(str(address)):
            found.append(
                invalid_value(
                    f"spec.{shown_at}", address, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
                )
            )
    if spec.get("externalTrafficPolicy") and kind == "ClusterIP" and not spec.get("externalIPs"):
        text = "may only be set for externally-accessible services"
        found.append(invalid_value("spec.externalTrafficPolicy", spec["externalTrafficPolicy"], text))
    if old is not None:
        _check_service_update(spec, old.get("spec") or {}, found)
    return found


def _check_ports(ports: list[Mapping[str, Any]], kind: str, found: list[Cause]) -> None:
    names: set[str] = set()
    seen: set[tuple[Any, Any]] = set()
    for index, port in enumerate(ports):
        at = f"spec.ports[{index}]"
        name = str(port.get("name") or "")
        if not name:
            if len(ports) > 1:
                found.append(required(f"{at}.name"))
        elif message := dns_label(name):
            found.append(invalid_value(f"{at}.name", name, message))
        elif name in names:
            found.append(duplicate(f"{at}.name", name))
        names.add(name)
        number = port.get("port") or 0
        if message := port_number(number):
            found.append(invalid_value(f"{at}.port", number, message))
        if port.get("protocol") not in PROTOCOLS:
            found.append(not_supported(f"{at}.protocol", port.get("protocol"), PROTOCOLS))
        target = port.get("targetPort")
        messages = port_messages(target)
        found += [invalid_value(f"{at}.targetPort", target, message) for message in messages]
        if (port.get("protocol"), number) in seen:
            shown = Struct(
                Name="", Protocol=port.get("protocol"), AppProtocol=None, Port=number, TargetPort=0, NodePort=0
            )
            found.append(duplicate(at, shown))
        seen.add((port.get("protocol"), number))
        if kind == "ClusterIP" and port.get("nodePort"):
            message = "may not be used when `type` is 'ClusterIP'"
            found.append(Cause("FieldValueForbidden", f"Forbidden: {message}", f"{at}.nodePort"))


def _check_service_update(spec: Mapping[str, Any], before: Mapping[str, Any], found: list[Cause]) -> None:
    if "ExternalName" in (spec.get("type"), before.get("type")):
        return
    old_ip, new_ip = before.get("clusterIP"), spec.get("clusterIP")
    if old_ip and new_ip != old_ip:
        found.append(invalid_value("spec.clusterIPs[0]", spec.get("clusterIPs") or [], "may not change once set"))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def check_ingress(obj: Object, _old: Object | None) -> list[Cause]:
    spec = obj.get("spec") or {}
    found: list[Cause] = []
    if not spec.get("rules") and spec.get("defaultBackend") is None:
        found.append(invalid_value("spec", None, "either `defaultBackend` or `rules` must be specified"))
    for index, rule in enumerate(spec.get("rules") or ()):
        at = f"spec.rules[{index}]"
        host = str(rule.get("host") or "")
        if host:
            if _is_address(host):
                found.append(invalid_value(f"{at}.host", host, "must be a DNS name, not an IP address"))
            elif message := dns_subdomain(host.removeprefix("*.")):
                found.append(invalid_value(f"{at}.host", host, message))
        http = rule.get("http")
        if http is not None and not http.get("paths"):
            found.append(required(f"{at}.http.paths"))
        for number, path in enumerate((http or {}).get("paths") or ()):
            _check_path(path, f"{at}.http.paths[{number}]", found)
    if isinstance(spec.get("defaultBackend"), dict):
        _check_backend(spec["defaultBackend"], "spec.defaultBackend", found)
    return found


def _check_path(path: Mapping[str, Any], at: str, found: list[Cause]) -> None:
    kind, text = path.get("pathType"), str(path.get("path") or "")
    if not kind:
        found.append(required(f"{at}.pathType", "pathType must be specified"))
        return
    if kind in ("Exact", "Prefix"):
        if not text.startswith("/"):
            found.append(invalid_value(f"{at}.path", text, "must be an absolute path"))
        for illegal in ("//", "/./", "/../", "%2f", "%2F"):
            if text and illegal in text:
                found.append(invalid_value(f"{at}.path", text, f"must not contain '{illegal}'"))
    elif kind == "ImplementationSpecific":
        if text and not text.startswith("/"):
            found.append(invalid_value(f"{at}.path", text, "must be an absolute path"))
    else:
        found.append(not_supported(f"{at}.pathType", kind, _PATH_TYPES))
    _check_backend(path.get("backend") or {}, f"{at}.backend", found)


def _check_backend(backend: Mapping[str, Any], at: str, found: list[Cause]) -> None:
    service, resource = backend.get("service"), backend.get("resource")
    if service is None and resource is None:
        found.append(invalid_value(at, "", "resource or service backend is required"))
        return
    if service is None:
        return
    if not service.get("name"):
        found.append(required(f"{at}.service.name"))
    port = service.get("port") or {}
    if not port.get("name") and not port.get("number"):
        found.append(required(at, "port name or number is required"))
    elif port.get("name") and port.get("number"):
        found.append(invalid_value(at, "", "cannot set both port name & port number"))
    elif port.get("number") and (message := port_number(port["number"])):
        found.append(invalid_value(f"{at}.service.port.number", port["number"], message))


def check_policy(obj: Object, _old: Object | None) -> list[Cause]:
    spec = obj.get("spec") or {}
    found: list[Cause] = []
    for index, kind in enumerate(spec.get("policyTypes") or ()):
        if kind not in ("Ingress", "Egress"):
            found.append(not_supported(f"spec.policyTypes[{index}]", kind, ("Ingress", "Egress")))
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(spec.get(direction) or ()):
            for number, peer in enumerate(rule.get(peers) or ()):
                block = peer.get("ipBlock")
                if isinstance(block, dict) and not _is_network(str(block.get("cidr") or "")):
                    at = f"spec.{direction}[{index}].{peers}[{number}].ipBlock.cidr"
                    text = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
                    found.append(invalid_value(at, block.get("cidr"), text))
    return found


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return "/" in text
