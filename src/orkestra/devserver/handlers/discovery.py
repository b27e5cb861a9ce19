"""Discovery documents: legacy and aggregated, out of the registry."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from orkestra.devserver.handlers.forms import encode
from orkestra.devserver.kinds import Kind
from orkestra.devserver.refusals import no_such_resource
from orkestra.devserver.registry import Registry
from orkestra.k8s.builtin import subresources_of
from orkestra.k8s.gvk import GVK
from orkestra.k8s.objects import Object

_SUBRESOURCE_VERBS = ("get", "patch", "update")
_SCALE = GVK("autoscaling", "v1", "Scale")


class Discovery:
    """Documents are made once per state of the registry."""

    def __init__(self, registry: Registry, address: str = "") -> None:
        self._registry = registry
        self.address = address
        self._made: dict[tuple[str, ...], bytes] = {}
        self._generation = 0

    def document(self, path: str, as_kind: str, version: str) -> bytes | None:
        """The document at a path of one to three segments below /api or /apis; None for other paths.

        Raises NotFound for a group or version that is not served.
        """
        if self._generation != self._registry.generation:
            self._made.clear()
            self._generation = self._registry.generation
        parts = path.strip("/").split("/")
        key = (*parts, "as", as_kind, version)
        if key not in self._made:
            found = self._document(parts, as_kind, version)
            if found is None:
                return None
            self._made[key] = encode(found)
        return self._made[key]

    @staticmethod
    def etag(body: bytes) -> str:
        return f'"{hashlib.sha256(body).hexdigest().upper()}"'

    def _document(self, parts: list[str], as_kind: str, version: str) -> Object | None:
        is_aggregated = as_kind == "APIGroupDiscoveryList"
        match parts:
            case ["api"]:
                return self._aggregated([""], version) if is_aggregated else self._versions()
            case ["apis"]:
                groups = [group for group in self._registry.groups() if group]
                return self._aggregated(groups, version) if is_aggregated else self._group_list(groups)
            case ["apis", group]:
                return {"kind": "APIGroup", "apiVersion": "v1", **self._group(group)}
            case ["api", served]:
                return self._resources("", served)
            case ["apis", group, served]:
                return self._resources(group, served)
        return None

    def _versions(self) -> Object:
        addresses = [{"clientCIDR": "0.0.0.0/0", "serverAddress": self.address}]
        return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": addresses}

    def _group_list(self, groups: Iterable[str]) -> Object:
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [self._group(group) for group in groups]}

    def _group(self, group: str) -> Object:
        versions = self._registry.groups().get(group)
        if not group or not versions:
            raise no_such_resource()
        listed = [{"groupVersion": f"{group}/{version}", "version": version} for version in versions]
        return {"name": group, "versions": listed, "preferredVersion": listed[0]}

    def _resources(self, group: str, version: str) -> Object:
        kinds = self._registry.kinds_in(group, version)
        if not kinds:
            raise no_such_resource()
        resources: list[Object] = []
        for kind in sorted(kinds, key=lambda kind: kind.info.plural):
            info = kind.info
            entry: Object = {
                "name": info.plural,
                "singularName": info.singular,
                "namespaced": info.namespaced,
                "kind": info.kind,
                "verbs": list(info.verbs),
            }
            if info.short_names:
                entry["shortNames"] = list(info.short_names)
            if info.categories:
                entry["categories"] = list(info.categories)
            resources.append(entry)
            for name, gvk, verbs in subresources(kind):
                sub: Object = {"name": f"{info.plural}/{name}", "singularName": "", "namespaced": info.namespaced}
                if (gvk.group, gvk.version) != (info.group, info.version):
                    sub |= {"group": gvk.group, "version": gvk.version}
                resources.append({**sub, "kind": gvk.kind, "verbs": list(verbs)})
        name = f"{group}/{version}" if group else version
        # The core group's list says no apiVersion.
        head = {"kind": "APIResourceList"} | ({"apiVersion": "v1"} if group else {})
        return {**head, "groupVersion": name, "resources": resources}

    def _aggregated(self, groups: Iterable[str], version: str) -> Object:
        served = self._registry.groups()
        items = [
            {
                "metadata": {"name": group} if group else {},
                "versions": [
                    {
                        "version": name,
                        "resources": [self._aggregated_resource(kind) for kind in self._registry.kinds_in(group, name)],
                        "freshness": "Current",
                    }
                    for name in served[group]
                ],
            }
            for group in groups
        ]
        api_version = f"apidiscovery.k8s.io/{version}"
        return {"kind": "APIGroupDiscoveryList", "apiVersion": api_version, "metadata": {}, "items": items}

    @staticmethod
    def _aggregated_resource(kind: Kind) -> Object:
        info = kind.info
        entry: Object = {
            "resource": info.plural,
            "responseKind": {"group": info.group, "version": info.version, "kind": info.kind},
            "scope": "Namespaced" if info.namespaced else "Cluster",
            "singularResource": info.singular,
            "verbs": list(info.verbs),
        }
        if info.short_names:
            entry["shortNames"] = list(info.short_names)
        if info.categories:
            entry["categories"] = list(info.categories)
        subs = [
            {
                "subresource": name,
                "responseKind": {"group": gvk.group, "version": gvk.version, "kind": gvk.kind},
                "verbs": list(verbs),
            }
            for name, gvk, verbs in subresources(kind)
        ]
        if subs:
            entry["subresources"] = subs
        return entry


def subresources(kind: Kind) -> list[tuple[str, GVK, tuple[str, ...]]]:
    """(name, what it answers with, verbs) of each subresource, in order of name."""
    info = kind.info
    if not kind.is_custom:
        found: Any = subresources_of(info.gvr)
        return [(sub.name, sub.gvk, sub.verbs) for _, sub in sorted(found.items())]
    return [(name, _SCALE if name == "scale" else info.gvk, _SUBRESOURCE_VERBS) for name in sorted(info.subresources)]
