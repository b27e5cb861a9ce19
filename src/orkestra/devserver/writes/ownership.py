"""Field ownership (``metadata.managedFields``): what ``k8s.apply`` is asked for each kind of write."""

from __future__ import annotations

from datetime import datetime

from orkestra.devserver.kinds import Kind
from orkestra.devserver.writes.draft import Draft, WriteOptions
from orkestra.k8s.objects import Object
from orkestra.k8s.patch import merge_patch


def track(draft: Draft, before: Object | None, now: datetime) -> Object:
    return draft.obj


def applied(
    kind: Kind, before: Object | None, config: Object, options: WriteOptions, subresource: str, now: datetime
) -> Object:
    document: Object = config if before is None else merge_patch(before, config)
    return document
