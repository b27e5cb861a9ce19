"""Where files are, and which of their paths lead to others.

A path is relative to the file that declares it. On disk it may climb, but not out of the root (``roots``); in an
artifact (what a remote import fetched, whole) not out of the artifact.
"""

from __future__ import annotations

import os
import posixpath
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from orkestra.katalog.roots import PathRefused, find_root, read_bounded, resolve_inside

_MOST_NAMED = 8
"""Files that are named where another is not there."""


class Place(ABC):
    """One file. ``name`` is how findings call it; equal ``key``s are one file."""

    name: str

    @property
    @abstractmethod
    def key(self) -> str: ...

    @abstractmethod
    def find(self, declared: str) -> Place:
        """The file that a path in this one names, which need not exist. Raises PathRefused."""

    @abstractmethod
    def read(self) -> bytes:
        """At most one byte more than the loader takes. Raises OSError, ValueError."""


class DiskPlace(Place):
    """A file below ``root`` (``root`` None: the one ``find_root`` gives). ``target`` is where links on the way lead.
    ``named``, where given, gets the path of every file that is looked for from here, there or not."""

    def __init__(
        self, path: Path, root: Path | None = None, target: Path | None = None, named: set[str] | None = None
    ) -> None:
        self.path = path
        self.name = str(path)
        self._root = root
        self._target = target
        self._named = named
        self._key: str | None = None

    @property
    def target(self) -> Path:
        if self._target is None:
            self._target = Path(self.key)
        return self._target

    @property
    def root(self) -> Path:
        if self._root is None:
            self._root = find_root(self.path)
        return self._root

    @property
    def key(self) -> str:
        if self._key is None:
            self._key = os.path.realpath(self.name) if self._target is None else str(self._target)
        return self._key

    def find(self, declared: str) -> DiskPlace:
        path = Path(os.path.normpath(self.path.parent / declared))
        if self._named is not None:
            self._named.add(str(path))
        target = resolve_inside(declared, self.target, self.root)
        return DiskPlace(path, self.root, target, self._named)

    def read(self) -> bytes:
        return read_bounded(self.target)


@dataclass(frozen=True, slots=True)
class Artifact:
    """What a remote import stands for: files by their path in it, the one to begin with, and what pins it.

    ``name`` shows where it came from, without credentials. ``digest`` is ``sha256:…`` over all files; ``resolved`` is
    the remote's own word for this content (a commit, a manifest's digest), where it has one. ``is_folder``: there may
    be more files, even where there is one; else a single one was fetched alone.
    """

    name: str
    files: Mapping[str, bytes] = field(repr=False)
    entry: str
    digest: str
    resolved: str = ""
    is_folder: bool = False


class ArtifactPlace(Place):
    def __init__(self, artifact: Artifact, path: str) -> None:
        self.artifact = artifact
        self.path = path
        is_alone = len(artifact.files) == 1 and not artifact.is_folder and path == artifact.entry
        self.name = artifact.name if is_alone else f"{artifact.name}//{path}"

    @property
    def key(self) -> str:
        return f"{self.artifact.digest}/{self.path}"

    def find(self, declared: str) -> ArtifactPlace:
        if declared.startswith(("/", "~")) or "\\" in declared or "\x00" in declared:
            raise PathRefused(f"{declared[:200]} is absolute: write it relative to {self.path}")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), declared))
        if path.startswith("../") or path == "..":
            raise PathRefused(f"{declared[:200]} leads out of {self.artifact.name}")
        return ArtifactPlace(self.artifact, path)

    def read(self) -> bytes:
        found = self.artifact.files.get(self.path)
        if found is None:
            if len(self.artifact.files) == 1 and not self.artifact.is_folder:
                raise OSError(2, "only the file itself was fetched; import from Git or a registry to bring more")
            there = ", ".join(sorted(self.artifact.files)[:_MOST_NAMED])
            raise FileNotFoundError(2, f"there is no such file, but {there}")
        return found
