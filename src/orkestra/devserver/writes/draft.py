"""What a write carries from decoding to commit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from orkestra.devserver.kinds import Kind
from orkestra.devserver.registry import Registry
from orkestra.devserver.storage import Record, Store, Table
from orkestra.k8s.errors import NotFound
from orkestra.k8s.objects import Object

FieldValidation = Literal["Ignore", "Warn", "Strict"]
Allocate = Callable[[Any, Object, Object | None], Object]
"""(cluster, service, old) -> service with addresses and node ports."""


@dataclass(slots=True)
class Backend:
    """What the verbs work on. ``allocate`` gives Services their addresses, where somebody does."""

    store: Store
    registry: Registry
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    allocate: Callable[[Object, Object | None], Object] | None = None

    def table(self, kind: Kind) -> Table:
        return self.store.table(kind.table)

    def record(self, kind: Kind, namespace: str, name: str) -> Record:
        """Raises NotFound."""
        found = self.table(kind).get(path_of(kind, namespace, name))
        if found is None:
            raise not_found(kind, name)
        return found


@dataclass(slots=True)
class WriteOptions:
    """Query options of a write. ``warnings`` collects what the answer's Warning headers say."""

    manager: str = ""
    dry_run: bool = False
    field_validation: FieldValidation = "Ignore"
    force: bool = False
    is_applied: bool = False
    """A server-side apply: field ownership is settled before the rest, and nulls are not decoded away."""
    warnings: list[str] = field(default_factory=list)


@dataclass(slots=True)
class DeleteOptions:
    """``propagation`` is empty where the caller named none; ``grace_seconds`` is None likewise."""

    uid: str = ""
    resource_version: str = ""
    propagation: str = ""
    grace_seconds: int | None = None
    dry_run: bool = False


@dataclass(slots=True)
class Draft:
    """A prepared write. ``obj`` is fresh and in the request's version; ``old`` is the record it replaces."""

    kind: Kind
    operation: Literal["CREATE", "UPDATE", "DELETE"]
    namespace: str
    name: str
    obj: Object
    old: Record | None
    options: WriteOptions
    subresource: str = ""
    is_created_by_update: bool = False

    @property
    def path(self) -> str:
        return path_of(self.kind, self.namespace, self.name)

    def old_obj(self) -> Object | None:
        """The object it replaces, in the request's version; shared, read-only."""
        return None if self.old is None else self.kind.from_hub(self.old.obj)


def path_of(kind: Kind, namespace: str, name: str) -> str:
    return f"{namespace}/{name}" if kind.info.namespaced else name


def details_of(kind: Kind, name: str) -> dict[str, str]:
    details = {"name": name, "group": kind.info.group, "kind": kind.info.plural}
    return {key: value for key, value in details.items() if value}


def not_found(kind: Kind, name: str) -> NotFound:
    return NotFound(f'{kind.info.group_resource} "{name}" not found', details=details_of(kind, name))


def timestamp(now: datetime) -> str:
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")
