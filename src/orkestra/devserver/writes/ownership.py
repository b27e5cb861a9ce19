"""Field ownership (``metadata.managedFields``): what ``k8s.apply`` is asked for each kind of write."""

from __future__ import annotations

from datetime import datetime

from orkestra.devserver.kinds import Kind
from orkestra.devserver.writes.draft import Draft, WriteOptions, timestamp
from orkestra.k8s.apply import apply, track_update
from orkestra.k8s.objects import Object


def track(draft: Draft, before: Object | None, now: datetime) -> Object:
    """The draft's object with the ownership a create, update or patch leaves behind."""
    kind = draft.kind
    return track_update(
        before,
        draft.obj,
        manager=draft.options.manager or "unknown",
        api_version=kind.info.api_version,
        subresource=draft.subresource,
        now=timestamp(now),
        types=kind.types,
    )


def applied(
    kind: Kind, before: Object | None, config: Object, options: WriteOptions, subresource: str, now: datetime
) -> Object:
    """What an apply patch makes of the live object. Raises Conflict, BadRequest, StatusError (a bad type)."""
    return apply(
        before,
        config,
        manager=options.manager,
        force=options.force,
        api_version=kind.info.api_version,
        subresource=subresource,
        now=timestamp(now),
        types=kind.types,
    )
