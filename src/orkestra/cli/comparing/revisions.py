"""Files as a revision of Git has them, without checking it out."""

from __future__ import annotations

import posixpath
import subprocess
from dataclasses import dataclass
from typing import Final

from orkestra.cli.settings import CannotRun
from orkestra.katalog.places import Place
from orkestra.katalog.roots import PathRefused
from orkestra.katalog.source.parse import MAX_BYTES

_GIT_SECONDS: Final = 30
_MOST_LINKS: Final = 40
_FILE: Final = "blob"
_FOLDER: Final = "tree"
_LINK: Final = "120000"


@dataclass(frozen=True, slots=True)
class Item:
    """A row of ``git ls-tree``; ``size`` in bytes, of files alone."""

    mode: str
    kind: str
    id: str
    size: int


class Revision:
    """The files of what ``shown`` names: a commit, a branch, a tag. Raises CannotRun where Git knows no such thing."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.root = _git(shown, "rev-parse", "--verify", "--end-of-options", f"{shown}^{{tree}}").decode().strip()
        self._folders: dict[str, dict[str, Item]] = {}

    def find(self, path: str) -> tuple[str, Item]:
        """Where links on the way from the repository's root lead, and what is there. Raises OSError, PathRefused."""
        steps = path.split("/")[::-1]
        way: list[tuple[str, Item]] = [("", Item("", _FOLDER, self.root, 0))]
        links = 0
        while steps:
            step = steps.pop()
            if step in ("", "."):
                continue
            if step == "..":
                way.pop()
                if not way:
                    raise PathRefused(f"{path[:200]} leads out of the repository")
                continue
            if way[-1][1].kind != _FOLDER:
                raise NotADirectoryError(20, "Not a directory")
            found = self._items(way[-1][1].id).get(step)
            if found is None:
                raise FileNotFoundError(2, "No such file or directory")
            if found.mode != _LINK:
                way.append((step, found))
                continue
            links += 1
            if links > _MOST_LINKS:
                raise OSError(40, "Too many levels of symbolic links")
            target = self.read(found).decode("utf-8", "surrogateescape")
            if target.startswith("/"):
                raise PathRefused(f"{path[:200]} leads out of the repository")
            steps += target.split("/")[::-1]
        return "/".join(name for name, _ in way[1:]), way[-1][1]

    def read(self, item: Item) -> bytes:
        """Raises OSError for what is no file, or larger than the loader takes."""
        if item.kind != _FILE:
            raise IsADirectoryError(21, "Is a directory" if item.kind == _FOLDER else "Is a submodule")
        if item.size > MAX_BYTES:
            raise OSError(27, f"it is larger than {MAX_BYTES >> 20} MiB")
        return _git(self.shown, "cat-file", "blob", item.id)

    def _items(self, tree: str) -> dict[str, Item]:
        if tree not in self._folders:
            rows = (
                _git(self.shown, "ls-tree", "--full-tree", "-z", "-l", tree)
                .decode("utf-8", "surrogateescape")
                .split("\0")
            )
            self._folders[tree] = dict(_item(row) for row in rows if row)
        return self._folders[tree]


class RevisionPlace(Place):
    """``path``: from the root of the repository, links resolved."""

    def __init__(self, revision: Revision, path: str) -> None:
        self.revision = revision
        self.path = path
        self.name = f"git:{revision.shown}:{path}"

    @property
    def key(self) -> str:
        return self.name

    def find(self, declared: str) -> RevisionPlace:
        if declared.startswith(("/", "~")) or "\x00" in declared:
            raise PathRefused(f"{declared[:200]} is absolute: write it relative to {self.path}")
        path = posixpath.join(posixpath.dirname(self.path), declared)
        try:
            return RevisionPlace(self.revision, self.revision.find(path)[0])
        except OSError:
            return RevisionPlace(self.revision, posixpath.normpath(path))

    def read(self) -> bytes:
        return self.revision.read(self.revision.find(self.path)[1])


def place_in(revision: str, path: str) -> RevisionPlace:
    """The file at a path as seen from the working directory. Raises CannotRun."""
    found = Revision(revision)
    prefix = _git(revision, "rev-parse", "--show-prefix").decode("utf-8", "surrogateescape").strip("\n")
    try:
        return RevisionPlace(found, prefix).find(path)
    except PathRefused as error:
        raise CannotRun(f"git:{revision}:{path}: {error}") from None


def _item(row: str) -> tuple[str, Item]:
    head, _, name = row.partition("\t")
    mode, kind, identity, size = head.split()
    return name, Item(mode, kind, identity, int(size) if size.isdigit() else 0)


def _git(revision: str, *arguments: str) -> bytes:
    """What git prints. Raises CannotRun with its own reason."""
    what = f"git:{revision}"
    try:
        done = subprocess.run(
            ["git", *arguments], capture_output=True, timeout=_GIT_SECONDS, check=False, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError:
        raise CannotRun(f"{what}: there is no git here") from None
    except subprocess.TimeoutExpired:
        raise CannotRun(f"{what}: git gave no answer in {_GIT_SECONDS} s") from None
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0].removeprefix("fatal: ")
        reason = reason.replace("Needed a single revision", "there is no such revision here")
        raise CannotRun(f"{what}: {reason or 'git failed'}")
    return done.stdout
