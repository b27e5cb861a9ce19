"""Watches: from where, in which order, through which selectors, in which form, and how they end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.conftest import Defined
from tests.conformance.http import Api

pytestmark = pytest.mark.asyncio(loop_scope="session")

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
PARTIAL = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"


def secrets_of(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/secrets"


def secret(name: str, **labels: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "labels": labels}}


async def version_now(api: Api, path: str) -> str:
    version: str = (await api.get(path)).expect(200)["metadata"]["resourceVersion"]
    return version


def outline(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(event["type"], event["object"]["metadata"].get("name", "")) for event in events]


async def test_events_arrive_in_the_order_of_the_writes(api: Api, namespace: str) -> None:
    path = secrets_of(namespace)
    start = await version_now(api, path)
    async with api.watch(path, resourceVersion=start) as stream:
        (await api.create(path, secret("a"))).expect(201)
        (await api.create(path, secret("b"))).expect(201)
        (await api.patch(f"{path}/a", {"metadata": {"labels": {"x": "y"}}})).expect(200)
        (await api.delete(f"{path}/a")).expect(200)
        events = await stream.events(4)
    assert outline(events) == [("ADDED", "a"), ("ADDED", "b"), ("MODIFIED", "a"), ("DELETED", "a")]
    versions = [int(event["object"]["metadata"]["resourceVersion"]) for event in events]
    assert versions == sorted(set(versions)) and versions[0] > int(start)
    assert events[2]["object"]["metadata"]["labels"] == {"x": "y"} == events[3]["object"]["metadata"]["labels"]
    assert all(event["object"]["kind"] == "Secret" and event["object"]["apiVersion"] == "v1" for event in events)


async def test_a_watch_resumes_where_another_one_ended(api: Api, namespace: str) -> None:
    path = secrets_of(namespace)
    first = (await api.create(path, secret("a"))).expect(201)["metadata"]["resourceVersion"]
    (await api.create(path, secret("b"))).expect(201)
    (await api.delete(f"{path}/a")).expect(200)
    async with api.watch(path, resourceVersion=first) as stream:
        assert outline(await stream.events(2)) == [("ADDED", "b"), ("DELETED", "a")]
        assert await stream.is_quiet()


@pytest.mark.parametrize("version", ["", "0"])
async def test_without_a_version_what_is_there_comes_first(api: Api, namespace: str, version: str) -> None:
    path = secrets_of(namespace)
    (await api.create(path, secret("a"))).expect(201)
    made = (await api.create(path, secret("b"))).expect(201)["metadata"]["resourceVersion"]
    # the watch is answered from a cache; a list that must not be older waits for it
    (await api.get(path, resourceVersion=made, resourceVersionMatch="NotOlderThan")).expect(200)
    async with api.watch(path, **({"resourceVersion": version} if version else {})) as stream:
        assert sorted(outline(await stream.events(2))) == [("ADDED", "a"), ("ADDED", "b")]
        (await api.create(path, secret("c"))).expect(201)
        assert outline(await stream.events(1)) == [("ADDED", "c")]


async def test_an_object_enters_and_leaves_a_selector(api: Api, namespace: str) -> None:
    path = secrets_of(namespace)
    start = await version_now(api, path)
    async with api.watch(path, resourceVersion=start, labelSelector="on=yes") as stream:
        (await api.create(path, secret("a", on="no"))).expect(201)
        (await api.patch(f"{path}/a", {"metadata": {"labels": {"on": "yes"}}})).expect(200)
        (await api.patch(f"{path}/a", {"metadata": {"labels": {"more": "x"}}})).expect(200)
        left = (await api.patch(f"{path}/a", {"metadata": {"labels": {"on": "no"}}})).expect(200)
        (await api.delete(f"{path}/a")).expect(200)
        events = await stream.events(3)
        assert outline(events) == [("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "a")]
        gone = events[2]["object"]["metadata"]
        assert gone["labels"] == {"on": "yes", "more": "x"}, "the state that was last seen"
        assert gone["resourceVersion"] == left["metadata"]["resourceVersion"], "the version of the leaving"
        assert await stream.is_quiet()


async def test_a_watch_of_one_name(api: Api, namespace: str) -> None:
    path = secrets_of(namespace)
    start = await version_now(api, path)
    async with api.watch(path, resourceVersion=start, fieldSelector="metadata.name=b") as stream:
        (await api.create(path, secret("a"))).expect(201)
        (await api.create(path, secret("b"))).expect(201)
        assert outline(await stream.events(1)) == [("ADDED", "b")]
        assert await stream.is_quiet()


async def test_a_pod_enters_a_field_selector_by_its_status(api: Api, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/pods"
    start = await version_now(api, path)
    pod = {
        "metadata": {"name": "p"},
        # no scheduler writes into its status meanwhile
        "spec": {"schedulerName": "nobody", "containers": [{"name": "c", "image": "i"}]},
    }
    async with api.watch(path, resourceVersion=start, fieldSelector="status.phase=Running") as stream:
        (await api.create(path, pod)).expect(201)
        (await api.patch(f"{path}/p/status", {"status": {"phase": "Running"}})).expect(200)
        (await api.patch(f"{path}/p/status", {"status": {"phase": "Failed"}})).expect(200)
        assert outline(await stream.events(2)) == [("ADDED", "p"), ("DELETED", "p")]


async def test_a_namespaced_watch_sees_its_namespace_only(api: Api, namespace: str) -> None:
    elsewhere = "/api/v1/namespaces/default/secrets"
    name = f"s-{namespace}"
    start = await version_now(api, elsewhere)
    async with (
        api.watch(secrets_of(namespace), resourceVersion=start) as here,
        api.watch("/api/v1/secrets", resourceVersion=start, fieldSelector=f"metadata.name={name}") as everywhere,
    ):
        (await api.create(elsewhere, secret(name))).expect(201)
        assert outline(await everywhere.events(1)) == [("ADDED", name)]
        assert await here.is_quiet()
        (await api.delete(f"{elsewhere}/{name}")).expect(200)


async def test_a_watch_list_sends_what_is_there_then_a_marked_bookmark(api: Api, namespace: str) -> None:
    path = secrets_of(namespace)
    (await api.create(path, secret("a"))).expect(201)
    (await api.create(path, secret("b"))).expect(201)
    options = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true"}
    async with api.watch(path, **options) as stream:
        events = await stream.events(3)
        assert outline(events) == [("ADDED", "a"), ("ADDED", "b"), ("BOOKMARK", "")]
        bookmark = events[2]["object"]
        assert bookmark["kind"] == "Secret" and bookmark["apiVersion"] == "v1"
        assert bookmark["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
        assert int(bookmark["metadata"]["resourceVersion"]) >= int(events[1]["object"]["metadata"]["resourceVersion"])
        (await api.create(path, secret("c"))).expect(201)
        assert outline(await stream.events(1)) == [("ADDED", "c")]


async def test_a_watch_list_of_nothing_is_a_bookmark(api: Api, namespace: str) -> None:
    options = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true"}
    async with api.watch(secrets_of(namespace), **options) as stream:
        assert outline(await stream.events(1)) == [("BOOKMARK", "")]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"sendInitialEvents": "true"},
            'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: '
            "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
        ),
        (
            {"resourceVersionMatch": "NotOlderThan", "resourceVersion": "1"},
            'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: '
            "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
        ),
        (
            {"sendInitialEvents": "true", "resourceVersionMatch": "Exact", "resourceVersion": "1"},
            'ListOptions.meta.k8s.io "" is invalid: [resourceVersionMatch: Forbidden: '
            "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan, resourceVersionMatch: "
            'Unsupported value: "Exact": supported values: "NotOlderThan"]',
        ),
    ],
    ids=["no match", "no initial events", "exact"],
)
async def test_options_of_a_watch_list_belong_together(
    api: Api, namespace: str, options: dict[str, str], message: str
) -> None:
    answer = await api.get(secrets_of(namespace), watch="true", **options)
    assert answer.expect(422)["message"] == message


async def test_a_watch_ends_after_its_time(api: Api, namespace: str) -> None:
    start = await version_now(api, secrets_of(namespace))
    async with api.watch(secrets_of(namespace), resourceVersion=start, timeoutSeconds=1) as stream:
        assert (stream.code, stream.content_type) == (200, "application/json")
        with pytest.raises(EOFError):
            await stream.event(5)


async def test_a_bookmark_comes_before_the_end(api: Api, namespace: str) -> None:
    path = secrets_of(namespace)
    start = await version_now(api, path)
    options = {"resourceVersion": start, "timeoutSeconds": 4, "allowWatchBookmarks": "true"}
    bookmarks: list[dict[str, Any]] = []
    for _ in range(3):  # the last two seconds may pass without one where the server gets no time
        async with api.watch(path, **options) as stream:
            bookmarks = [event["object"] for event in await stream.rest() if event["type"] == "BOOKMARK"]
        if bookmarks:
            break
    assert bookmarks[0]["kind"] == "Secret"
    assert int(bookmarks[0]["metadata"]["resourceVersion"]) >= int(start)


@pytest.mark.parametrize("version", ["-1", "x", "1.5"])
async def test_a_version_that_is_none(api: Api, namespace: str, version: str) -> None:
    answer = await api.get(secrets_of(namespace), watch="true", resourceVersion=version)
    expected = f'resourceVersion: Invalid value: "{version}": strconv.ParseUint: parsing "{version}": invalid syntax'
    assert answer.expect(500)["message"] == expected


async def test_a_version_from_the_future_is_an_error(api: Api, namespace: str) -> None:
    answer = await api.get(secrets_of(namespace), resourceVersion="99999999999", timeoutSeconds="1")
    body = answer.expect(504)
    assert body["reason"] == "Timeout"
    assert body["message"].startswith("Timeout: Too large resource version: 99999999999, current: ")
    assert body["details"]["causes"] == [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]
    assert body["details"]["retryAfterSeconds"] == 1


async def test_a_watch_as_metadata(api: Api, namespace: str) -> None:
    path = secrets_of(namespace)
    start = await version_now(api, path)
    async with api.watch(path, resourceVersion=start, accept=PARTIAL) as stream:
        (await api.create(path, secret("a") | {"stringData": {"k": "v"}})).expect(201)
        event = await stream.event()
    assert event["type"] == "ADDED"
    found = event["object"]
    assert (found["kind"], found["apiVersion"]) == ("PartialObjectMetadata", "meta.k8s.io/v1")
    assert set(found) == {"kind", "apiVersion", "metadata"}


async def test_a_watch_as_a_table_names_its_columns_once(api: Api, namespace: str) -> None:
    path = secrets_of(namespace)
    start = await version_now(api, path)
    async with api.watch(path, resourceVersion=start, accept=TABLE) as stream:
        (await api.create(path, secret("a"))).expect(201)
        (await api.create(path, secret("b"))).expect(201)
        first, second = await stream.events(2)
    assert first["object"]["kind"] == "Table" == second["object"]["kind"]
    assert [column["name"] for column in first["object"]["columnDefinitions"]] == ["Name", "Type", "Data", "Age"]
    assert not second["object"].get("columnDefinitions")
    assert [row["cells"][:3] for row in second["object"]["rows"]] == [["b", "Opaque", 0]]
    assert second["object"]["rows"][0]["object"]["kind"] == "PartialObjectMetadata"


async def test_a_deletion_held_by_a_finalizer_is_a_change_first(api: Api, namespace: str) -> None:
    path = secrets_of(namespace)
    held = secret("a")
    held["metadata"]["finalizers"] = ["example.com/hold"]
    start = (await api.create(path, held)).expect(201)["metadata"]["resourceVersion"]
    async with api.watch(path, resourceVersion=start) as stream:
        (await api.delete(f"{path}/a")).expect(200)
        (await api.patch(f"{path}/a", {"metadata": {"finalizers": None}})).expect(200)
        events = await stream.events(2)
    assert outline(events) == [("MODIFIED", "a"), ("DELETED", "a")]
    assert "deletionTimestamp" in events[0]["object"]["metadata"]
    assert events[1]["object"]["metadata"]["finalizers"] == ["example.com/hold"], "the state before the last write"


async def test_a_write_that_changes_nothing_is_no_event(api: Api, namespace: str) -> None:
    path = secrets_of(namespace)
    start = (await api.create(path, secret("a", x="y"))).expect(201)["metadata"]["resourceVersion"]
    async with api.watch(path, resourceVersion=start) as stream:
        (await api.patch(f"{path}/a", {"metadata": {"labels": {"x": "y"}}})).expect(200)
        (await api.patch(f"{path}/a", {"metadata": {"labels": {"x": "z"}}}, dryRun="All")).expect(200)
        assert await stream.is_quiet()


async def test_custom_resources_are_watched_like_any_other(api: Api, namespace: str, defined: Defined) -> None:
    group, _ = await defined("deletion")
    path = f"/apis/{group}/v1/namespaces/{namespace}/widgets"
    start = await version_now(api, path)
    widget = {"apiVersion": f"{group}/v1", "kind": "Widget", "metadata": {"name": "a", "labels": {"l": "1"}}}
    async with api.watch(path, resourceVersion=start, labelSelector="l") as stream:
        (await api.create(path, widget)).expect(201)
        (await api.patch(f"{path}/a", {"spec": {"x": 1}})).expect(200)
        (await api.delete(f"{path}/a")).expect(200)
        events = await stream.events(3)
    assert outline(events) == [("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "a")]
    assert events[1]["object"]["spec"] == {"x": 1}


async def test_the_old_form_of_a_watch_path(api: Api, namespace: str) -> None:
    start = await version_now(api, secrets_of(namespace))
    path = f"/api/v1/watch/namespaces/{namespace}/secrets"
    async with api.watch(path, resourceVersion=start) as stream:
        (await api.create(secrets_of(namespace), secret("a"))).expect(201)
        assert outline(await stream.events(1)) == [("ADDED", "a")]
