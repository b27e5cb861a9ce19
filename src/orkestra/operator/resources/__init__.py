"""Katalog resource entries -> Kubernetes manifests, one module a kind.

Pure: rendered fields in, a complete manifest out (ownership metadata is added by ``metadata.py``). A value that does
not fit raises ``FieldError``, which names the field, what was expected and what came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from orkestra.k8s.gvk import GVK
from orkestra.k8s.objects import Object
from orkestra.operator.resources import (
    config_maps,
    custom,
    deployments,
    ingresses,
    jobs,
    secrets,
    service_accounts,
    services,
    stateful_sets,
)
from orkestra.operator.resources.fields import ChildContext

Build = Callable[[Mapping[str, Any], ChildContext], Object]


@dataclass(frozen=True, slots=True)
class Kind:
    """One Katalog key. ``suffix`` makes the default name; ``order`` sorts children into creation order."""

    key: str
    gvk: GVK | None
    suffix: str
    build: Build
    order: int
    is_create_only: bool = False
    is_workload: bool = False


KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("serviceAccounts", GVK("", "v1", "ServiceAccount"), "-sa", service_accounts.build, 10),
        Kind("configMaps", GVK("", "v1", "ConfigMap"), "-config", config_maps.build, 20),
        Kind("secrets", GVK("", "v1", "Secret"), "-secret", secrets.build, 20),
        Kind("services", GVK("", "v1", "Service"), "-svc", services.build, 30),
        Kind("deployments", GVK("apps", "v1", "Deployment"), "-deployment", deployments.build, 40, is_workload=True),
        Kind("statefulSets", GVK("apps", "v1", "StatefulSet"), "", stateful_sets.build, 40, is_workload=True),
        Kind("jobs", GVK("batch", "v1", "Job"), "-job", jobs.build, 40, is_create_only=True),
        Kind("ingresses", GVK("networking.k8s.io", "v1", "Ingress"), "-ingress", ingresses.build, 50),
        Kind("custom", None, "", custom.build, 60),
    )
}
