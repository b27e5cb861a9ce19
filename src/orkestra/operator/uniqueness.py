"""Which CRs of a kind hold which value at a path, for the ``unique`` test."""

from __future__ import annotations

from collections.abc import Iterable

from orkestra.informer.cached import Cached
from orkestra.katalog.paths import ABSENT, find
from orkestra.rules.comparisons import text_of_value


class HeldValues:
    """The values at one path. Each revision of a CR is decoded once, however often others ask about theirs."""

    def __init__(self, path: tuple[str, ...]) -> None:
        self._path = path
        self._seen: dict[str, tuple[Cached, str | None]] = {}
        """By uid: the revision last looked at, and its value."""
        self._holders: dict[str, set[str]] = {}

    def is_held_by_another(self, value: str, uid: str, present: Iterable[Cached]) -> bool:
        """Whether a CR other than ``uid``, of those ``present``, has ``value``."""
        self._renew(present)
        return not self._holders.get(value, set()) <= {uid}

    def _renew(self, present: Iterable[Cached]) -> None:
        count = 0
        for cached in present:
            if cached.raw is None:
                continue
            count += 1
            uid = cached.meta.uid
            known = self._seen.get(uid)
            if known is not None and known[0] is cached:
                continue
            found = find(cached.object(), self._path)
            self._forget(uid)
            value = None if found is ABSENT else text_of_value(found)
            self._seen[uid] = (cached, value)
            if value is not None:
                self._holders.setdefault(value, set()).add(uid)
        if count < len(self._seen):
            for uid in self._seen.keys() - {cached.meta.uid for cached in present}:
                self._forget(uid)

    def _forget(self, uid: str) -> None:
        _, value = self._seen.pop(uid, (None, None))
        if value is None:
            return
        holders = self._holders[value]
        holders.discard(uid)
        if not holders:
            del self._holders[value]
