"""Containers from entry fields: the primary one, and those listed as sidecars or init containers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orkestra.k8s.objects import Object
from orkestra.operator import names
from orkestra.operator.resources import fields as f
from orkestra.operator.resources.profiles import profiled

_TIMINGS = {
    "initialDelaySeconds": ("initialDelaySeconds", "initialDelay", "initial"),
    "periodSeconds": ("periodSeconds", "period"),
    "failureThreshold": ("failureThreshold", "failures"),
    "timeoutSeconds": ("timeoutSeconds", "timeout"),
    "successThreshold": ("successThreshold",),
}


def primary(fields: f.Fields, name: str, image: str) -> Object:
    """The container an entry describes; it is named after the object."""
    ports: list[Object] = []
    if fields.get("port") not in (None, ""):
        number = f.port(fields["port"], "port")
        ports = [{"containerPort": number, "protocol": f.text(fields, "protocol", "TCP").upper()}]
    return container(fields, names.dns_label(name), image, ports)


def listed(entries: list[Mapping[str, Any]], where: str) -> list[Object]:
    """Sidecars and init containers: Kubernetes' own names, templated values."""
    out: list[Object] = []
    for index, entry in enumerate(entries):
        try:
            ports = [_listed_port(p) for p in f.items(entry, "ports")]
            out.append(container(entry, f.required_text(entry, "name"), f.required_text(entry, "image"), ports))
        except f.FieldError as error:
            raise error.below(f"{where}[{index}]") from None
    return out


def _listed_port(value: Any) -> Object:
    if not isinstance(value, Mapping):
        return {"containerPort": f.port(value, "ports"), "protocol": "TCP"}
    number = value.get("containerPort", value.get("port"))
    protocol = f.text(value, "protocol", "TCP").upper()
    return f.compact({"name": f.text(value, "name"), "containerPort": f.port(number, "ports"), "protocol": protocol})


def container(fields: f.Fields, name: str, image: str, ports: list[Object]) -> Object:
    environment, sources = _environment(fields)
    first_port = ports[0]["containerPort"] if ports else None
    out: Object = {
        "name": name,
        "image": image,
        "command": f.texts(fields, "command"),
        "args": f.texts(fields, "args"),
        "workingDir": f.text(fields, "workingDirectory"),
        "imagePullPolicy": f.text(fields, "imagePullPolicy"),
        "ports": ports,
        "env": environment,
        "envFrom": sources,
        "resources": resources(f.mapping(fields, "resources")),
        "securityContext": dict(profiled(f.mapping(fields, "securityContext"), "containerSecurity", "securityContext")),
        "volumeMounts": [dict(mount) for mount in f.maps(fields, "volumeMounts")],
    }
    for kind, probe in f.mapping(fields, "probes").items():
        out[f"{kind}Probe"] = _probe(probe, kind, first_port)
    return f.compact(out)


def resources(fields: f.Fields) -> Object:
    fields = profiled(fields, "resources", "resources")
    return f.compact({part: f.quantities(fields, part, f"resources.{part}") for part in ("requests", "limits")})


def _environment(fields: f.Fields) -> tuple[list[Object], list[Object]]:
    """``env`` and ``envFrom``; a source with ``keys`` becomes one variable a key, since envFrom knows no suffix."""
    variables: list[Object] = []
    for item in f.maps(fields, "env"):
        variable: Object = {"name": f.required_text(item, "name")}
        if item.get("valueFrom"):
            variable["valueFrom"] = dict(f.mapping(item, "valueFrom"))
        else:
            variable["value"] = f.text(item, "value")
        variables.append(variable)
    sources: list[Object] = []
    declared = f.mapping(fields, "envFrom")
    for kind, key_ref in (("secretRef", "secretKeyRef"), ("configMapRef", "configMapKeyRef")):
        for item in f.maps(declared, kind):
            reference: Object = {"name": f.required_text(item, "name")}
            if f.boolean(item, "optional"):
                reference["optional"] = True
            prefix, suffix = f.text(item, "prefix"), f.text(item, "suffix")
            keys = f.texts(item, "keys")
            for key in keys:
                source = {key_ref: {**reference, "key": key}}
                variables.append({"name": f"{prefix}{key}{suffix}", "valueFrom": source})
            if not keys:
                if suffix:
                    raise f.FieldError(f"envFrom.{kind}.suffix", "keys beside it", suffix)
                sources.append(f.compact({"prefix": prefix, kind: reference}))
    return variables, sources


def _probe(probe: Any, kind: str, default_port: int | None) -> Object:
    if not isinstance(probe, Mapping):
        raise f.FieldError(f"probes.{kind}", "a map", probe)
    probe = profiled(probe, "probes", f"probes.{kind}")
    out: Object = {}
    number = probe.get("port") or default_port
    form = f.text(probe, "type", "exec" if probe.get("command") else "http")
    if form == "exec":
        out["exec"] = {"command": f.texts(probe, "command")}
    elif number is None:
        raise f.FieldError(f"probes.{kind}.port", "a port here or on the container", "")
    elif form == "http":
        out["httpGet"] = {"path": f.text(probe, "path", "/"), "port": f.integer_or_text(number)}
    elif form == "tcp":
        out["tcpSocket"] = {"port": f.integer_or_text(number)}
    else:
        raise f.FieldError(f"probes.{kind}.type", "http, tcp or exec", form)
    for target, spellings in _TIMINGS.items():
        for spelling in spellings:
            value = f.integer(probe, spelling)
            if value is not None:
                out[target] = value
                break
    return out
