"""``networkPolicies`` -> networking.k8s.io/v1 NetworkPolicy."""

from __future__ import annotations

from orkestra.k8s.objects import Object
from orkestra.operator.resources import fields as f
from orkestra.operator.resources.profiles import presets

_METADATA = ("labels", "annotations")
_DIRECTIONS = (("ingress", "from", "Ingress"), ("egress", "to", "Egress"))


def build(fields: f.Fields, cx: f.ChildContext) -> Object:
    """A direction that is written is governed, an empty list in it denies all; one that is absent is not touched.

    A profile stands in the place of all rules.
    """
    if name := f.text(fields, "profile"):
        rules = presets("networkPolicies", name, "")
        fields = {"podSelector": fields.get("podSelector"), **rules, **{p: fields.get(p) for p in _METADATA}}
    spec: Object = {"podSelector": f.selector(fields, "podSelector")}
    types: list[str] = []
    for direction, peers, type_ in _DIRECTIONS:
        if fields.get(direction) is not None:
            types.append(type_)
            spec[direction] = [
                _rule(item, peers, f"{direction}[{n}]") for n, item in enumerate(f.maps(fields, direction))
            ]
    spec["policyTypes"] = f.texts(fields, "policyTypes") or types or ["Ingress"]
    meta = f.described(fields)
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": meta, "spec": spec}


def _rule(item: f.Fields, peers: str, where: str) -> Object:
    try:
        rule = {peers: [_peer(p) for p in f.maps(item, peers)], "ports": [_port(p) for p in f.maps(item, "ports")]}
    except f.FieldError as error:
        raise error.below(where) from None
    return f.compact(rule)


def _peer(item: f.Fields) -> Object:
    if item.get("ipBlock"):
        block = f.mapping(item, "ipBlock")
        return {"ipBlock": f.compact({"cidr": f.required_text(block, "cidr"), "except": f.texts(block, "except")})}
    names = [name for name in ("podSelector", "namespaceSelector") if item.get(name) is not None]
    if not names:
        raise f.FieldError("peer", "podSelector, namespaceSelector or ipBlock", dict(item))
    return {name: f.selector(item, name) for name in names}


def _port(item: f.Fields) -> Object:
    port: Object = {"protocol": f.text(item, "protocol", "TCP").upper()}
    if item.get("port") not in (None, ""):
        port["port"] = f.integer_or_text(item["port"])
    if (last := f.integer(item, "endPort")) is not None:
        port["endPort"] = last
    return port
