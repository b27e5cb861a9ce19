"""Services: their addresses, the endpoints behind them and the pods behind those.

Endpoints come from ``_endpoints``: an Endpoints object or EndpointSlices, as ``enrich: [endpoints]`` reads them.
"""

from __future__ import annotations

from typing import Any, Final

from orkestra.template.functions.arguments import text
from orkestra.template.functions.function import Domain
from orkestra.template.functions.objectfields import (
    Fields,
    count_at,
    field_of,
    maps_at,
    name_of,
    object_of,
    text_at,
    texts_at,
)

SERVICE: Final = Domain("service", [])
function = SERVICE.function


@function("serviceClusterIP(o) string", "Its cluster IP.", "{{ serviceClusterIP .children.service }}", "10.96.0.7")
def service_cluster_ip(o: Any) -> str:
    return text_at(object_of(o), "spec", "clusterIP")


@function(
    "serviceNodePort(o, port string) int",
    "The node port of its port of this name, of the first when no name is given; 0 without.",
    "{{ serviceNodePort .children.service }}",
    "30080",
)
def service_node_port(o: Any, port: Any = "") -> int:
    wanted = text(port)
    ports = [entry for entry in maps_at(object_of(o), "spec", "ports") if not wanted or entry.get("name") == wanted]
    return count_at(ports[0], "nodePort") if ports else 0


@function(
    "serviceLoadBalancerIP(o) string",
    "The first address its load balancer was given.",
    "{{ serviceLoadBalancerIP .children.service }}",
    "203.0.113.7",
)
def service_load_balancer_ip(o: Any) -> str:
    return first_ingress(object_of(o), "ip")


@function(
    "serviceLoadBalancerHost(o) string",
    "The first host name its load balancer was given.",
    "{{ serviceLoadBalancerHost .children.service }}",
    "lb.example.com",
)
def service_load_balancer_host(o: Any) -> str:
    return first_ingress(object_of(o), "hostname")


def first_ingress(o: Fields, field: str) -> str:
    """The first non-empty ``ip`` or ``hostname`` of ``status.loadBalancer.ingress``."""
    return next((found for found in all_ingress(o, field)), "")


def all_ingress(o: Fields, field: str) -> list[str]:
    found = (text_at(entry, field) for entry in maps_at(o, "status", "loadBalancer", "ingress"))
    return [value for value in found if value]


def _addresses(o: Any, is_ready: bool) -> list[str]:
    """Of Endpoints and EndpointSlices alike; an endpoint whose readiness is not known counts as ready."""
    found = object_of(o)
    out: dict[str, None] = {}
    for source in maps_at(found, "_endpoints") if "_endpoints" in found else [found]:
        for subset in maps_at(source, "subsets"):
            for address in maps_at(subset, "addresses" if is_ready else "notReadyAddresses"):
                out[text_at(address, "ip")] = None
        for endpoint in maps_at(source, "endpoints"):
            if (field_of(endpoint, "conditions", "ready") is not False) is is_ready:
                out.update(dict.fromkeys(texts_at(endpoint, "addresses")))
    out.pop("", None)
    return list(out)


@function(
    "endpointsReady(o) bool",
    "Whether it has ready endpoints and none that are not.",
    "{{ endpointsReady .children.service }}",
    "true",
)
def endpoints_ready(o: Any) -> bool:
    return bool(_addresses(o, True)) and not _addresses(o, False)


@function(
    "hasEndpoints(o) bool",
    "Whether it has at least one ready endpoint.",
    "{{ hasEndpoints .children.service }}",
    "true",
)
def has_endpoints(o: Any) -> bool:
    return bool(_addresses(o, True))


@function(
    "serviceEndpoints(o) list",
    "The addresses of its ready endpoints.",
    "{{ serviceEndpoints .children.service }}",
    "[10.244.0.5 10.244.1.6]",
)
def service_endpoints(o: Any) -> list[str]:
    return _addresses(o, True)


@function(
    "serviceEndpointCount(o) int",
    "How many they are.",
    "{{ serviceEndpointCount .children.service }}",
    "2",
)
def service_endpoint_count(o: Any) -> int:
    return len(_addresses(o, True))


@function(
    "serviceFirstEndpoint(o) string",
    "The first of them.",
    "{{ serviceFirstEndpoint .children.service }}",
    "10.244.0.5",
)
def service_first_endpoint(o: Any) -> str:
    return next(iter(_addresses(o, True)), "")


@function(
    "backingPodCount(o) int",
    "How many pods its selector finds (_backingPods).",
    "{{ backingPodCount .children.service }}",
    "2",
)
def backing_pod_count(o: Any) -> int:
    return len(maps_at(object_of(o), "_backingPods"))


@function(
    "backingPodNames(o) list",
    "Their names.",
    "{{ backingPodNames .children.service }}",
    "[web-0 web-1]",
)
def backing_pod_names(o: Any) -> list[str]:
    return [name_of(pod) for pod in maps_at(object_of(o), "_backingPods")]
