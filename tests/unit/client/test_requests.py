"""What each verb puts on the wire, without a wire."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest

from orkestra.client import requests
from orkestra.client.requests import PatchType, Request
from orkestra.k8s.errors import BadRequest
from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey

DEPLOYMENTS = ResourceInfo("apps", "v1", "Deployment", "deployments", True)
NODES = ResourceInfo("", "v1", "Node", "nodes", False)
WEB = ObjectKey("shop", "web")
MANIFEST: Object = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}}


def query_of(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.target).query, strict_parsing=True))


def path_of(request: Request) -> str:
    return request.target.partition("?")[0]


def test_get_names_object_and_subresource() -> None:
    assert requests.build_get(DEPLOYMENTS, WEB).target == "/apis/apps/v1/namespaces/shop/deployments/web"
    assert requests.build_get(DEPLOYMENTS, WEB, "scale").target.endswith("/deployments/web/scale")


def test_cluster_scoped_path_has_no_namespace() -> None:
    assert requests.build_get(NODES, ObjectKey("", "node-0")).target == "/api/v1/nodes/node-0"


@pytest.mark.parametrize("name", ["..", ".", "a/b", "a%2fb", "../../secrets/x", ""])
def test_name_that_would_leave_its_path_is_refused(name: str) -> None:
    with pytest.raises(BadRequest):
        requests.build_get(DEPLOYMENTS, ObjectKey("shop", name))


@pytest.mark.parametrize("namespace", ["..", "a/b", "x%00"])
def test_namespace_that_would_leave_its_path_is_refused(namespace: str) -> None:
    with pytest.raises(BadRequest):
        requests.build_list(DEPLOYMENTS, namespace=namespace)


def test_unusual_name_is_encoded() -> None:
    assert requests.build_get(NODES, ObjectKey("", "a?b #c")).target == "/api/v1/nodes/a%3Fb%20%23c"
    assert requests.build_get(NODES, ObjectKey("", "system:node")).target == "/api/v1/nodes/system:node"


def test_namespaced_object_without_namespace_is_refused() -> None:
    with pytest.raises(BadRequest, match="namespaced"):
        requests.build_get(DEPLOYMENTS, ObjectKey("", "web"))
    with pytest.raises(BadRequest, match="namespaced"):
        requests.build_create(DEPLOYMENTS, {"metadata": {"name": "web"}}, field_manager="ork")


def test_list_sends_selectors_and_limit() -> None:
    request = requests.build_list(
        DEPLOYMENTS, namespace="shop", label_selector="a in (b,c)", field_selector="metadata.name=web", limit=500
    )
    assert query_of(request) == {
        "labelSelector": "a in (b,c)",
        "fieldSelector": "metadata.name=web",
        "limit": "500",
    }


def test_continued_list_leaves_resource_version_out() -> None:
    request = requests.build_list(DEPLOYMENTS, resource_version="0", continue_token="next")
    assert query_of(request) == {"continue": "next"}


def test_metadata_only_list_accepts_plain_json_as_second_choice() -> None:
    accept = requests.build_list(DEPLOYMENTS, metadata_only=True).accept
    assert accept.startswith("application/json;as=PartialObjectMetadataList;")
    assert accept.endswith(",application/json")


def test_watch_asks_for_bookmarks() -> None:
    query = query_of(requests.build_watch(DEPLOYMENTS, resource_version="7", timeout_seconds=60))
    assert query == {"watch": "1", "resourceVersion": "7", "allowWatchBookmarks": "true", "timeoutSeconds": "60"}


def test_watch_list_needs_bookmarks_and_a_resource_version_match() -> None:
    query = query_of(
        requests.build_watch(
            DEPLOYMENTS, resource_version="", bookmarks=False, send_initial_events=True, timeout_seconds=60
        )
    )
    assert query["sendInitialEvents"] == query["allowWatchBookmarks"] == "true"
    assert query["resourceVersionMatch"] == "NotOlderThan"


def test_create_posts_to_the_collection() -> None:
    request = requests.build_create(DEPLOYMENTS, MANIFEST, field_manager="ork", dry_run=True, field_validation="Strict")
    assert (request.method, path_of(request)) == ("POST", "/apis/apps/v1/namespaces/shop/deployments")
    assert query_of(request) == {"fieldManager": "ork", "dryRun": "All", "fieldValidation": "Strict"}
    assert msgspec.json.decode(request.body or b"") == MANIFEST
    assert not request.is_repeatable


def test_apply_is_a_forced_patch_of_a_json_body() -> None:
    request = requests.build_patch(
        DEPLOYMENTS, WEB, MANIFEST, patch_type=PatchType.APPLY, field_manager="ork", force=True
    )
    assert (request.method, request.verb, request.content_type) == ("PATCH", "apply", "application/apply-patch+yaml")
    assert query_of(request) == {"fieldManager": "ork", "force": "true"}
    assert request.is_repeatable


def test_apply_without_field_manager_is_refused() -> None:
    with pytest.raises(BadRequest, match="field manager"):
        requests.build_patch(DEPLOYMENTS, WEB, MANIFEST, patch_type=PatchType.APPLY)


@pytest.mark.parametrize(
    ("patch_type", "is_repeatable"),
    [(PatchType.JSON, False), (PatchType.MERGE, True), (PatchType.STRATEGIC, False), (PatchType.APPLY, True)],
)
def test_only_patches_that_say_the_same_twice_are_repeatable(patch_type: PatchType, is_repeatable: bool) -> None:
    request = requests.build_patch(DEPLOYMENTS, WEB, {}, patch_type=patch_type, field_manager="ork")
    assert request.is_repeatable is is_repeatable


def test_delete_carries_preconditions_and_propagation() -> None:
    request = requests.build_delete(DEPLOYMENTS, WEB, uid="u1", resource_version="9", grace_seconds=0)
    assert msgspec.json.decode(request.body or b"") == {
        "kind": "DeleteOptions",
        "apiVersion": "v1",
        "propagationPolicy": "Background",
        "gracePeriodSeconds": 0,
        "preconditions": {"uid": "u1", "resourceVersion": "9"},
    }


def test_delete_is_repeatable_only_when_it_cannot_hit_a_successor() -> None:
    assert requests.build_delete(DEPLOYMENTS, WEB, uid="u1").is_repeatable
    assert not requests.build_delete(DEPLOYMENTS, WEB).is_repeatable


def test_update_of_status_puts_to_the_subresource() -> None:
    request = requests.build_update(DEPLOYMENTS, MANIFEST, subresource="status", field_manager="ork")
    assert (request.method, path_of(request)) == ("PUT", "/apis/apps/v1/namespaces/shop/deployments/web/status")


def test_raw_path_keeps_its_query() -> None:
    assert requests.build_raw("/openapi/v3?a=1", {"b": "2"}).target == "/openapi/v3?a=1&b=2"


@pytest.mark.parametrize("path", ["version", "//other.host/", "/a b", "/a#b", "/a\r\nX: y"])
def test_raw_path_must_be_an_absolute_path(path: str) -> None:
    with pytest.raises(BadRequest):
        requests.build_raw(path)
