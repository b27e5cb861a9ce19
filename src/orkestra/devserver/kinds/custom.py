"""Kinds a CustomResourceDefinition defines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from orkestra.devserver.kinds.kind import Decoded, Kind
from orkestra.devserver.kinds.rules.names import NameCheck, dns_subdomain
from orkestra.devserver.kinds.rules.scales import check_scale
from orkestra.devserver.storage.records import TableKey
from orkestra.devserver.typed import decode_metadata
from orkestra.k8s.apply import Types
from orkestra.k8s.errors import BadRequest, Cause
from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object
from orkestra.k8s.schema.structural import Structural

_VERBS = ("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch")


class CustomKind(Kind):
    """One version of a custom kind; ``definition`` is the CRD's version entry."""

    def __init__(
        self,
        info: ResourceInfo,
        table: TableKey,
        hub: ResourceInfo,
        version: Mapping[str, Any],
        structural: Structural,
        types: Types,
    ) -> None:
        super().__init__(info, table, hub)
        self.is_custom = True
        self.has_generation = True
        self.needs_version_on_update = True
        self.schema: dict[str, Any] = (version.get("schema") or {}).get("openAPIV3Schema") or {}
        self.printer_columns: list[dict[str, Any]] = version.get("additionalPrinterColumns") or []
        self.scale: dict[str, str] = (version.get("subresources") or {}).get("scale") or {}
        self.is_terminating = False
        self.deprecation = _deprecation(info, version)
        self.selectable_fields = tuple(
            str(field.get("jsonPath") or "").removeprefix(".") for field in version.get("selectableFields") or ()
        )
        self.structural = self.hub_structural = structural
        """``hub_structural`` is the stored version's: what it does not know is not stored."""
        self._types = types

    @property
    def types(self) -> Types:
        return self._types

    @property
    def name_check(self) -> NameCheck:
        return dns_subdomain

    def decode(self, document: Mapping[str, Any], *, find_unknown: bool) -> Decoded:
        # Pruning and defaulting write into the object: it must share nothing with what it came from.
        document = copied(document)
        obj: Object = {"apiVersion": self.info.api_version, "kind": self.info.kind}
        meta, unknown_meta = decode_metadata(self.info.gvk, document.get("metadata"), find_unknown=find_unknown)
        obj["metadata"] = meta
        for key, value in document.items():
            if key not in obj:
                obj[key] = value
        unknown = self.structural.prune(obj)
        return Decoded(obj, [*unknown_meta, *unknown] if find_unknown else [])

    def default(self, obj: Object, *, is_applied: bool = False) -> None:
        self.structural.default(obj, keeps_nulls=is_applied)

    def check(self, obj: Object, old: Object | None) -> list[Cause]:
        return [*self.structural.validate(obj, old), *check_scale(obj, self.scale)]

    def check_status(self, obj: Object, old: Object) -> list[Cause]:
        found = self.structural.validate(obj, old, status_only=True)
        return [*found, *check_scale(obj, self.scale, status_only=True)]

    def prepare_create(self, obj: Object, now: Any) -> None:
        if self.has_status:
            obj.pop("status", None)
            # The real server fills defaults in when it reads what it stored: those of status are there from the start.
            self.structural.default(obj, keeps_nulls=True)

    def prepare_status(self, obj: Object, old: Object) -> Object:
        # customresource/status_strategy.go: metadata is the main resource's alone, but for managedFields.
        meta = dict(old["metadata"])
        if "managedFields" in obj["metadata"]:
            meta["managedFields"] = obj["metadata"]["managedFields"]
        return super().prepare_status({**obj, "metadata": meta}, old)

    def to_hub(self, obj: Object) -> Object:
        if self.is_hub:
            return obj
        stored = copied({**obj, "apiVersion": self.hub.api_version})
        self.hub_structural.prune(stored)
        self.hub_structural.default(stored)
        return stored

    def from_hub(self, obj: Object) -> Object:
        return obj if self.is_hub else self.read(obj)

    def read(self, obj: Object) -> Object:
        """A stored object as this version's schema has it: pruned, defaults filled in."""
        shown = copied({**obj, "apiVersion": self.info.api_version})
        self.structural.prune(shown)
        self.structural.default(shown)
        return shown

    def bumps_generation(self, obj: Object, old: Object) -> bool:
        if self.has_status:
            return super().bumps_generation(obj, old)
        return any(
            obj.get(key) != old.get(key) for key in (obj.keys() | old.keys()) - {"metadata", "apiVersion", "kind"}
        )


def _deprecation(info: ResourceInfo, version: Mapping[str, Any]) -> str:
    if not version.get("deprecated"):
        return ""
    return str(version.get("deprecationWarning") or f"{info.api_version} {info.kind} is deprecated")


def copied(document: Mapping[str, Any]) -> Object:
    """A deep copy of a JSON document, in C."""
    obj: Object = msgspec.json.decode(msgspec.json.encode(document))
    return obj


def custom_resource_info(definition: Mapping[str, Any], version: Mapping[str, Any]) -> ResourceInfo:
    """What discovery says of one version of a definition."""
    spec = definition.get("spec") or {}
    names = spec.get("names") or {}
    if not spec.get("group") or not names.get("plural") or not names.get("kind"):
        raise BadRequest("the definition names no group, plural or kind")
    return ResourceInfo(
        group=str(spec["group"]),
        version=str(version.get("name")),
        kind=str(names["kind"]),
        plural=str(names["plural"]),
        namespaced=spec.get("scope") == "Namespaced",
        singular=str(names.get("singular") or ""),
        list_kind=str(names.get("listKind") or f"{names['kind']}List"),
        verbs=_VERBS,
        short_names=tuple(names.get("shortNames") or ()),
        categories=tuple(names.get("categories") or ()),
        subresources=frozenset(name for name in ("status", "scale") if name in (version.get("subresources") or {})),
    )
