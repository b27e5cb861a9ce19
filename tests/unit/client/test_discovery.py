from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from orkestra.client.api import ApiClient
from orkestra.client.discovery import Discovery
from orkestra.client.errors import ProtocolError, TransportError
from orkestra.k8s.errors import Forbidden
from orkestra.k8s.gvk import GVK

from .conftest import ScriptedServer

DEPLOYMENT = GVK("apps", "v1", "Deployment")
WEBSITE = GVK("demo.example", "v1", "Website")


def aggregated(group: str, *resources: dict[str, Any], version: str = "v1") -> dict[str, Any]:
    return {"metadata": {"name": group}, "versions": [{"version": version, "resources": list(resources)}]}


def resource(kind: str, plural: str, **fields: Any) -> dict[str, Any]:
    return {
        "resource": plural,
        "responseKind": {"group": "", "version": "v1", "kind": kind},
        "scope": "Namespaced",
        "singularResource": kind.lower(),
        "verbs": ["get", "list", "watch"],
    } | fields


def legacy(group_version: str, *resources: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "APIResourceList", "groupVersion": group_version, "resources": list(resources)}


PODS = resource("Pod", "pods", shortNames=["po"], subresources=[{"subresource": "status"}, {"subresource": "log"}])
NODES = resource("Node", "nodes", scope="Cluster")
DEPLOYMENTS = resource("Deployment", "deployments", shortNames=["deploy"], subresources=[{"subresource": "scale"}])
EVENTS = resource("Event", "events")


class Api:
    """``documents`` by path; anything else is a 404."""

    def __init__(self, server: ScriptedServer) -> None:
        self.server = server
        self.documents: dict[str, Any] = {
            "/api": {"kind": "APIGroupDiscoveryList", "items": [aggregated("", PODS, NODES, EVENTS)]},
            "/apis": {
                "kind": "APIGroupDiscoveryList",
                "items": [aggregated("apps", DEPLOYMENTS), aggregated("events.k8s.io", EVENTS)],
            },
        }
        server.handler = self.handle

    async def handle(self, request: web.Request) -> web.Response:
        document = self.documents.get(request.path, (404, {"kind": "Status", "code": 404}))
        code, body = document if isinstance(document, tuple) else (200, document)
        return web.json_response(body, status=code)

    @property
    def asked(self) -> list[str]:
        return [seen.path for seen in self.server.seen]


@pytest.fixture
def api(server: ScriptedServer) -> Api:
    return Api(server)


@pytest.fixture
async def discovery(api: Api, client: ApiClient) -> AsyncIterator[Discovery]:
    yield Discovery(client, miss_seconds=0.02)


async def test_everything_is_loaded_by_two_requests(api: Api, discovery: Discovery) -> None:
    found = await asyncio.gather(*(discovery.resource_for(DEPLOYMENT) for _ in range(5)))
    assert {info.plural for info in found if info} == {"deployments"}
    assert await discovery.resource_for(GVK("", "v1", "Node")) is not None
    assert api.asked == ["/api", "/apis"]
    assert "apidiscovery.k8s.io" in api.server.seen[0].headers["Accept"]


async def test_resource_is_described_whole(api: Api, discovery: Discovery) -> None:
    pods = await discovery.resource_for(GVK("", "v1", "Pod"))
    assert pods is not None
    assert (pods.namespaced, pods.singular, pods.list_kind, pods.short_names) == (True, "pod", "PodList", ("po",))
    assert pods.subresources == {"status", "log"}
    nodes = await discovery.resource_for(GVK("", "v1", "Node"))
    assert nodes is not None
    assert not nodes.namespaced


@pytest.mark.parametrize(
    ("name", "group_resource"),
    [
        ("deployments", "deployments.apps"),
        ("deployment", "deployments.apps"),
        ("Deployment", "deployments.apps"),
        ("deploy", "deployments.apps"),
        ("deployments.apps", "deployments.apps"),
        ("deployments.v1.apps", "deployments.apps"),
        ("events", "events"),
        ("events.events.k8s.io", "events.events.k8s.io"),
        ("deployments.v2.apps", None),
        ("deployments.batch", None),
        ("websites", None),
        ("", None),
    ],
)
async def test_names_people_use(api: Api, discovery: Discovery, name: str, group_resource: str | None) -> None:
    found = await discovery.resource_named(name)
    assert (found.group_resource if found else None) == group_resource


