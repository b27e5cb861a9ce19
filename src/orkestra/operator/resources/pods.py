"""The pod template every workload shares."""

from __future__ import annotations

from typing import Any

from orkestra.k8s.objects import Object
from orkestra.operator.names import label_value
from orkestra.operator.resources import containers
from orkestra.operator.resources import fields as f
from orkestra.operator.resources.profiles import profiled


def template(fields: f.Fields, cx: f.ChildContext, *, image: str, labels: dict[str, str], **spec: Any) -> Object:
    """A PodTemplateSpec with one primary container; ``spec`` adds pod-level fields such as restartPolicy."""
    pod: Object = {
        "initContainers": containers.listed(f.maps(fields, "initContainers"), "initContainers"),
        "containers": [
            containers.primary(fields, cx.name, image),
            *containers.listed(f.maps(fields, "sidecars"), "sidecars"),
        ],
        "imagePullSecrets": [
            {"name": item["name"] if isinstance(item, dict) else str(item)}
            for item in f.items(fields, "imagePullSecrets")
        ],
        "nodeSelector": f.text_map(fields, "nodeSelector"),
        "serviceAccountName": f.text(fields, "serviceAccountName"),
        "securityContext": dict(profiled(f.mapping(fields, "podSecurity"), "podSecurity", "podSecurity")),
        "volumes": [dict(volume) for volume in f.maps(fields, "volumes")],
        **spec,
    }
    return {"metadata": {"labels": labels}, "spec": f.compact(pod)}


def rolling_limits(fields: f.Fields) -> Object:
    """``rollingUpdate``: how many pods more or fewer than wanted there may be while they are replaced."""
    rolling = profiled(f.mapping(fields, "rollingUpdate"), "rollingUpdate", "rollingUpdate")
    return {
        limit: f.integer_or_text(rolling[limit])
        for limit in ("maxSurge", "maxUnavailable")
        if rolling.get(limit) not in (None, "")
    }


def workload_labels(fields: f.Fields, cx: f.ChildContext) -> tuple[dict[str, str], dict[str, str]]:
    """(labels of object and pods, the selector). The selector is immutable in Kubernetes, so it holds one key."""
    selector = {"app": cx.workloads.get(cx.name) or label_value(cx.name)}
    return {**selector, **f.text_map(fields, "labels"), **selector}, selector
