"""Rows of services and what routes to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from orkestra.devserver.tables.cells import (
    NONE,
    UNSET,
    age,
    joined,
    labels_text,
    name_of_row,
    selector_text,
    spec_of,
    status_of,
    text_of,
)
from orkestra.k8s.objects import Object

Row = list[Any]


def service(obj: Object, now: datetime) -> Row:
    spec = spec_of(obj)
    return [
        name_of_row(obj),
        spec.get("type", ""),
        text_of(spec.get("clusterIP")),
        _external(spec, status_of(obj)),
        joined(_port(port) for port in spec.get("ports") or ()) or NONE,
        age(obj, now),
        labels_text(spec.get("selector")),
    ]


def _external(spec: Mapping[str, Any], status: Mapping[str, Any]) -> str:
    given = spec.get("externalIPs") or []
    match spec.get("type"):
        case "LoadBalancer":
            ingress = (status.get("loadBalancer") or {}).get("ingress") or ()
            found = [entry.get("ip") or entry.get("hostname") for entry in ingress]
            return joined([*found, *given]) or "<pending>"
        case "ExternalName":
            return str(spec.get("externalName") or "")
    return joined(given) or NONE


def _port(port: Mapping[str, Any]) -> str:
    node = f":{port['nodePort']}" if port.get("nodePort") else ""
    return f"{port.get('port')}{node}/{port.get('protocol', 'TCP')}"


def endpoints(obj: Object, now: datetime) -> Row:
    found: list[str] = []
    for subset in obj.get("subsets") or ():
        ports = subset.get("ports") or ()
        for address in subset.get("addresses") or ():
            found += [f"{address.get('ip')}:{port.get('port')}" for port in ports] or [str(address.get("ip"))]
    return [name_of_row(obj), _some(found), age(obj, now)]


def endpoint_slice(obj: Object, now: datetime) -> Row:
    ports = [str(port["port"]) if port.get("port") else "*" for port in obj.get("ports") or ()]
    addresses = [str(a) for endpoint in obj.get("endpoints") or () for a in endpoint.get("addresses") or ()]
    return [
        name_of_row(obj),
        obj.get("addressType", ""),
        _some(ports) if ports else UNSET,
        _some(addresses) if addresses else UNSET,
        age(obj, now),
    ]


def _some(values: list[str]) -> str:
    if len(values) > 3:
        return f"{','.join(values[:3])} + {len(values) - 3} more..."
    return ",".join(values) or NONE


def ingress(obj: Object, now: datetime) -> Row:
    spec = spec_of(obj)
    hosts = [rule["host"] for rule in spec.get("rules") or () if rule.get("host")]
    shown = ",".join(hosts[:3]) + (f" + {len(hosts) - 3} more..." if len(hosts) > 3 else "")
    addresses = (status_of(obj).get("loadBalancer") or {}).get("ingress") or ()
    return [
        name_of_row(obj),
        text_of(spec.get("ingressClassName")),
        shown or "*",
        joined(entry.get("ip") or entry.get("hostname") for entry in addresses),
        "80, 443" if spec.get("tls") else "80",
        age(obj, now),
    ]


def ingress_class(obj: Object, now: datetime) -> Row:
    spec = spec_of(obj)
    found = spec.get("parameters") or {}
    group = f".{found['apiGroup']}" if found.get("apiGroup") else ""
    shown = f"{found.get('kind')}{group}/{found.get('name')}" if found else NONE
    return [name_of_row(obj), spec.get("controller", ""), shown, age(obj, now)]


def policy(obj: Object, now: datetime) -> Row:
    return [name_of_row(obj), selector_text(spec_of(obj).get("podSelector")), age(obj, now)]
