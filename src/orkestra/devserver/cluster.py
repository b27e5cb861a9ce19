"""The verbs of the API, in process and synchronous: what the HTTP handlers and the controllers both call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from orkestra.devserver.changes import Change
from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object
from orkestra.k8s.selectors import LabelSelector

__all__ = ["Change", "Cluster"]


class Cluster:
    """Objects given in are never kept or changed; objects given out are read-only. Verbs raise ``StatusError``s."""

    def resource(self, group: str, plural: str) -> ResourceInfo | None:
        """The preferred served version of a resource, custom resources included; None where it is not served."""
        raise NotImplementedError

    def get(self, info: ResourceInfo, namespace: str, name: str) -> Object:
        """Raises NotFound."""
        raise NotImplementedError

    def list(self, info: ResourceInfo, namespace: str = "", labels: LabelSelector | None = None) -> list[Object]:
        """Objects in key order; an empty ``namespace`` means all."""
        raise NotImplementedError

    def create(self, info: ResourceInfo, obj: Object, *, manager: str = "", dry_run: bool = False) -> Object:
        """Raises AlreadyExists, Invalid, Forbidden, NotFound (namespace), BadRequest."""
        raise NotImplementedError

    def update(
        self, info: ResourceInfo, obj: Object, *, subresource: str = "", manager: str = "", dry_run: bool = False
    ) -> Object:
        """Replace; ``subresource`` is "", "status" or one the kind has. Raises Conflict, NotFound, Invalid."""
        raise NotImplementedError

    def patch(
        self,
        info: ResourceInfo,
        namespace: str,
        name: str,
        patch: Any,
        *,
        patch_type: str,
        subresource: str = "",
        manager: str = "",
        force: bool = False,
        dry_run: bool = False,
    ) -> Object:
        """``patch_type`` is "json", "merge", "strategic" or "apply"; ``force`` is for apply."""
        raise NotImplementedError

    def delete(
        self,
        info: ResourceInfo,
        namespace: str,
        name: str,
        *,
        uid: str = "",
        resource_version: str = "",
        propagation: str = "Background",
        grace_seconds: int | None = None,
        dry_run: bool = False,
    ) -> Object:
        """``propagation`` is Background, Foreground or Orphan. Answers the object; raises NotFound, Conflict."""
        raise NotImplementedError

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call ``callback`` after each commit, synchronously, never re-entrantly. Returns what ends it."""
        raise NotImplementedError

    def now(self) -> datetime:
        return datetime.now(UTC)
