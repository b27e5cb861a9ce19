"""Objects and a cluster for the embedded API server's tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from orkestra.devserver.cluster import Cluster
from orkestra.k8s.gvk import ResourceInfo

Document = dict[str, Any]

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def cluster(**options: Any) -> Cluster:
    """A cluster in memory with a ``default`` namespace, its clock at noon."""
    made = Cluster(clock=lambda: NOON, **options)
    made.create(info(made, "", "namespaces"), {"metadata": {"name": "default"}})
    return made


def info(on: Cluster, group: str, plural: str) -> ResourceInfo:
    found = on.resource(group, plural)
    assert found is not None, f"{plural}.{group} is not served"
    return found


def configmap(name: str, **fields: Any) -> Document:
    meta = {"name": name, "namespace": "default", **fields.pop("metadata", {})}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, **fields}


def deployment(name: str = "web", **spec: Any) -> Document:
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"selector": {"matchLabels": {"app": name}}, "template": template, **spec},
    }


def pod(name: str, **spec: Any) -> Document:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"containers": [{"name": "c", "image": "nginx"}], **spec},
    }


def widget(name: str, version: str = "v1", **spec: Any) -> Document:
    return {
        "apiVersion": f"example.com/{version}",
        "kind": "Widget",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"size": 1, **spec},
    }


def widgets(**version: Any) -> Document:
    """The definition of Widgets: two served versions, v1 stored, a status and a scale."""
    schema = {
        "type": "object",
        "properties": {
            "spec": {
                "type": "object",
                "required": ["size"],
                "properties": {
                    "size": {"type": "integer", "minimum": 1},
                    "replicas": {"type": "integer"},
                    "mode": {"type": "string", "default": "a", "enum": ["a", "b"]},
                },
            },
            "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        },
    }
    scale = {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}
    common = {
        "served": True,
        "schema": {"openAPIV3Schema": schema},
        "subresources": {"status": {}, "scale": scale},
        "additionalPrinterColumns": [{"name": "Size", "type": "integer", "jsonPath": ".spec.size"}],
        **version,
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"kind": "Widget", "plural": "widgets"},
            "versions": [{"name": "v1", "storage": True, **common}, {"name": "v1beta1", "storage": False, **common}],
        },
    }


def with_widgets() -> tuple[Cluster, ResourceInfo]:
    made = cluster()
    made.create(info(made, "apiextensions.k8s.io", "customresourcedefinitions"), widgets())
    return made, info(made, "example.com", "widgets")
