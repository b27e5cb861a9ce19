"""Generated Secrets: when they are made anew, by the annotation that remembers when they were made. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from orkestra.client.watch import ObjectMeta
from orkestra.operator import names
from orkestra.operator.resources.fields import FieldError, Fields, seconds

_SHORTEST = 1.0
"""Seconds; below, nothing but rotating would be done."""


def age_of(fields: Fields) -> float:
    """``rotateAfter`` in seconds; 0: never. Raises FieldError."""
    age = seconds(fields, "rotateAfter")
    if age and age < _SHORTEST:
        raise FieldError("rotateAfter", "at least 1s", fields.get("rotateAfter"))
    return age


def timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds_left(meta: ObjectMeta, rotate_after: float, now: datetime) -> float:
    """Until the child is due; 0 or less: it is. Its creation counts where nothing readable says when it was made."""
    made = _moment(meta.annotations.get(names.GENERATED_ANNOTATION)) or _moment(meta.creation_timestamp)
    return rotate_after - (now - made).total_seconds() if made is not None else rotate_after


def _moment(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
