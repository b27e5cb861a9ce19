"""The server on its socket: discovery, lists, watches, forms, hostile bodies, faults."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
import yaml

from orkestra.devserver.app import DevServer
from tests.unit.devserver.builders import configmap, deployment, widget, widgets

MAPS = "/api/v1/namespaces/default/configmaps"
WIDGETS = "/apis/example.com/v1/namespaces/default/widgets"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
TABLE = {"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"}
PARTIAL = {"Accept": "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"}
MERGE = {"Content-Type": "application/merge-patch+json"}


class Client:
    """Requests to one server, answered as (code, document)."""

    def __init__(self, server: DevServer, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.session = session

    async def send(self, method: str, path: str, document: Any = None, **options: Any) -> tuple[int, Any]:
        if document is not None:
            options["data"] = io.BytesIO(document if isinstance(document, bytes) else json.dumps(document).encode())
            options.setdefault("headers", {}).setdefault("Content-Type", "application/json")
        async with self.session.request(method, self.server.url + path, **options) as response:
            body = await response.read()
            is_json = response.content_type == "application/json"
            return response.status, json.loads(body) if is_json else body.decode()

    async def get(self, path: str, **options: Any) -> tuple[int, Any]:
        return await self.send("GET", path, **options)

    async def post(self, path: str, document: Any, **options: Any) -> tuple[int, Any]:
        return await self.send("POST", path, document, **options)

    @asynccontextmanager
    async def watch(self, path: str, query: str = "", **options: Any) -> AsyncIterator[AsyncIterator[Any]]:
        async with self.session.get(f"{self.server.url}{path}?watch=1&{query}", **options) as response:
            assert response.status == 200, await response.text()

            async def events() -> AsyncIterator[Any]:
                async for line in response.content:
                    yield json.loads(line)

            yield events()


@asynccontextmanager
async def serving(**options: Any) -> AsyncIterator[Client]:
    options.setdefault("controllers", False)
    async with asyncio.timeout(20), DevServer(**options) as server, aiohttp.ClientSession() as session:
        yield Client(server, session)


async def taken(events: AsyncIterator[Any], count: int) -> list[Any]:
    return [await anext(events) for _ in range(count)]


async def test_health_version_and_kubeconfig() -> None:
    async with serving() as client:
        assert await client.get("/readyz") == (200, "ok")
        _, version = await client.get("/version")
        assert version["gitVersion"].endswith("-orkestra")
        config = yaml.safe_load(client.server.kubeconfig())
        assert config["clusters"][0]["cluster"]["server"] == client.server.url


async def test_discovery_and_openapi_follow_definitions() -> None:
    async with serving() as client:
        assert await client.get("/apis/example.com/v1") == (404, "404 page not found\n")
        await client.post(DEFINITIONS, widgets())
        _, listed = await client.get("/apis/example.com/v1")
        assert [entry["name"] for entry in listed["resources"]] == ["widgets", "widgets/scale", "widgets/status"]
        wanted = {"Accept": "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"}
        _, groups = await client.get("/apis", headers=wanted)
        found = {group["metadata"]["name"]: group for group in groups["items"]}
        assert [version["version"] for version in found["example.com"]["versions"]] == ["v1", "v1beta1"]
        _, index = await client.get("/openapi/v3")
        _, document = await client.get(index["paths"]["apis/example.com/v1"]["serverRelativeURL"])
        patch = document["paths"][WIDGETS.replace("default", "{namespace}") + "/{name}"]["patch"]
        assert "fieldValidation" in [parameter["name"] for parameter in patch["parameters"]]
        assert document["components"]["schemas"]["com.example.v1.Widget"]["x-kubernetes-group-version-kind"]


async def test_pages_of_a_list_are_of_one_moment() -> None:
    async with serving() as client:
        for name in "abcd":
            await client.post(MAPS, configmap(name))
        _, first = await client.get(f"{MAPS}?limit=2")
        assert [item["metadata"]["name"] for item in first["items"]] == ["a", "b"]
        assert first["metadata"]["remainingItemCount"] == 2
        await client.send("DELETE", f"{MAPS}/c")
        await client.post(MAPS, configmap("bb"))
        _, second = await client.get(f"{MAPS}?limit=2&continue={first['metadata']['continue']}")
        assert [item["metadata"]["name"] for item in second["items"]] == ["c", "d"]
        assert second["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]


async def test_a_page_whose_moment_is_forgotten_is_expired_with_a_way_on() -> None:
    async with serving() as client:
        for name in "abc":
            await client.post(MAPS, configmap(name))
        _, first = await client.get(f"{MAPS}?limit=1")
        await client.post(MAPS, configmap("d"))
        client.server.cluster.store.compact()
        code, status = await client.get(f"{MAPS}?limit=1&continue={first['metadata']['continue']}")
        assert (code, status["reason"]) == (410, "Expired")
        _, rest = await client.get(f"{MAPS}?continue={status['metadata']['continue']}")
        assert [item["metadata"]["name"] for item in rest["items"]] == ["b", "c", "d"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("labelSelector=app%3Dweb", ["a"]),
        ("labelSelector=!app", ["c"]),
        ("labelSelector=app+in+(web,db)", ["a", "b"]),
        ("fieldSelector=metadata.name%3Db", ["b"]),
        ("fieldSelector=metadata.name!%3Db", ["a", "c"]),
    ],
)
async def test_selectors_choose(query: str, names: list[str]) -> None:
    async with serving() as client:
        await client.post(MAPS, configmap("a", metadata={"labels": {"app": "web"}}))
        await client.post(MAPS, configmap("b", metadata={"labels": {"app": "db"}}))
        await client.post(MAPS, configmap("c"))
        _, found = await client.get(f"{MAPS}?{query}")
        assert [item["metadata"]["name"] for item in found["items"]] == names


async def test_a_watch_resumes_where_a_list_ended() -> None:
    async with serving() as client:
        await client.post(MAPS, configmap("before"))
        _, listed = await client.get(MAPS)
        await client.post(MAPS, configmap("between"))
        async with client.watch(MAPS, f"resourceVersion={listed['metadata']['resourceVersion']}") as events:
            await client.send("PATCH", f"{MAPS}/between", {"data": {"x": "1"}}, headers=dict(MERGE))
            await client.send("DELETE", f"{MAPS}/between")
            seen = await taken(events, 3)
        assert [event["type"] for event in seen] == ["ADDED", "MODIFIED", "DELETED"]
        revisions = [int(event["object"]["metadata"]["resourceVersion"]) for event in seen]
        assert revisions == sorted(set(revisions))


async def test_a_watch_by_label_sees_objects_enter_and_leave() -> None:
    async with serving() as client:
        await client.post(MAPS, configmap("a"))
        async with client.watch(MAPS, "labelSelector=on%3Dyes") as events:
            for labels in ({"on": "yes"}, {"on": "no"}):
                await client.send("PATCH", f"{MAPS}/a", {"metadata": {"labels": labels}}, headers=dict(MERGE))
            seen = await taken(events, 2)
        assert [event["type"] for event in seen] == ["ADDED", "DELETED"]


async def test_a_watch_list_sends_the_state_and_marks_its_end() -> None:
    async with serving() as client:
        await client.post(MAPS, configmap("a"))
        query = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
        async with client.watch(MAPS, query) as events:
            added, mark = await taken(events, 2)
        assert (added["type"], added["object"]["metadata"]["name"]) == ("ADDED", "a")
        assert mark["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


async def test_a_watch_from_a_forgotten_revision_is_told_so() -> None:
    async with serving() as client:
        _, listed = await client.get(MAPS)
        await client.post(MAPS, configmap("a"))
        client.server.cluster.store.compact()
        async with client.watch(MAPS, f"resourceVersion={listed['metadata']['resourceVersion']}") as events:
            (error,) = await taken(events, 1)
        assert (error["type"], error["object"]["code"]) == ("ERROR", 410)


async def test_bookmarks_come_and_the_timeout_ends_a_watch() -> None:
    async with serving(bookmark_seconds=0.1) as client:
        query = "resourceVersion=0&allowWatchBookmarks=true&timeoutSeconds=1"
        async with client.watch(MAPS, query) as events:
            seen = [event async for event in events]
        assert {event["type"] for event in seen} == {"BOOKMARK"}
        assert int(seen[0]["object"]["metadata"]["resourceVersion"]) == client.server.cluster.store.revision


async def test_fifty_watchers_see_the_same_lines() -> None:
    async with serving() as client:
        revision = client.server.cluster.store.revision

        async def one() -> list[Any]:
            async with client.watch(MAPS, f"resourceVersion={revision}") as events:
                return await taken(events, 5)

        async with asyncio.TaskGroup() as group:
            watchers = [group.create_task(one()) for _ in range(50)]
            for number in range(5):
                await client.post(MAPS, configmap(f"m{number}"))
        seen = [watcher.result() for watcher in watchers]
        assert all(events == seen[0] for events in seen)


async def test_tables_and_metadata_only_forms() -> None:
    async with serving() as client:
        await client.post(DEFINITIONS, widgets())
        await client.post(WIDGETS, widget("a", size=4))
        _, table = await client.get(WIDGETS, headers=TABLE)
        assert [column["name"] for column in table["columnDefinitions"]] == ["Name", "Size"]
        assert table["rows"][0]["cells"] == ["a", 4]
        assert table["rows"][0]["object"]["kind"] == "PartialObjectMetadata"
        _, partial = await client.get(WIDGETS, headers=PARTIAL)
        assert partial["items"][0].keys() == {"kind", "apiVersion", "metadata"}
        async with client.watch(WIDGETS, "", headers=TABLE) as events:
            (event,) = await taken(events, 1)
        assert event["object"]["rows"][0]["cells"] == ["a", 4]


async def test_unknown_fields_are_refused_told_or_dropped_as_asked() -> None:
    async with serving() as client:
        odd = {**configmap("a"), "extra": 1}
        code, status = await client.post(f"{MAPS}?fieldValidation=Strict", odd)
        assert (code, 'unknown field "extra"' in status["message"]) == (400, True)
        url = client.server.url + MAPS
        async with client.session.post(f"{url}?fieldValidation=Warn", json=odd) as response:
            assert response.status == 201
            assert response.headers.getall("Warning") == ['299 - "unknown field \\"extra\\""']
        twice = b'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b"},"data":{"x":"1","x":"2"}}'
        code, status = await client.post(f"{MAPS}?fieldValidation=Strict", twice)
        assert (code, 'duplicate field "data.x"' in status["message"]) == (400, True)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"a":', 400),
        (b"", 400),
        (b"[]", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b'{"metadata":' * 50_000, 400),
        (b'{"apiVersion":"v1","kind":"ConfigMap","data":{"x":"' + b"x" * (3 << 20) + b'"}}', 413),
    ],
    ids=["cut", "empty", "list", "not-utf8", "deep-list", "deep-map", "huge"],
)
async def test_hostile_bodies_are_answered_with_a_status(body: bytes, code: int) -> None:
    async with serving() as client:
        answered, status = await client.post(MAPS, body)
        assert (answered, status["kind"], status["status"]) == (code, "Status", "Failure")
        assert await client.get("/readyz") == (200, "ok")


@pytest.mark.parametrize("path", ["/api/v1/nothings", f"{MAPS}/a/b/c", "/apis/none.example.com/v1/x", "/nowhere"])
async def test_paths_that_lead_nowhere_are_not_found(path: str) -> None:
    async with serving() as client:
        assert (await client.get(path))[0] == 404


async def test_scale_reads_and_writes_replicas() -> None:
    async with serving() as client:
        deployments = "/apis/apps/v1/namespaces/default/deployments"
        await client.post(deployments, deployment(replicas=2))
        _, scale = await client.get(f"{deployments}/web/scale")
        assert (scale["kind"], scale["spec"], scale["status"]["selector"]) == ("Scale", {"replicas": 2}, "app=web")
        scale["spec"]["replicas"] = 5
        assert (await client.send("PUT", f"{deployments}/web/scale", scale))[0] == 200
        _, stored = await client.get(f"{deployments}/web")
        assert (stored["spec"]["replicas"], stored["metadata"]["generation"]) == (5, 2)


async def test_eviction_heeds_the_disruption_budget() -> None:
    async with serving() as client:
        pods, budgets = "/api/v1/namespaces/default/pods", "/apis/policy/v1/namespaces/default/poddisruptionbudgets"
        labelled = {"metadata": {"name": "p", "labels": {"app": "web"}}}
        await client.post(
            pods, {**labelled, "spec": {"nodeName": "node-0", "containers": [{"name": "c", "image": "x"}]}}
        )
        await client.send("PATCH", f"{pods}/p/status", {"status": {"phase": "Running"}}, headers=dict(MERGE))
        selector = {"matchLabels": {"app": "web"}}
        await client.post(budgets, {"metadata": {"name": "b"}, "spec": {"minAvailable": 1, "selector": selector}})
        eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "p"}}
        code, status = await client.post(f"{pods}/p/eviction", eviction)
        assert (code, status["details"]["causes"][0]["reason"]) == (429, "DisruptionBudget")
        await client.send("PATCH", f"{budgets}/b/status", {"status": {"disruptionsAllowed": 1}}, headers=dict(MERGE))
        assert (await client.post(f"{pods}/p/eviction", eviction))[0] == 201


async def test_deletecollection_takes_what_is_selected() -> None:
    async with serving() as client:
        await client.post(MAPS, configmap("a", metadata={"labels": {"go": "yes"}}))
        await client.post(MAPS, configmap("b"))
        await client.send("DELETE", f"{MAPS}?labelSelector=go%3Dyes")
        _, left = await client.get(MAPS)
        assert [item["metadata"]["name"] for item in left["items"]] == ["b"]


async def test_a_token_is_demanded_where_there_is_one() -> None:
    async with serving(token="secret") as client:
        code, status = await client.get(MAPS)
        assert (code, status["reason"]) == (401, "Unauthorized")
        assert (await client.get(MAPS, headers={"Authorization": "Bearer secret"}))[0] == 200


async def test_faults_are_injected_only_where_allowed() -> None:
    async with serving() as client:
        assert (await client.send("POST", "/faults", {"kind": "status", "code": 500}))[0] != 200
    async with serving(faults=True) as client:
        await client.post("/faults", {"kind": "status", "code": 429, "retryAfter": 2, "method": "GET", "count": 1})
        async with client.session.get(client.server.url + MAPS) as response:
            assert (response.status, response.headers["Retry-After"]) == (429, "2")
        assert (await client.get(MAPS))[0] == 200
        await client.post("/faults", {"kind": "reset", "path": "/configmaps", "method": "POST", "count": 1})
        with pytest.raises(aiohttp.ClientError):
            await client.post(MAPS, configmap("a"))
        assert (await client.post(MAPS, configmap("a")))[0] == 201
        assert (await client.post("/faults", {"kind": "nonsense"}))[0] == 400


async def test_a_stalled_watch_stays_open_and_silent() -> None:
    async with serving(faults=True) as client, client.watch(MAPS, "") as events:
        await client.post("/faults", {"kind": "stall", "path": "/configmaps"})
        await client.post(MAPS, configmap("a"))
        waiting = asyncio.ensure_future(anext(events))
        done, _ = await asyncio.wait([waiting], timeout=0.2)
        assert not done
        await client.send("DELETE", "/faults")
        await client.post(MAPS, configmap("b"))
        assert (await waiting)["object"]["metadata"]["name"] == "a"


async def test_a_data_directory_brings_the_cluster_back(tmp_path: Any) -> None:
    async with serving(data_dir=tmp_path) as client:
        await client.post(DEFINITIONS, widgets())
        await client.post(WIDGETS, widget("a"))
        _, listed = await client.get(WIDGETS)
        await client.post(WIDGETS, widget("b"))
    async with serving(data_dir=tmp_path) as client:
        async with client.watch(WIDGETS, f"resourceVersion={listed['metadata']['resourceVersion']}") as events:
            (event,) = await taken(events, 1)
        assert event["object"]["metadata"]["name"] == "b"
        assert (await client.get(f"{WIDGETS}/a"))[0] == 200


async def test_requests_are_counted_by_verb_and_resource() -> None:
    async with serving() as client:
        await client.post(MAPS, configmap("a"))
        await client.post(MAPS, configmap("a"))
        await client.send("PATCH", f"{MAPS}/a", {"data": {"x": "1"}}, headers=dict(MERGE))
        _, text = await client.get("/metrics")
        rest = 'group="",resource="configmaps",subresource=""'
        assert f'apiserver_request_total{{code="201",{rest},verb="POST",version="v1"}} 1' in text
        assert f'apiserver_request_total{{code="409",{rest},verb="POST",version="v1"}} 1' in text
        assert f'apiserver_request_total{{code="200",{rest},verb="PATCH",version="v1"}} 1' in text


async def test_a_watch_that_does_not_keep_up_is_cut_off() -> None:
    cluster_size = 60
    async with serving(watch_history=4) as client:
        server = client.server.cluster
        maps = server.resource("", "configmaps")
        assert maps is not None
        async with client.watch(MAPS, "resourceVersion=0") as events:
            # In one go, so that the stream has no turn in between: more than the history holds.
            for number in range(cluster_size):
                server.create(maps, configmap(f"m{number:03d}"))
            seen = [event async for event in events]
        assert len(seen) < cluster_size
