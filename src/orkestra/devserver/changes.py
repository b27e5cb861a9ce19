"""What a committed write looks like to subscribers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object

ChangeType = Literal["ADDED", "MODIFIED", "DELETED"]


@dataclass(frozen=True, slots=True)
class Change:
    """One commit. ``obj`` is the new object (for DELETED the last one), ``old`` the one before; both read-only."""

    info: ResourceInfo
    type: ChangeType
    obj: Object
    old: Object | None = None
