"""Requests as values: method, path, query, headers and body of every verb, built without I/O.

Source of the parameters: k8s.io/apimachinery pkg/apis/meta/v1/types.go (ListOptions, PatchOptions, DeleteOptions …)
and pkg/types/patch.go.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import msgspec

from orkestra.k8s.errors import BadRequest
from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey, key_of

_PLAIN_SEGMENT = re.compile(r"[A-Za-z0-9._:-]+").fullmatch
_encode = msgspec.json.Encoder().encode

ACCEPT_JSON = "application/json"
_META = ";g=meta.k8s.io;v=v1,application/json"
ACCEPT_METADATA = f"application/json;as=PartialObjectMetadata{_META}"
ACCEPT_METADATA_LIST = f"application/json;as=PartialObjectMetadataList{_META}"


class PatchType(enum.Enum):
    """The value is the Content-Type."""

    JSON = "application/json-patch+json"
    MERGE = "application/merge-patch+json"
    STRATEGIC = "application/strategic-merge-patch+json"
    APPLY = "application/apply-patch+yaml"


class Request(NamedTuple):
    """``target`` is the encoded path with its query; ``verb`` and ``resource`` are for metrics and messages.

    ``is_repeatable``: sending it twice ends in the same state, so a connection lost midway may be tried again.
    """

    verb: str
    resource: str
    method: str
    target: str
    body: bytes | None = None
    content_type: str = ACCEPT_JSON
    accept: str = ACCEPT_JSON
    is_repeatable: bool = False
    is_compressible: bool = False


def build_get(info: ResourceInfo, key: ObjectKey, subresource: str = "") -> Request:
    return Request("get", info.group_resource, "GET", _object_path(info, key, subresource), is_repeatable=True)


def build_raw(path: str, query: Mapping[str, str] | None = None, accept: str | None = None) -> Request:
    """A GET of ``path`` as it is (it must start with a slash and be encoded already). Raises BadRequest."""
    if not path.startswith("/") or path.startswith("//") or any(c <= " " or c in "#\x7f" for c in path):
        raise BadRequest(f"not an absolute API path: {path!r}")
    target = f"{path}{'&' if '?' in path else '?'}{urlencode(query)}" if query else path
    return Request("get", "", "GET", target, accept=accept or ACCEPT_JSON, is_repeatable=True, is_compressible=True)


def build_list(
    info: ResourceInfo,
    *,
    namespace: str = "",
    label_selector: str = "",
    field_selector: str = "",
    limit: int = 0,
    resource_version: str = "",
    continue_token: str = "",
    metadata_only: bool = False,
) -> Request:
    """One page of a list; with a continue token the resourceVersion is left out, as the API demands."""
    query = _selectors(label_selector, field_selector)
    if limit:
        query["limit"] = str(limit)
    if continue_token:
        query["continue"] = continue_token
    elif resource_version:
        query["resourceVersion"] = resource_version
    accept = ACCEPT_METADATA_LIST if metadata_only else ACCEPT_JSON
    target = _target(_collection_path(info, namespace), query)
    return Request("list", info.group_resource, "GET", target, accept=accept, is_repeatable=True, is_compressible=True)


def build_watch(
    info: ResourceInfo,
    *,
    namespace: str = "",
    resource_version: str,
    label_selector: str = "",
    field_selector: str = "",
    bookmarks: bool = True,
    send_initial_events: bool = False,
    metadata_only: bool = False,
    timeout_seconds: int,
) -> Request:
    """A watch. ``send_initial_events`` (WatchList) implies bookmarks and resourceVersionMatch=NotOlderThan."""
    query = {"watch": "1"} | _selectors(label_selector, field_selector)
    if resource_version:
        query["resourceVersion"] = resource_version
    if bookmarks or send_initial_events:
        query["allowWatchBookmarks"] = "true"
    if send_initial_events:
        query["sendInitialEvents"] = "true"
        query["resourceVersionMatch"] = "NotOlderThan"
    query["timeoutSeconds"] = str(timeout_seconds)
    accept = ACCEPT_METADATA if metadata_only else ACCEPT_JSON
    target = _target(_collection_path(info, namespace), query)
    return Request("watch", info.group_resource, "GET", target, accept=accept, is_repeatable=True)


def build_create(
    info: ResourceInfo, obj: Object, *, field_manager: str, dry_run: bool = False, field_validation: str = ""
) -> Request:
    key = key_of(obj)
    _check_namespace(info, key.namespace)
    path = info.path(_segment(key.namespace, "namespace") if key.namespace else "")
    query = _write_query(field_manager, dry_run, field_validation)
    return Request("create", info.group_resource, "POST", path + query, _encode(obj))


def build_update(
    info: ResourceInfo, obj: Object, *, subresource: str = "", field_manager: str = "", dry_run: bool = False
) -> Request:
    """A PUT; repeatable, since the resourceVersion inside makes a second one a Conflict at worst."""
    path = _object_path(info, key_of(obj), subresource)
    target = path + _write_query(field_manager, dry_run)
    return Request("update", info.group_resource, "PUT", target, _encode(obj))


def build_patch(
    info: ResourceInfo,
    key: ObjectKey,
    patch: Any,
    *,
    patch_type: PatchType,
    subresource: str = "",
    field_manager: str = "",
    force: bool = False,
    dry_run: bool = False,
    field_validation: str = "",
) -> Request:
    """``patch`` is an object, or a list of operations for a JSON patch; ``force`` is for server-side apply only."""
    is_apply = patch_type is PatchType.APPLY
    if is_apply and not field_manager:
        raise BadRequest("server-side apply needs a field manager")
    target = _object_path(info, key, subresource) + _write_query(field_manager, dry_run, field_validation, force)
    return Request(
        "apply" if is_apply else "patch",
        info.group_resource,
        "PATCH",
        target,
        _encode(patch),
        content_type=patch_type.value,
        is_repeatable=is_apply or patch_type is PatchType.MERGE,
    )


def build_delete(
    info: ResourceInfo,
    key: ObjectKey,
    *,
    uid: str = "",
    resource_version: str = "",
    propagation: str = "Background",
    grace_seconds: int | None = None,
) -> Request:
    """Repeatable only with a ``uid``: without one a second DELETE could hit an object created meanwhile."""
    options: Object = {"kind": "DeleteOptions", "apiVersion": "v1"}
    if propagation:
        options["propagationPolicy"] = propagation
    if grace_seconds is not None:
        options["gracePeriodSeconds"] = grace_seconds
    preconditions = {k: v for k, v in (("uid", uid), ("resourceVersion", resource_version)) if v}
    if preconditions:
        options["preconditions"] = preconditions
    path = _object_path(info, key, "")
    return Request("delete", info.group_resource, "DELETE", path, _encode(options), is_repeatable=bool(uid))


def _object_path(info: ResourceInfo, key: ObjectKey, subresource: str) -> str:
    if not key.name:
        raise BadRequest(f"{info.group_resource}: the object's name is empty")
    _check_namespace(info, key.namespace)
    name = _segment(key.name, "name")
    return info.path(_segment(key.namespace, "namespace") if key.namespace else "", name, subresource)


def _collection_path(info: ResourceInfo, namespace: str) -> str:
    return info.path(_segment(namespace, "namespace") if namespace else "")


def _check_namespace(info: ResourceInfo, namespace: str) -> None:
    if info.namespaced and not namespace:
        raise BadRequest(f"{info.group_resource} is namespaced and the object names no namespace")


def _segment(text: str, what: str) -> str:
    """One path segment, safe to join; what names nothing: k8s.io/apimachinery pkg/api/validation/path."""
    if text in (".", "..") or "/" in text or "%" in text:
        raise BadRequest(f"{text!r} cannot be the {what} of an object")
    return text if _PLAIN_SEGMENT(text) else quote(text, safe="")


def _selectors(label_selector: str, field_selector: str) -> dict[str, str]:
    query: dict[str, str] = {}
    if label_selector:
        query["labelSelector"] = label_selector
    if field_selector:
        query["fieldSelector"] = field_selector
    return query


@lru_cache(maxsize=64)
def _write_query(field_manager: str, dry_run: bool, field_validation: str = "", force: bool = False) -> str:
    """From the ``?`` on. A client writes with a handful of them, tens of thousands of times."""
    query: dict[str, str] = {}
    if field_manager:
        query["fieldManager"] = field_manager
    if dry_run:
        query["dryRun"] = "All"
    if field_validation:
        query["fieldValidation"] = field_validation
    if force:
        query["force"] = "true"
    return _target("", query)


def _target(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path
