"""What files an entry file may reach, and reading them.

Paths are relative to the declaring file and may climb, but not out of the root: the Git work tree that holds the entry
file, else the entry file's folder. Absolute paths and symlinks out of the root are refused.
"""

from __future__ import annotations

import os
from pathlib import Path

from orkestra.katalog.source.parse import MAX_BYTES


class PathRefused(Exception):
    """A path that leads out of the root; the text says how."""


def find_root(entry_file: Path) -> Path:
    """The Git work tree around ``entry_file``, else its folder."""
    folder = entry_file.resolve().parent
    for parent in (folder, *folder.parents):
        if (parent / ".git").exists():
            return parent
    return folder


def resolve_inside(declared: str, declaring_file: Path, root: Path) -> Path:
    """The file ``declared`` names. Raises PathRefused."""
    if "\x00" in declared:
        raise PathRefused("a path cannot hold a NUL character")
    if os.path.isabs(declared) or declared.startswith("~"):
        raise PathRefused(f"{declared} is absolute: write it relative to {declaring_file.name}")
    target = os.path.realpath(os.path.join(os.path.dirname(os.path.realpath(declaring_file)), declared))
    real_root = os.path.realpath(root)
    if target != real_root and not target.startswith(os.path.join(real_root, "")):
        name = os.path.basename(real_root) or real_root
        raise PathRefused(f"{declared} leads out of {name}/, the folder that may be read")
    return Path(target)


def read_bounded(path: Path) -> bytes:
    """At most one byte more than the loader accepts, so that its size check can tell. Raises OSError."""
    if path.exists() and not path.is_file():
        raise IsADirectoryError(21, "Is a directory" if path.is_dir() else "Not a regular file")
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)
