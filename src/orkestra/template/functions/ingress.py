"""Ingresses: where their load balancer is, their rules and their TLS."""

from __future__ import annotations

from typing import Any, Final

from orkestra.template.functions.function import Domain
from orkestra.template.functions.objectfields import Fields, field_of, list_at, maps_at, object_of, text_at, texts_at
from orkestra.template.functions.service import all_ingress, first_ingress

INGRESS: Final = Domain("ingress", [])
function = INGRESS.function


@function(
    "ingressReady(o) bool",
    "Whether a load balancer was given to it.",
    "{{ ingressReady .children.ingress }}",
    "true",
)
def ingress_ready(o: Any) -> bool:
    found = object_of(o)
    return bool(all_ingress(found, "ip") or all_ingress(found, "hostname"))


@function(
    "ingressIP(o) string", "The load balancer's first address.", "{{ ingressIP .children.ingress }}", "203.0.113.8"
)
def ingress_ip(o: Any) -> str:
    return first_ingress(object_of(o), "ip")


@function(
    "ingressHost(o) string",
    "The load balancer's first host name.",
    "{{ ingressHost .children.ingress }}",
    "lb.example.com",
)
def ingress_host(o: Any) -> str:
    return first_ingress(object_of(o), "hostname")


@function(
    "ingressClassName(o) string",
    "Its class, from the spec or the older annotation.",
    "{{ ingressClassName .children.ingress }}",
    "nginx",
)
def ingress_class_name(o: Any) -> str:
    found = object_of(o)
    return text_at(found, "spec", "ingressClassName") or text_at(
        found, "metadata", "annotations", "kubernetes.io/ingress.class"
    )


@function(
    "ingressRules(o) list",
    "Its rules, as the spec has them.",
    "{{ range ingressRules .children.ingress }}{{ .host }}{{ end }}",
    "web.example.com",
)
def ingress_rules(o: Any) -> list[Fields]:
    return maps_at(object_of(o), "spec", "rules")


@function(
    "ingressTLSHosts(o) list",
    "The hosts it serves over TLS, each once.",
    "{{ ingressTLSHosts .children.ingress }}",
    "[web.example.com]",
)
def ingress_tls_hosts(o: Any) -> list[str]:
    return list(dict.fromkeys(host for tls in maps_at(object_of(o), "spec", "tls") for host in texts_at(tls, "hosts")))


@function(
    "ingressLoadBalancerIPs(o) list",
    "All addresses of the load balancer (_loadBalancerIPs, or those of the status).",
    "{{ ingressLoadBalancerIPs .children.ingress }}",
    "[203.0.113.8]",
)
def ingress_load_balancer_ips(o: Any) -> list[str]:
    found = object_of(o)
    return texts_at(found, "_loadBalancerIPs") or all_ingress(found, "ip")


@function(
    "ingressTLSSecretCount(o) int",
    "How many Secrets it takes certificates from (_tlsSecrets, or those the spec names).",
    "{{ ingressTLSSecretCount .children.ingress }}",
    "1",
)
def ingress_tls_secret_count(o: Any) -> int:
    found = object_of(o)
    if field_of(found, "_tlsSecrets") is not None:
        return len(list_at(found, "_tlsSecrets")) or len(maps_at(found, "_tlsSecrets"))
    return len({text_at(tls, "secretName") for tls in maps_at(found, "spec", "tls")} - {""})
