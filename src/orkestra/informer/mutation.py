"""A check for tests: cached metadata is shared, so whoever changes it corrupts what all others read.

Idea: k8s.io/client-go tools/cache/mutation_detector.go.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from orkestra.informer.cached import Cached

ENVIRONMENT_SWITCH = "ORKESTRA_CACHE_MUTATION_DETECTOR"
"""Set to a non-empty value to arm the detector in every informer."""


class CacheMutated(AssertionError):
    """Somebody wrote to an object that belongs to the cache."""


class MutationDetector:
    """Keeps a copy of every cached object's metadata; ``check`` compares."""

    def __init__(self) -> None:
        self._copies: dict[int, tuple[Cached, bytes]] = {}

    def remember(self, item: Cached | None) -> None:
        if item is not None:
            self._copies[id(item)] = (item, msgspec.json.encode(item.meta))

    def check(self, item: Cached | None) -> None:
        """Compare one object that leaves the cache and forget it. Raises CacheMutated."""
        if item is not None:
            found = self._copies.pop(id(item), None)
            if found is not None:
                _compare(*found)

    def check_all(self) -> None:
        """Compare everything cached. Raises CacheMutated."""
        for item, copy in self._copies.values():
            _compare(item, copy)


def detector_from(environ: Mapping[str, str]) -> MutationDetector | None:
    return MutationDetector() if environ.get(ENVIRONMENT_SWITCH) else None


def _compare(item: Cached, copy: bytes) -> None:
    now = msgspec.json.encode(item.meta)
    if now != copy:
        raise CacheMutated(f"{item.key} was changed in the cache: {copy.decode()} became {now.decode()}")
