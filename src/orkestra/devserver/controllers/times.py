"""Kubernetes' timestamps: RFC 3339, UTC, whole seconds."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_stamp(text: object) -> datetime | None:
    """None where there is no (readable) timestamp."""
    if not isinstance(text, str) or not text:
        return None
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
    except ValueError:
        return None


def seconds_since(text: object, now: datetime) -> float:
    """Seconds from the timestamp to ``now``; 0 where there is none."""
    moment = parse_stamp(text)
    return (now - moment).total_seconds() if moment else 0.0
