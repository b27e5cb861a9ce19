"""The packaged catalogue agrees with discovery and, as an independent source, with kubernetes-validate's schemas."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files
from typing import Any

import pytest

from orkestra.k8s.builtin import (
    builtin_resource,
    builtin_resources,
    by_plural,
    definition,
    definition_name,
    definitions,
    kubernetes_version,
    referenced,
    resolve,
    subresources_of,
)
from orkestra.k8s.gvk import GVK

DEPLOYMENT = GVK("apps", "v1", "Deployment")
EXTENSIONS = (
    "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-patch-merge-key",
    "x-kubernetes-patch-strategy",
    "x-kubernetes-map-type",
)


def test_a_resource_is_described_as_discovery_does() -> None:
    deployments = builtin_resource(DEPLOYMENT)
    assert deployments is not None
    assert (deployments.plural, deployments.singular, deployments.list_kind) == (
        "deployments",
        "deployment",
        "DeploymentList",
    )
    assert deployments.namespaced
    assert deployments.short_names == ("deploy",)
    assert deployments.categories == ("all",)
    assert deployments.subresources == {"scale", "status"}
    assert set(deployments.verbs) == {
        "create", "delete", "deletecollection", "get", "list", "patch", "update", "watch",
    }  # fmt: skip


def test_a_plural_names_the_preferred_version() -> None:
    scalers = by_plural("autoscaling", "horizontalpodautoscalers")
    assert scalers is not None and scalers.version == "v2"
    assert builtin_resource(GVK("autoscaling", "v1", "HorizontalPodAutoscaler")) is not None
    assert by_plural("", "deployments") is None
    assert builtin_resource(GVK("apps", "v1", "Website")) is None


def test_reviews_are_created_and_never_listed() -> None:
    review = builtin_resource(GVK("authorization.k8s.io", "v1", "SelfSubjectAccessReview"))
    assert review is not None
    assert (review.verbs, review.list_kind, review.namespaced) == (("create",), "", False)


def test_subresources_tell_the_kind_they_serve() -> None:
    deployments, pods = by_plural("apps", "deployments"), by_plural("", "pods")
    assert deployments is not None and pods is not None
    assert subresources_of(deployments.gvr)["scale"].gvk == GVK("autoscaling", "v1", "Scale")
    assert subresources_of(pods.gvr)["eviction"].gvk == GVK("policy", "v1", "Eviction")
    assert {"binding", "eviction", "log", "status"} <= pods.subresources


@pytest.mark.parametrize(
    "group",
    [
        "", "apps", "batch", "autoscaling", "networking.k8s.io", "policy", "rbac.authorization.k8s.io",
        "storage.k8s.io", "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "apiextensions.k8s.io",
        "authorization.k8s.io", "authentication.k8s.io", "apiregistration.k8s.io",
    ],
)  # fmt: skip
def test_every_kind_of_a_group_has_a_schema_and_a_listable_one_a_list(group: str) -> None:
    served = [info for info in builtin_resources() if info.group == group]
    assert served
    for info in served:
        assert "properties" in definition(info.gvk)
        if info.list_kind:
            items = definition(GVK(info.group, info.version, info.list_kind))["properties"]["items"]
            assert items["type"] == "array"


def test_references_are_followed_with_what_stands_beside_them() -> None:
    spec = resolve(definition(DEPLOYMENT)["properties"]["spec"])
    strategy = resolve(spec["properties"]["strategy"])
    assert strategy["x-kubernetes-patch-strategy"] == "retainKeys"
    assert "rollingUpdate" in strategy["properties"]
    target_port = resolve(definitions()["io.k8s.api.core.v1.ServicePort"]["properties"]["targetPort"])
    assert target_port["format"] == "int-or-string"


def test_descriptions_are_kept_apart() -> None:
    assert "description" not in definition(DEPLOYMENT)
    assert "declarative updates" in definition(DEPLOYMENT, described=True)["description"]
    # A property called "description" is data, not prose.
    assert "description" in definitions()["io.k8s.api.scheduling.v1.PriorityClass"]["properties"]


def test_a_document_needs_all_it_refers_to() -> None:
    needed = referenced([definition_name(DEPLOYMENT)])
    assert {"io.k8s.api.core.v1.Container", "io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry"} <= needed
    assert "io.k8s.api.core.v1.Node" not in needed


def test_a_recursive_schema_ends() -> None:
    assert "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps" in referenced(
        ["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition"]
    )


def test_unknown_kinds_are_a_key_error() -> None:
    with pytest.raises(KeyError):
        definition(GVK("apps", "v1", "Website"))


def test_import_reads_nothing() -> None:
    program = "import sys; import orkestra.k8s.builtin; print('msgspec' in sys.modules, 'gzip' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=150)
    assert done.stdout.split() == ["False", "False"]


def test_schemas_agree_with_kubernetes_validate() -> None:
    folder = files("kubernetes_validate").joinpath("kubernetes-json-schema", "v1.37.0-local", "_definitions.json")
    theirs: dict[str, Any] = json.loads(folder.read_text())["$defs"]
    assert kubernetes_version().startswith("v1.37.")
    compared = 0
    for name, schema in definitions().items():
        other = theirs.get(name)
        if other is None:
            continue
        assert set(schema.get("properties", {})) == set(other.get("properties", {})), name
        for field, mine in schema.get("properties", {}).items():
            for extension in EXTENSIONS:
                assert mine.get(extension) == other["properties"][field].get(extension), f"{name}.{field} {extension}"
            compared += 1
    assert compared > 2000
