"""Discovery, old and aggregated, and the OpenAPI documents kubectl validates and explains by."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.conftest import Defined
from tests.conformance.http import Api

pytestmark = pytest.mark.asyncio(loop_scope="session")

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
GROUPS = {
    "apps": ["v1"],
    "batch": ["v1"],
    "autoscaling": ["v2", "v1"],
    "networking.k8s.io": ["v1"],
    "policy": ["v1"],
    "rbac.authorization.k8s.io": ["v1"],
    "storage.k8s.io": ["v1"],
    "coordination.k8s.io": ["v1"],
    "discovery.k8s.io": ["v1"],
    "events.k8s.io": ["v1"],
    "apiextensions.k8s.io": ["v1"],
    "authorization.k8s.io": ["v1"],
    "authentication.k8s.io": ["v1"],
    "scheduling.k8s.io": ["v1"],
    "admissionregistration.k8s.io": ["v1"],
}
RESOURCES = {
    "/api/v1": {
        "pods": ("Pod", True, "po", "all"),
        "pods/status": ("Pod", True, "", ""),
        "pods/eviction": ("Eviction", True, "", ""),
        "pods/log": ("Pod", True, "", ""),
        "services": ("Service", True, "svc", "all"),
        "configmaps": ("ConfigMap", True, "cm", ""),
        "secrets": ("Secret", True, "", ""),
        "serviceaccounts": ("ServiceAccount", True, "sa", ""),
        "serviceaccounts/token": ("TokenRequest", True, "", ""),
        "namespaces": ("Namespace", False, "ns", ""),
        "namespaces/finalize": ("Namespace", False, "", ""),
        "nodes": ("Node", False, "no", ""),
        "events": ("Event", True, "ev", ""),
        "endpoints": ("Endpoints", True, "ep", ""),
        "persistentvolumeclaims": ("PersistentVolumeClaim", True, "pvc", ""),
        "persistentvolumes": ("PersistentVolume", False, "pv", ""),
        "replicationcontrollers": ("ReplicationController", True, "rc", "all"),
        "replicationcontrollers/scale": ("Scale", True, "", ""),
        "resourcequotas": ("ResourceQuota", True, "quota", ""),
        "limitranges": ("LimitRange", True, "limits", ""),
        "podtemplates": ("PodTemplate", True, "", ""),
    },
    "/apis/apps/v1": {
        "deployments": ("Deployment", True, "deploy", "all"),
        "deployments/scale": ("Scale", True, "", ""),
        "deployments/status": ("Deployment", True, "", ""),
        "replicasets": ("ReplicaSet", True, "rs", "all"),
        "statefulsets": ("StatefulSet", True, "sts", "all"),
        "daemonsets": ("DaemonSet", True, "ds", "all"),
        "controllerrevisions": ("ControllerRevision", True, "", ""),
    },
    "/apis/batch/v1": {
        "jobs": ("Job", True, "", "all"),
        "jobs/status": ("Job", True, "", ""),
        "cronjobs": ("CronJob", True, "cj", "all"),
    },
    "/apis/networking.k8s.io/v1": {
        "ingresses": ("Ingress", True, "ing", ""),
        "ingressclasses": ("IngressClass", False, "", ""),
        "networkpolicies": ("NetworkPolicy", True, "netpol", ""),
    },
    "/apis/policy/v1": {"poddisruptionbudgets": ("PodDisruptionBudget", True, "pdb", "")},
    "/apis/rbac.authorization.k8s.io/v1": {
        "roles": ("Role", True, "", ""),
        "rolebindings": ("RoleBinding", True, "", ""),
        "clusterroles": ("ClusterRole", False, "", ""),
        "clusterrolebindings": ("ClusterRoleBinding", False, "", ""),
    },
    "/apis/storage.k8s.io/v1": {"storageclasses": ("StorageClass", False, "sc", "")},
    "/apis/coordination.k8s.io/v1": {"leases": ("Lease", True, "", "")},
    "/apis/discovery.k8s.io/v1": {"endpointslices": ("EndpointSlice", True, "", "")},
    "/apis/events.k8s.io/v1": {"events": ("Event", True, "ev", "")},
    "/apis/autoscaling/v2": {"horizontalpodautoscalers": ("HorizontalPodAutoscaler", True, "hpa", "all")},
    "/apis/apiextensions.k8s.io/v1": {
        "customresourcedefinitions": ("CustomResourceDefinition", False, "crd,crds", "api-extensions"),
        "customresourcedefinitions/status": ("CustomResourceDefinition", False, "", ""),
    },
    "/apis/authorization.k8s.io/v1": {"selfsubjectaccessreviews": ("SelfSubjectAccessReview", False, "", "")},
}
ALL_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
TABLE = [(path, name, facts) for path, resources in RESOURCES.items() for name, facts in resources.items()]


@pytest.mark.parametrize(("path", "name", "facts"), TABLE, ids=[f"{path}/{name}" for path, name, _ in TABLE])
async def test_a_resource_is_discovered(api: Api, path: str, name: str, facts: tuple[str, bool, str, str]) -> None:
    document = (await api.get(path)).expect(200)
    found = {resource["name"]: resource for resource in document["resources"]}[name]
    kind, is_namespaced, short_names, categories = facts
    assert (found["kind"], found["namespaced"]) == (kind, is_namespaced)
    assert ",".join(found.get("shortNames", ())) == short_names
    assert ",".join(found.get("categories", ())) == categories
    verbs = sorted(found["verbs"])
    if "/" not in name and kind != "SelfSubjectAccessReview":
        assert verbs == (ALL_VERBS if kind != "Namespace" else [verb for verb in ALL_VERBS if verb[:7] != "deletec"])
        assert found["singularName"] == kind.lower()
    elif name.endswith("/status") or name.endswith("/scale"):
        assert verbs == ["get", "patch", "update"]


async def test_the_groups_and_their_preferred_versions(api: Api) -> None:
    document = (await api.get("/apis")).expect(200)
    assert document["kind"] == "APIGroupList"
    groups = {group["name"]: group for group in document["groups"]}
    found = {name: [version["version"] for version in groups[name]["versions"]] for name in GROUPS}
    assert found == GROUPS
    assert all(groups[name]["preferredVersion"]["version"] == versions[0] for name, versions in GROUPS.items())


@pytest.mark.parametrize("path", ["/api", "/apis"])
async def test_aggregated_discovery_says_the_same_as_the_old(api: Api, path: str) -> None:
    answer = await api.get(path, accept=f"{AGGREGATED},application/json")
    document = answer.expect(200)
    assert answer.content_type == AGGREGATED
    assert (document["kind"], document["apiVersion"]) == ("APIGroupDiscoveryList", "apidiscovery.k8s.io/v2")
    assert answer.headers["ETag"]
    for group in document["items"]:
        name = group["metadata"].get("name", "")
        if name and name not in GROUPS:
            continue
        for version in group["versions"]:
            where = f"/apis/{name}/{version['version']}" if name else f"/api/{version['version']}"
            old = {resource["name"]: resource for resource in (await api.get(where)).expect(200)["resources"]}
            assert flattened(version["resources"]) == {key: value["kind"] for key, value in old.items()}, where
            assert version["freshness"] == "Current"


def flattened(resources: list[dict[str, Any]]) -> dict[str, str]:
    found = {}
    for resource in resources:
        if resource["responseKind"].get("kind"):
            found[resource["resource"]] = resource["responseKind"]["kind"]
        for sub in resource.get("subresources", ()):
            found[f"{resource['resource']}/{sub['subresource']}"] = sub["responseKind"]["kind"]
    return found


async def test_discovery_that_is_known_already_is_not_sent_again(api: Api) -> None:
    tag = (await api.get("/apis", accept=AGGREGATED)).headers["ETag"]
    again = await api.request("GET", "/apis", accept=AGGREGATED, headers={"If-None-Match": tag})
    if again.code == 200:
        # A definition came or went between the two.
        assert again.headers["ETag"] != tag
    else:
        assert (again.code, again.body) == (304, b"")


async def test_custom_resources_are_discovered(api: Api, defined: Defined) -> None:
    group, _ = await defined("schemas")
    document = (await api.get(f"/apis/{group}/v1")).expect(200)
    found = {resource["name"]: resource for resource in document["resources"]}
    assert set(found) == {"widgets", "widgets/status", "widgets/scale", "rules"}
    assert found["widgets"]["singularName"] == "widget"
    assert sorted(found["widgets"]["verbs"]) == ALL_VERBS
    scale = found["widgets/scale"]
    assert (scale["group"], scale["version"], scale["kind"]) == ("autoscaling", "v1", "Scale")


@pytest.mark.parametrize("path", ["api/v1", "apis/apps/v1", "apis/batch/v1", "apis/apiextensions.k8s.io/v1"])
async def test_the_openapi_index_leads_to_documents(api: Api, path: str) -> None:
    index = (await api.get("/openapi/v3")).expect(200)["paths"]
    url = index[path]["serverRelativeURL"]
    assert url.startswith(f"/openapi/v3/{path}?hash=")
    place, _, query = url.partition("?")
    document = (await api.get(place, hash=query.removeprefix("hash="))).expect(200)
    assert document["openapi"].startswith("3.0")
    assert document["paths"] and document["components"]["schemas"]


async def test_openapi_tells_kinds_fields_and_validation(api: Api) -> None:
    document = (await api.get("/openapi/v3/apis/apps/v1")).expect(200)
    deployment = document["components"]["schemas"]["io.k8s.api.apps.v1.Deployment"]
    assert {"group": "apps", "version": "v1", "kind": "Deployment"} in deployment["x-kubernetes-group-version-kind"]
    assert set(deployment["properties"]) == {"apiVersion", "kind", "metadata", "spec", "status"}
    path = document["paths"]["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]
    parameters = {parameter["name"] for parameter in path["patch"]["parameters"]}
    assert {"dryRun", "fieldManager", "fieldValidation", "force"} <= parameters
    assert path["patch"]["x-kubernetes-group-version-kind"]["kind"] == "Deployment"
    containers = document["components"]["schemas"]["io.k8s.api.core.v1.PodSpec"]["properties"]["containers"]
    assert containers["x-kubernetes-patch-merge-key"] == "name"
    assert containers["x-kubernetes-list-type"] == "map"


async def test_openapi_holds_the_schemas_of_definitions(api: Api, defined: Defined) -> None:
    group, _ = await defined("schemas")
    path = f"/openapi/v3/apis/{group}/v1"
    document = await api.until(path, lambda found: "openapi" in found)
    schema = next(
        schema
        for schema in document["components"]["schemas"].values()
        if {"group": group, "version": "v1", "kind": "Widget"} in schema.get("x-kubernetes-group-version-kind", ())
    )
    assert schema["properties"]["spec"]["properties"]["color"] == {"type": "string", "enum": ["red", "green", "blue"]}
    assert schema["required"] == ["spec"]
    assert "metadata" in schema["properties"]


@pytest.mark.parametrize("size", [3 * 1024 * 1024 + 1, 8 * 1024 * 1024], ids=["just over 3 MiB", "8 MiB"])
async def test_a_body_that_is_too_large(api: Api, namespace: str, size: int) -> None:
    body = b'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"big"},"data":{"k":"' + b"x" * size + b'"}}'
    answer = await api.request("POST", f"/api/v1/namespaces/{namespace}/configmaps", body)
    found = answer.expect(413)
    assert found["reason"] == "RequestEntityTooLarge"
    assert found["message"] == "Request entity too large: limit is 3145728"


async def test_an_object_that_is_too_large(api: Api, namespace: str) -> None:
    data = {"k": "x" * (1024 * 1024 + 1)}
    for plural, kind, field, told in (
        ("configmaps", "ConfigMap", "data", "[]"),
        ("secrets", "Secret", "stringData", "data"),
    ):
        body = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "big"}, field: data}
        answer = await api.create(f"/api/v1/namespaces/{namespace}/{plural}", body)
        expected = f'{kind} "big" is invalid: {told}: Too long: may not be more than 1048576 bytes'
        assert answer.expect(422)["message"] == expected


async def test_a_body_that_is_nested_too_deeply(api: Api, namespace: str) -> None:
    deep = b'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"deep"},"data":' + b'{"a":' * 20_000
    answer = await api.request("POST", f"/api/v1/namespaces/{namespace}/configmaps", deep + b"1" + b"}" * 20_001)
    assert answer.code == 400
