"""Time zones by name, from the tz database of the system."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class ZoneError(ValueError):
    """A name that is no time zone; the text says so."""


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """``Europe/Paris``. Raises ZoneError."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise ZoneError(f'unknown time zone "{name[:60]}"') from None
