"""Decides what becomes of an event before it costs a request: new, one more of the same, folded, or dropped.

After k8s.io/client-go tools/record/events_cache.go: an event equal to an earlier one counts it up; more than ten that
differ only in their note within ten minutes are folded into one; beyond a burst of 25 per object, one per five
minutes passes.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

ENTRIES_LIMIT = 4096
FOLD_ABOVE = 10
FOLD_SECONDS = 600.0
SPAM_BURST = 25
SPAM_REFILL_SECONDS = 300.0
FOLDED_PREFIX = "(combined from similar events): "
NOTE_LIMIT = 1024
"""Bytes: k8s.io/kubernetes pkg/apis/core/validation/events.go NoteLengthLimit."""


class Kind(NamedTuple):
    """Events of one kind differ only in their note."""

    uid: str
    type: str
    reason: str
    action: str


@dataclass(slots=True)
class Known:
    """An event written before: its name, and how often it happened."""

    kind: Kind
    note: str
    name: str = ""
    namespace: str = ""
    count: int = 1


@dataclass(slots=True)
class _Notes:
    since: float
    seen: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class EventCache:
    """Times are seconds of any one monotonic clock."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[Kind, str], Known] = OrderedDict()
        self._notes: OrderedDict[Kind, _Notes] = OrderedDict()
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def admit(self, kind: Kind, note: str, now: float) -> Known | None:
        """The event to write: ``count`` 1 and no name if new, else one more of a known one. None: drop it as spam."""
        note = cut(note)
        folded = self._is_folded(kind, note, now)
        if not self._has_token(kind.uid, now):
            return None
        key = (kind, FOLDED_PREFIX if folded else note)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = Known(kind, note)
            _bound(self._known)
        else:
            self._known.move_to_end(key)
            known.count += 1
        if folded:
            known.note = cut(FOLDED_PREFIX + note)
        return known

    def _is_folded(self, kind: Kind, note: str, now: float) -> bool:
        notes = self._notes.get(kind)
        if notes is None or now - notes.since > FOLD_SECONDS:
            notes = self._notes[kind] = _Notes(now)
            _bound(self._notes)
        self._notes.move_to_end(kind)
        if len(notes.seen) < FOLD_ABOVE:
            notes.seen.add(note)
        return note not in notes.seen

    def _has_token(self, uid: str, now: float) -> bool:
        bucket = self._buckets.get(uid)
        if bucket is None:
            bucket = self._buckets[uid] = _Bucket(SPAM_BURST, now)
            _bound(self._buckets)
        self._buckets.move_to_end(uid)
        bucket.tokens = min(SPAM_BURST, bucket.tokens + (now - bucket.at) / SPAM_REFILL_SECONDS)
        bucket.at = now
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True


def cut(note: str) -> str:
    """At most 1024 bytes of UTF-8, whole characters, ``...`` where something is missing."""
    raw = note.encode("utf-8", "replace")
    if len(raw) <= NOTE_LIMIT:
        return raw.decode()
    return raw[: NOTE_LIMIT - 3].decode("utf-8", "ignore") + "..."


def _bound(entries: OrderedDict[Any, Any]) -> None:
    """Forget the entry not used for longest; the price is one event too many."""
    if len(entries) > ENTRIES_LIMIT:
        entries.popitem(last=False)
