"""The fetcher of an entry file: remote imports as the lock beside it pins them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from orkestra.katalog.compose.fetching import Fetch, FetchError, Reference
from orkestra.katalog.places import Artifact, Place


def fetcher_beside(entry: Path | Place, environ: Mapping[str, str], *, is_locked: bool = False) -> Fetch:
    """Gets the remote imports of an entry file, as the komposer.lock beside it pins them. Nothing is read or reached
    before there is one to get. ``is_locked``: what is not pinned is refused."""
    made: list[Fetch] = []

    def fetch(reference: Reference) -> Artifact:
        if not made:
            from orkestra.katalog.compose.imports import fetcher
            from orkestra.katalog.compose.lock import LockError, beside

            try:
                lock = beside(entry)
            except (OSError, LockError) as error:
                raise FetchError(f"komposer.lock cannot be used: {error}", "make it anew with ork lock", 2011) from None
            made.append(fetcher(environ, lock=lock, is_locked=is_locked))
        return made[0](reference)

    return fetch
