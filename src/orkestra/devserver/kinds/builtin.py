"""Built-in kinds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from orkestra.devserver.kinds import conversions, lifecycle, traits
from orkestra.devserver.kinds.defaults import DEFAULTS
from orkestra.devserver.kinds.kind import Decoded, Kind
from orkestra.devserver.kinds.rules import RULES
from orkestra.devserver.kinds.rules.names import NameCheck
from orkestra.devserver.storage.records import TableKey
from orkestra.devserver.typed import decode_as, unknown_fields
from orkestra.k8s.apply import Types, builtin_types
from orkestra.k8s.errors import Cause
from orkestra.k8s.gvk import GVK, ResourceInfo
from orkestra.k8s.objects import Object


@cache
def _blank_status(gvk: GVK) -> bytes | None:
    """The status every new object has, encoded; None for kinds that print none."""
    status = decode_as(gvk, {"metadata": {}}).obj.get("status")
    return None if status is None else msgspec.json.encode(status)


class BuiltinKind(Kind):
    def __init__(self, info: ResourceInfo, table: TableKey, hub: ResourceInfo) -> None:
        super().__init__(info, table, hub)
        group_kind = (info.group, info.kind)
        self._default = DEFAULTS.get(group_kind)
        self._rule = RULES.get(group_kind)
        self._create = lifecycle.ON_CREATE.get(group_kind)
        self._update = lifecycle.ON_UPDATE.get(group_kind)
        self._types = builtin_types(info.group, info.kind)
        self._name_check = traits.name_check(group_kind)
        self._keeps_status = not self.has_status or group_kind in traits.KEEPS_STATUS_ON_CREATE
        self._drops_labels_in_status = info.kind == "Deployment"
        self.has_generation = group_kind in traits.HAS_GENERATION
        self.creates_on_update = group_kind in traits.CREATES_ON_UPDATE
        self.needs_version_on_update = group_kind in traits.NEEDS_VERSION_ON_UPDATE
        self.answers_deleted_object = group_kind in traits.ANSWERS_DELETED_OBJECT
        self.orphans_by_default = group_kind in traits.ORPHANS_BY_DEFAULT
        self.deprecation = traits.DEPRECATIONS.get(group_kind, "")
        self.selectable_fields = traits.SELECTABLE_FIELDS.get(group_kind, ())

    @property
    def types(self) -> Types:
        return self._types

    @property
    def name_check(self) -> NameCheck:
        return self._name_check

    def decode(self, document: Mapping[str, Any], *, find_unknown: bool) -> Decoded:
        typed = decode_as(self.info.gvk, document)
        # The type goes first: lists cut it off the stored bytes.
        obj: Object = {"apiVersion": self.info.api_version, "kind": self.info.kind}
        obj |= {key: value for key, value in typed.obj.items() if key not in obj}
        unknown = unknown_fields(self.info.gvk, dict(document)) if find_unknown and typed.has_unknown else []
        return Decoded(obj, unknown)

    def default(self, obj: Object, *, is_applied: bool = False) -> None:
        if self._default is not None:
            self._default(obj)

    def check(self, obj: Object, old: Object | None) -> list[Cause]:
        return self._rule(obj, old) if self._rule is not None else []

    def prepare_create(self, obj: Object, now: datetime) -> None:
        if not self._keeps_status:
            # Computed on first use: compiling every definition at start would cost half a second.
            blank = _blank_status(self.info.gvk)
            if blank is None:
                obj.pop("status", None)
            else:
                obj["status"] = msgspec.json.decode(blank)
        if self._create is not None:
            self._create(obj, now)
        if self._default is not None:
            self._default(obj)

    def prepare_update(self, obj: Object, old: Object) -> None:
        if self._update is not None:
            self._update(obj, old)

    def prepare_status(self, obj: Object, old: Object) -> Object:
        stored = super().prepare_status(obj, old)
        if self._drops_labels_in_status:
            # deploymentStatusStrategy: labels are the main resource's alone.
            meta = {key: value for key, value in obj["metadata"].items() if key != "labels"}
            if "labels" in old["metadata"]:
                meta["labels"] = old["metadata"]["labels"]
            stored["metadata"] = meta
        return stored

    def to_hub(self, obj: Object) -> Object:
        return obj if self.is_hub else conversions.convert(obj, self.info, self.hub)

    def from_hub(self, obj: Object) -> Object:
        return obj if self.is_hub else conversions.convert(obj, self.hub, self.info)

    def bumps_generation(self, obj: Object, old: Object) -> bool:
        if super().bumps_generation(obj, old):
            return True
        # deploymentStrategy.PrepareForUpdate counts annotations too.
        return self.info.kind == "Deployment" and obj["metadata"].get("annotations") != old["metadata"].get(
            "annotations"
        )
