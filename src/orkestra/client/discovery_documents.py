"""Discovery documents -> ``ResourceInfo``: the aggregated form (apidiscovery.k8s.io/v2, v2beta1) and the older one.

Source: k8s.io/api apidiscovery/v2/types.go; k8s.io/apimachinery pkg/apis/meta/v1/types.go (APIResourceList).
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from orkestra.client.errors import ProtocolError
from orkestra.k8s.gvk import ResourceInfo, split_api_version

ACCEPT_AGGREGATED = (
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,"
    "application/json"
)


class _Kind(msgspec.Struct):
    group: str = ""
    version: str = ""
    kind: str = ""


class _Subresource(msgspec.Struct):
    subresource: str = ""


class _Resource(msgspec.Struct, rename="camel"):
    resource: str = ""
    response_kind: _Kind | None = None
    scope: str = ""
    singular_resource: str = ""
    verbs: list[str] | None = None
    short_names: list[str] | None = None
    categories: list[str] | None = None
    subresources: list[_Subresource] | None = None


class _Version(msgspec.Struct):
    version: str
    resources: list[_Resource] | None = None


class _Name(msgspec.Struct):
    name: str = ""


class _Group(msgspec.Struct):
    metadata: _Name = msgspec.field(default_factory=_Name)
    versions: list[_Version] | None = None


class _Document(msgspec.Struct):
    """Whatever ``/api`` or ``/apis`` answers: the aggregated list, APIVersions or APIGroupList."""

    kind: str = ""
    items: list[_Group] | None = None
    versions: list[str] | None = None
    groups: list[_LegacyGroup] | None = None


class _LegacyGroupVersion(msgspec.Struct, rename="camel"):
    group_version: str = ""


class _LegacyGroup(msgspec.Struct, rename="camel"):
    name: str = ""
    versions: list[_LegacyGroupVersion] | None = None
    preferred_version: _LegacyGroupVersion | None = None


class _LegacyResource(msgspec.Struct, rename="camel"):
    name: str = ""
    singular_name: str = ""
    namespaced: bool = False
    kind: str = ""
    group: str = ""
    version: str = ""
    verbs: list[str] | None = None
    short_names: list[str] | None = None
    categories: list[str] | None = None


class _LegacyList(msgspec.Struct, rename="camel"):
    kind: str = ""
    group_version: str = ""
    resources: list[_LegacyResource] | None = None


def decode_root(body: bytes) -> tuple[list[ResourceInfo] | None, list[str]]:
    """``/api`` or ``/apis``: (resources, []) from an aggregated answer, else (None, group-versions, preferred first).

    Raises ProtocolError.
    """
    try:
        found = msgspec.json.decode(body, type=_Document)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ProtocolError(f"unreadable discovery document: {error}") from None
    if found.kind == "APIGroupDiscoveryList":
        return list(_aggregated(found)), []
    if found.kind == "APIVersions":
        return None, list(found.versions or [])
    if found.kind == "APIGroupList":
        return None, [gv for group in found.groups or [] for gv in _preferred_first(group)]
    raise ProtocolError(f"not a discovery document: kind {found.kind[:80]!r}")


def decode_group_version(body: bytes) -> list[ResourceInfo]:
    """An APIResourceList -> its resources. Raises ProtocolError."""
    try:
        found = msgspec.json.decode(body, type=_LegacyList)
        group, version = split_api_version(found.group_version)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise ProtocolError(f"unreadable APIResourceList: {error}") from None
    if found.kind != "APIResourceList":
        raise ProtocolError(f"not an APIResourceList: kind {found.kind[:80]!r}")
    subresources: dict[str, set[str]] = {}
    for entry in found.resources or []:
        parent, slash, name = entry.name.partition("/")
        if slash:
            subresources.setdefault(parent, set()).add(name)
    return [
        ResourceInfo(
            group=group,
            version=version,
            kind=entry.kind,
            plural=entry.name,
            namespaced=entry.namespaced,
            singular=entry.singular_name or entry.kind.lower(),
            list_kind=f"{entry.kind}List",
            verbs=tuple(entry.verbs or ()),
            short_names=tuple(entry.short_names or ()),
            categories=tuple(entry.categories or ()),
            subresources=frozenset(subresources.get(entry.name, ())),
        )
        for entry in found.resources or []
        if entry.name and "/" not in entry.name
    ]


def _aggregated(document: _Document) -> Iterator[ResourceInfo]:
    for group in document.items or []:
        for version in group.versions or []:
            for entry in version.resources or []:
                # a resource that only exists as the parent of subresources has no kind of its own
                if not entry.resource or entry.response_kind is None or not entry.response_kind.kind:
                    continue
                kind = entry.response_kind.kind
                yield ResourceInfo(
                    group=group.metadata.name,
                    version=version.version,
                    kind=kind,
                    plural=entry.resource,
                    namespaced=entry.scope == "Namespaced",
                    singular=entry.singular_resource or kind.lower(),
                    list_kind=f"{kind}List",
                    verbs=tuple(entry.verbs or ()),
                    short_names=tuple(entry.short_names or ()),
                    categories=tuple(entry.categories or ()),
                    subresources=frozenset(s.subresource for s in entry.subresources or [] if s.subresource),
                )


def _preferred_first(group: _LegacyGroup) -> list[str]:
    versions = [entry.group_version for entry in group.versions or []]
    preferred = group.preferred_version.group_version if group.preferred_version else ""
    return sorted(versions, key=lambda gv: gv != preferred)
