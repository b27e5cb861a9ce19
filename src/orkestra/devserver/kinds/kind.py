"""The face of a served kind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orkestra.devserver.kinds.rules.names import NameCheck
from orkestra.devserver.storage.records import TableKey
from orkestra.k8s.apply import Types
from orkestra.k8s.errors import Cause
from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object

_NOT_SPEC = frozenset({"apiVersion", "kind", "metadata", "status"})


@dataclass(slots=True)
class Decoded:
    """A document of the kind: a copy with unknown fields dropped, and the paths of those."""

    obj: Object
    unknown: list[str] = field(default_factory=list)


class Kind(ABC):
    """One kind in one served version. ``hub`` is the version objects are stored in."""

    def __init__(self, info: ResourceInfo, table: TableKey, hub: ResourceInfo) -> None:
        self.info = info
        self.table = table
        self.hub = hub
        self.is_hub = info.gvk == hub.gvk
        self.is_custom = False
        self.has_status = "status" in info.subresources
        self.has_generation = False
        self.creates_on_update = False
        self.needs_version_on_update = False
        self.answers_deleted_object = False
        self.orphans_by_default = False
        self.selectable_fields: tuple[str, ...] = ()
        self.deprecation = ""
        """What a Warning header says about every request for the kind; empty for none."""

    @property
    @abstractmethod
    def types(self) -> Types:
        """What field ownership needs to know of the kind."""

    @property
    @abstractmethod
    def name_check(self) -> NameCheck: ...

    @abstractmethod
    def decode(self, document: Mapping[str, Any], *, find_unknown: bool) -> Decoded:
        """Copy and type a document; ``find_unknown`` asks for the paths of dropped fields. Raises BadRequest."""

    @abstractmethod
    def default(self, obj: Object, *, is_applied: bool = False) -> None:
        """Fill in defaults, in place; ``is_applied`` says that the object comes from a server-side apply."""

    @abstractmethod
    def check(self, obj: Object, old: Object | None) -> list[Cause]:
        """Everything but metadata."""

    def prepare_create(self, obj: Object, now: datetime) -> None:  # noqa: B027  most kinds have nothing to add
        """Set what the server sets once: nobody owns these fields. Metadata is stamped and defaults are set."""

    def prepare_update(self, obj: Object, old: Object) -> None:  # noqa: B027  most kinds have nothing to add
        """Set what the server derives from both revisions."""

    def prepare_status(self, obj: Object, old: Object) -> Object:
        """What a write to ``/status`` stores: the old object with the new status (and metadata)."""
        stored = {**old, "metadata": obj["metadata"]}
        if "status" in obj:
            stored["status"] = obj["status"]
        else:
            stored.pop("status", None)
        return stored

    def to_hub(self, obj: Object) -> Object:
        """The object in the stored version; the object itself where that is this one."""
        return obj if self.is_hub else {**obj, "apiVersion": self.hub.api_version}

    def from_hub(self, obj: Object) -> Object:
        return obj if self.is_hub else {**obj, "apiVersion": self.info.api_version}

    def bumps_generation(self, obj: Object, old: Object) -> bool:
        """Whether the change from ``old`` counts: anything outside metadata and status."""
        return self.has_generation and any(
            obj.get(key) != old.get(key) for key in (obj.keys() | old.keys()) - _NOT_SPEC
        )
