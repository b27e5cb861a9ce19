"""The Fetch that commands use: by protocol, through the lock and the cache."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from orkestra.katalog.compose.fetching import Fetch, FetchError, Reference
from orkestra.katalog.compose.imports.bounds import Bounds
from orkestra.katalog.compose.imports.cache import Cache, cache_folder
from orkestra.katalog.compose.lock import Lock, Pin
from orkestra.katalog.places import Artifact


def fetcher(
    environ: Mapping[str, str], *, lock: Lock | None = None, is_locked: bool = False, bounds: Bounds | None = None
) -> Fetch:
    """What ``lock`` pins comes from the cache, or is fetched again and held against it. ``is_locked``: nothing else is
    taken. Without a lock every import is fetched."""
    limits = bounds or Bounds()
    cache = Cache(cache_folder(environ))

    def fetch(reference: Reference) -> Artifact:
        pinned = lock.get(reference.label) if lock is not None else None
        if pinned is None and is_locked:
            hint = "run ork lock, and commit komposer.lock"
            raise FetchError(f"{reference.url} is not in komposer.lock", hint, 2011)
        if pinned is not None and (kept := cache.get(pinned.digest)) is not None:
            return kept
        wanted = reference
        if pinned is not None and reference.protocol == "git":
            wanted = replace(reference, options={"commit": pinned.resolved})
        found = _fetched(wanted, environ, limits.started())
        if pinned is not None:
            check_pin(reference, found, pinned)
        cache.put(found)
        return found

    return fetch


def check_pin(reference: Reference, found: Artifact, pin: Pin) -> None:
    """Raises FetchError where what came is not what was pinned."""
    if found.digest != pin.digest:
        message = f"{reference.url} is not what komposer.lock pins: {found.digest[:19]}… instead of {pin.digest[:19]}…"
        raise FetchError(message, "if the change is meant, run ork lock", 2012)


def _fetched(reference: Reference, environ: Mapping[str, str], bounds: Bounds) -> Artifact:
    if reference.protocol == "http":
        from orkestra.katalog.compose.imports.http import fetch_http

        return fetch_http(reference, environ, bounds)
    if reference.protocol == "git":
        from orkestra.katalog.compose.imports.git import fetch_git

        return fetch_git(reference, environ, bounds)
    if reference.protocol == "oci":
        from orkestra.katalog.compose.imports.oci import fetch_oci

        return fetch_oci(reference, environ, bounds)
    from orkestra.katalog.compose.imports.helm import fetch_helm

    return fetch_helm(reference, environ, bounds)
