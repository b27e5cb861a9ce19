"""One stored revision of one object, and the event that made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from orkestra.devserver.changes import ChangeType
from orkestra.k8s.objects import Object, labels_of, metadata_of


class TableKey(NamedTuple):
    """Names what is stored together: all versions of one resource."""

    group: str
    plural: str

    def __str__(self) -> str:
        return f"{self.plural}.{self.group}" if self.group else self.plural


class Record:
    """An object's bytes at one revision; decoded when asked for, and the decoded form is kept only for a while.

    ``path`` orders a table as etcd does: ``namespace/name`` (``name`` alone for cluster-scoped kinds).
    """

    __slots__ = ("_obj", "labels", "name", "namespace", "path", "raw", "revision")

    def __init__(self, path: str, revision: int, raw: bytes, obj: Object) -> None:
        meta = metadata_of(obj)
        self.path = path
        self.revision = revision
        self.raw = raw
        self.namespace = str(meta.get("namespace") or "")
        self.name = str(meta.get("name") or "")
        self.labels: Mapping[str, str] = labels_of(obj)
        self._obj: Object | None = obj

    @property
    def obj(self) -> Object:
        """The decoded object: shared, read-only."""
        found = self._obj
        return found if found is not None else msgspec.json.decode(self.raw)

    def fresh(self) -> Object:
        """A decoded object of the caller's own."""
        decoded: Object = msgspec.json.decode(self.raw)
        return decoded

    def forget(self) -> None:
        """Drop the decoded form; the next reader decodes again."""
        self._obj = None


class Event:
    """One commit as watches see it; ``frames`` keeps a watch line per served version, encoded once for all."""

    __slots__ = ("frames", "old", "record", "type")

    def __init__(self, type_: ChangeType, record: Record, old: Record | None) -> None:
        self.type: ChangeType = type_
        self.record = record
        self.old = old
        self.frames: dict[Any, bytes] = {}

    @property
    def revision(self) -> int:
        return self.record.revision
