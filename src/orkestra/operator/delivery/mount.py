"""Definitions as files: a mounted ConfigMap, or a folder on a desk.

The kubelet swaps a mounted ConfigMap by renaming one symlink, so that every file changes at once; editors write in
place. Either way the state of the files is looked at twice: only what stands still is read.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from orkestra.k8s.objects import Object
from orkestra.katalog import load
from orkestra.katalog.compose import fetcher_beside, lock
from orkestra.katalog.model import Katalog
from orkestra.operator.delivery.delivered import Delivered, Delivery, load_definition
from orkestra.operator.revision import Origin

LOOK_SECONDS = 0.5
SETTLE_SECONDS = 0.2
"""How long files must stand still before they are read."""
MOST_FILES = 500
"""Of the folder of the entry file; what a definition names elsewhere is looked at in any case."""

COMMIT_KEY = "git-commit"
_SUFFIXES = (".yaml", ".yml", ".json")
_NAMES = frozenset({COMMIT_KEY, lock.FILE})
_COMMIT = re.compile(r"[0-9A-Za-z][-0-9A-Za-z_./+]{0,79}")

Snapshot: TypeAlias = frozenset[tuple[str, int, int, int]]
"""The state of files: path, links resolved, inode, time of change in nanoseconds and size of each."""


@dataclass(frozen=True, slots=True)
class Known:
    """A definition that was loaded, and the state of the files beside it before that (see ``snapshot_of``)."""

    katalog: Katalog
    snapshot: Snapshot


async def watch_path(
    find: Callable[[], Path | None],
    known: Known | None = None,
    regarding: Object | None = None,
    *,
    is_locked: bool = False,
) -> Delivery:
    """Deliver what ``find`` names whenever it changes; it may not exist yet, or for a while.

    ``known``: what was loaded from it before, delivered again only if something changed since. ``regarding``: the
    ConfigMap that is mounted there, if the caller knows. ``is_locked``: remote imports that the lock does not pin are
    refused. Looking costs a few system calls a file.

    No change is missed, be it made while files are read: what counts is their state from before. Files that only
    turned out to matter were not looked at then, so that what brings new ones in is read a second time.
    """
    katalog = known.katalog if known else None
    seen = known.snapshot if known else None
    told: tuple[str, str, tuple[str, ...]] | None = None
    while True:
        path = find()
        snapshot = snapshot_of(path, katalog)
        if snapshot == seen or (not snapshot and seen is None):
            await asyncio.sleep(LOOK_SECONDS)
            continue
        await asyncio.sleep(SETTLE_SECONDS)
        if snapshot_of(path, katalog) != snapshot:
            continue
        seen = snapshot
        if path is None or not snapshot:
            told = None
            yield Delivered("", Origin(str(path or "")), None, ("the file is gone",), regarding)
            continue
        origin = Origin(str(path), commit_beside(path))
        fetch = fetcher_beside(path, os.environ, is_locked=is_locked)
        found, findings = await load_definition(partial(load, path, fetch=fetch))
        katalog = found or katalog
        digest = found.revision if found else _digest(path)
        if told != (digest, origin.commit, findings):
            told = (digest, origin.commit, findings)
            yield Delivered(digest, origin, found, findings, regarding)


def commit_beside(path: str | Path) -> str:
    """The Git commit that a file ``git-commit`` in the same folder names, if there is one."""
    try:
        with Path(path).with_name(COMMIT_KEY).open(encoding="ascii", errors="replace") as file:
            return commit_in(file.read(100))
    except (OSError, ValueError):
        return ""


def commit_in(text: str) -> str:
    """The commit a text consists of; empty where it is anything else."""
    found = _COMMIT.fullmatch(text.strip())
    return found.group() if found else ""


def snapshot_of(path: Path | None, katalog: Katalog | None = None) -> Snapshot:
    """The state of every file that counts: the entry file ``path``, those beside it, and those ``katalog`` was read
    from. Empty where the entry file is not there."""
    if path is None or not path.is_file():
        return frozenset()
    return frozenset(_states(_watched(path, katalog)))


def _watched(path: Path, katalog: Katalog | None) -> set[str]:
    return {os.path.realpath(path), *_near(path.parent), *(katalog.files if katalog else ())}


def _near(folder: Path) -> list[str]:
    """The paths, links resolved, of what may be part of a definition: a log that grows beside it must not look like a
    change that never ends. This is asked twice a second: only what is a link is resolved by itself."""
    base = os.path.realpath(folder)
    found: list[str] = []
    try:
        with os.scandir(base) as entries:
            for entry in entries:
                if entry.name in _NAMES or entry.name.endswith(_SUFFIXES):
                    found.append(os.path.realpath(entry.path) if entry.is_symlink() else entry.path)
                    if len(found) == MOST_FILES:
                        break
    except OSError:
        pass
    return found


def _states(paths: Iterable[str]) -> Iterable[tuple[str, int, int, int]]:
    for path in paths:
        try:
            state = os.stat(path)
        except OSError:
            continue
        yield path, state.st_ino, state.st_mtime_ns, state.st_size


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
