"""The states a reflector goes through, as one table.

Nothing else decides where it goes next: a step yields a signal, the table the state.
"""

from __future__ import annotations

import enum


class State(enum.Enum):
    EMPTY = "empty"
    """Nothing is known, or what is known is too old to resume from."""
    LISTING = "listing"
    WATCHING = "watching"
    MISSING = "missing"
    """The server does not serve this resource (404). What was cached stays until it does."""
    FORBIDDEN = "forbidden"
    """We may not list or watch it (403)."""


class Signal(enum.Enum):
    START = "start"
    LISTED = "listed"
    ENDED = "ended"
    """The watch ended, or broke in a way that leaves the last resourceVersion good."""
    EXPIRED = "expired"
    """The last resourceVersion is of no use any more."""
    FAILED = "failed"
    ABSENT = "absent"
    DENIED = "denied"


TRANSITIONS: dict[tuple[State, Signal], State] = {
    (State.EMPTY, Signal.START): State.LISTING,
    (State.MISSING, Signal.START): State.LISTING,
    (State.FORBIDDEN, Signal.START): State.LISTING,
    (State.LISTING, Signal.LISTED): State.WATCHING,
    (State.LISTING, Signal.EXPIRED): State.EMPTY,
    (State.LISTING, Signal.FAILED): State.EMPTY,
    (State.LISTING, Signal.ABSENT): State.MISSING,
    (State.LISTING, Signal.DENIED): State.FORBIDDEN,
    (State.WATCHING, Signal.ENDED): State.WATCHING,
    (State.WATCHING, Signal.FAILED): State.WATCHING,
    (State.WATCHING, Signal.EXPIRED): State.EMPTY,
    (State.WATCHING, Signal.ABSENT): State.MISSING,
    (State.WATCHING, Signal.DENIED): State.FORBIDDEN,
}
