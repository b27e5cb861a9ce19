"""Rows of namespaces, nodes, events, configuration and registrations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from orkestra.devserver.tables.cells import NONE, UNKNOWN, age, created, joined, name_of_row, since, spec_of, status_of
from orkestra.k8s.conditions import conditions_of, is_condition
from orkestra.k8s.objects import Object

Row = list[Any]

_ROLE = "node-role.kubernetes.io/"


def config_map(obj: Object, now: datetime) -> Row:
    return [name_of_row(obj), len(obj.get("data") or ()) + len(obj.get("binaryData") or ()), age(obj, now)]


def secret(obj: Object, now: datetime) -> Row:
    return [name_of_row(obj), obj.get("type", ""), len(obj.get("data") or ()), age(obj, now)]


def namespace(obj: Object, now: datetime) -> Row:
    return [name_of_row(obj), status_of(obj).get("phase", ""), age(obj, now)]


def node(obj: Object, now: datetime) -> Row:
    status = status_of(obj)
    info = status.get("nodeInfo") or {}
    ready = next((c for c in conditions_of(obj) if c.get("type") == "Ready"), None)
    shown = "Unknown" if ready is None else "Ready" if ready.get("status") == "True" else "NotReady"
    if spec_of(obj).get("unschedulable"):
        shown += ",SchedulingDisabled"
    labels = obj["metadata"].get("labels") or {}
    roles = joined(sorted(key.removeprefix(_ROLE) for key in labels if key.startswith(_ROLE) and key != _ROLE))
    addresses = {entry.get("type"): entry.get("address") for entry in reversed(status.get("addresses") or [])}
    return [
        name_of_row(obj),
        shown,
        roles or NONE,
        age(obj, now),
        info.get("kubeletVersion", ""),
        addresses.get("InternalIP") or NONE,
        addresses.get("ExternalIP") or NONE,
        info.get("osImage") or UNKNOWN,
        info.get("kernelVersion") or UNKNOWN,
        info.get("containerRuntimeVersion") or UNKNOWN,
    ]


def event(obj: Object, now: datetime) -> Row:
    about = obj.get("involvedObject") or obj.get("regarding") or {}
    source = obj.get("source") or obj.get("deprecatedSource") or {}
    first = obj.get("firstTimestamp") or obj.get("deprecatedFirstTimestamp") or obj.get("eventTime")
    series: Mapping[str, Any] = obj.get("series") or {}
    last = series.get("lastObservedTime") or obj.get("lastTimestamp") or obj.get("deprecatedLastTimestamp") or first
    count = series.get("count") or obj.get("count") or obj.get("deprecatedCount") or 1
    reporter = obj.get("reportingComponent") or obj.get("reportingController") or ""
    component = source.get("component") or reporter
    return [
        since(last, now),
        obj.get("type", ""),
        obj.get("reason", ""),
        f"{str(about.get('kind', '')).lower()}/{about.get('name', '')}",
        about.get("fieldPath", ""),
        f"{component}, {source['host']}" if source.get("host") else component,
        str(obj.get("message") or obj.get("note") or "").strip(),
        since(first, now),
        count,
        name_of_row(obj),
    ]


def quota(obj: Object, now: datetime) -> Row:
    hard, used = (obj.get("status") or {}).get("hard") or {}, (obj.get("status") or {}).get("used") or {}
    limits = [f"{name}: {used.get(name, '0')}/{hard[name]}" for name in sorted(hard) if name.startswith("limits")]
    requests = [f"{name}: {used.get(name, '0')}/{hard[name]}" for name in sorted(hard) if not name.startswith("limits")]
    return [name_of_row(obj), ", ".join(requests), ", ".join(limits), age(obj, now)]


def lease(obj: Object, now: datetime) -> Row:
    return [name_of_row(obj), spec_of(obj).get("holderIdentity", ""), age(obj, now)]


def priority_class(obj: Object, now: datetime) -> Row:
    policy = obj.get("preemptionPolicy", "PreemptLowerPriority")
    return [name_of_row(obj), obj.get("value", 0), bool(obj.get("globalDefault")), age(obj, now), policy]


def definition(obj: Object, _now: datetime) -> Row:
    spec = spec_of(obj)
    names = spec.get("names") or {}
    versions = [
        f"{version.get('name')}(storage)" if version.get("storage") else str(version.get("name"))
        for version in spec.get("versions") or ()
    ]
    return [
        name_of_row(obj),
        spec.get("scope", ""),
        ",".join(versions),
        created(obj),
        spec.get("group", ""),
        names.get("kind", ""),
        joined(names.get("shortNames") or ()) or NONE,
        is_condition(obj, "Established"),
    ]


def webhooks(obj: Object, now: datetime) -> Row:
    return [name_of_row(obj), len(obj.get("webhooks") or ()), age(obj, now)]


def runtime_class(obj: Object, now: datetime) -> Row:
    return [name_of_row(obj), obj.get("handler", ""), age(obj, now)]


def api_service(obj: Object, now: datetime) -> Row:
    service = spec_of(obj).get("service")
    shown = f"{service.get('namespace')}/{service.get('name')}" if service else "Local"
    available = next((c for c in conditions_of(obj) if c.get("type") == "Available"), {})
    text = str(available.get("status") or "Unknown")
    return [name_of_row(obj), shown, text, age(obj, now)]