async def test_kind_that_appears_later_is_found(api: Api, discovery: Discovery) -> None:
    assert await discovery.resource_for(WEBSITE) is None
    api.documents["/apis/demo.example/v1"] = legacy(
        "demo.example/v1",
        {"name": "websites", "kind": "Website", "namespaced": True, "singularName": "website"},
        {"name": "websites/status", "kind": "Website", "namespaced": True},
    )
    await asyncio.sleep(0.03)
    found = await discovery.resource_for(WEBSITE)
    assert found is not None
    assert (found.plural, found.subresources) == ("websites", {"status"})


async def test_missing_kind_is_asked_for_at_a_bounded_rate(api: Api, client: ApiClient) -> None:
    discovery = Discovery(client, miss_seconds=60)
    for _ in range(20):
        assert await discovery.resource_for(WEBSITE) is None
    assert api.asked == ["/api", "/apis", "/apis/demo.example/v1"]


async def test_invalidate_forgets_what_is_gone(api: Api, discovery: Discovery) -> None:
    assert await discovery.resource_for(DEPLOYMENT) is not None
    api.documents["/apis"] = {"kind": "APIGroupDiscoveryList", "items": []}
    discovery.invalidate()
    assert await discovery.resource_for(DEPLOYMENT) is None


def make_legacy(api: Api) -> None:
    api.documents = {
        "/api": {"kind": "APIVersions", "versions": ["v1"]},
        "/api/v1": legacy("v1", {"name": "pods", "kind": "Pod", "namespaced": True, "shortNames": ["po"]}),
        "/apis": {
            "kind": "APIGroupList",
            "groups": [
                {
                    "name": "apps",
                    "versions": [{"groupVersion": "apps/v2"}, {"groupVersion": "apps/v1"}],
                    "preferredVersion": {"groupVersion": "apps/v1"},
                },
                {"name": "metrics.k8s.io", "versions": [{"groupVersion": "metrics.k8s.io/v1"}]},
            ],
        },
        "/apis/apps/v1": legacy("apps/v1", {"name": "deployments", "kind": "Deployment", "namespaced": True}),
        "/apis/apps/v2": legacy("apps/v2", {"name": "deployments", "kind": "Deployment", "namespaced": True}),
        "/apis/metrics.k8s.io/v1": (503, {"kind": "Status", "code": 503}),
    }


async def test_server_without_aggregation_is_asked_group_by_group(api: Api, discovery: Discovery) -> None:
    make_legacy(api)
    assert await discovery.resource_for(DEPLOYMENT) is not None
    named = await discovery.resource_named("deployments")
    assert named is not None
    assert named.version == "v1"
    assert await discovery.resource_named("po") is not None


async def test_group_that_is_down_hides_only_itself(api: Api, discovery: Discovery) -> None:
    make_legacy(api)
    assert {info.kind for info in await discovery.resources()} == {"Pod", "Deployment"}


async def test_forbidden_discovery_is_not_taken_for_an_empty_one(api: Api, discovery: Discovery) -> None:
    api.documents["/api"] = (403, {"kind": "Status", "reason": "Forbidden", "code": 403})
    with pytest.raises(Forbidden):
        await discovery.resource_for(DEPLOYMENT)


async def test_forbidden_group_is_told_as_itself(api: Api, discovery: Discovery) -> None:
    make_legacy(api)
    api.documents["/apis/apps/v1"] = (403, {"kind": "Status", "reason": "Forbidden", "code": 403})
    with pytest.raises(Forbidden):
        await discovery.resource_for(DEPLOYMENT)


@pytest.mark.parametrize("document", [{"kind": "Pod"}, [], {"kind": "APIGroupDiscoveryList", "items": [5]}])
async def test_unreadable_document_is_a_protocol_error(api: Api, discovery: Discovery, document: Any) -> None:
    api.documents["/api"] = document
    with pytest.raises(ProtocolError):
        await discovery.resource_for(DEPLOYMENT)


async def test_failed_load_is_not_remembered(api: Api, discovery: Discovery) -> None:
    good = api.documents["/apis"]
    api.documents["/apis"] = {"kind": "Pod"}
    with pytest.raises(TransportError):
        await discovery.resource_for(DEPLOYMENT)
    api.documents["/apis"] = good
    assert await discovery.resource_for(DEPLOYMENT) is not None
