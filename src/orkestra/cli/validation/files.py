"""Arguments -> files. A file is ours when its apiVersion or its kind says so; others are counted and left alone."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from orkestra.cli.settings import CannotRun

STDIN: Final = "-"
STDIN_NAME: Final = "<stdin>"
MOST_FILES: Final = 100_000
_SUFFIXES: Final = (".yaml", ".yml")
_LEFT_OUT: Final = frozenset({"node_modules", "__pycache__"})
_WILD = re.compile(r"[*?\[]")
_API_VERSION: Final = rb"""["']?apiVersion["']?[ \t]*:[ \t]*["']?orkestra\.[a-z]+\.io/"""
_KIND: Final = rb"""["']?kind["']?[ \t]*:[ \t]*["']?(?:Katalog|Komposer|Motif|Simulate|E2E)\b"""
_BLOCK = re.compile(rb"^(?:\xef\xbb\xbf)?(?:%s|%s)" % (_API_VERSION, _KIND), re.MULTILINE)
_FLOW = re.compile(rb"\s*\{")
_IN_FLOW = re.compile(rb"(?:%s|%s)" % (_API_VERSION, _KIND))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may be ours. ``is_named``: with --file, so that it is judged whatever it says it is."""

    name: str
    is_named: bool = False

    def read(self) -> bytes:
        """Its bytes, one more than the loader takes at most. Raises OSError."""
        from orkestra.katalog.roots import read_bounded
        from orkestra.katalog.source.parse import MAX_BYTES

        return sys.stdin.buffer.read(MAX_BYTES + 1) if self.name == STDIN_NAME else read_bounded(Path(self.name))


def is_ours(data: bytes) -> bool:
    """Whether a file claims, at its top level, an apiVersion or a kind of Orkestra's; UTF-16 is told by the loader."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
    if _FLOW.match(data):
        return _IN_FLOW.search(data) is not None
    return _BLOCK.search(data) is not None


def none_is_ours(count: int, advice: str) -> str:
    """What to say of so many files that are all none of Orkestra's."""
    if not count:
        return "there is no YAML file"
    whose = "the file is no definition" if count == 1 else f"none of {count:,} files is a definition"
    return f"{whose} of Orkestra's; {advice}"


def find_candidates(named: Iterable[str], given: Iterable[str]) -> list[Candidate]:
    """The files of ``--file`` and of the arguments, each once, in order: files, directories and all below them,
    ``dir/...``, patterns and ``-``. Raises CannotRun for what is not there."""
    found: dict[str, Candidate] = {}
    for arguments, is_named in ((named, True), (given, False)):
        for argument in arguments:
            for name, is_exact in _expanded(argument):
                found.setdefault(name, Candidate(name, is_named and is_exact))
                if len(found) > MOST_FILES:
                    raise CannotRun(f"{argument}: more than {MOST_FILES:,} files; name fewer")
    return list(found.values())


def _expanded(argument: str) -> Iterator[tuple[str, bool]]:
    """(file, does the argument name it itself)"""
    if argument == STDIN:
        yield STDIN_NAME, True
        return
    folder = argument.removesuffix("...") if argument.endswith(("/...", "\\...")) or argument == "..." else argument
    path = Path(folder or ".")
    if path.is_dir():
        yield from ((name, False) for name in _below(path))
    elif folder != argument:
        raise CannotRun(f"{path}: no such directory")
    elif os.path.lexists(path):
        yield shown(path), True
    elif _WILD.search(argument):
        yield from ((name, False) for name in _matching(argument))
    else:
        raise CannotRun(f"{path}: no such file or directory")


def _matching(pattern: str) -> list[str]:
    from glob import iglob

    names: list[str] = []
    for found in iglob(pattern, recursive=True):
        names += _below(Path(found)) if os.path.isdir(found) and not pattern.endswith("**") else []
        names += [shown(Path(found))] if os.path.isfile(found) else []
        if len(names) > MOST_FILES:
            raise CannotRun(f"{pattern}: more than {MOST_FILES:,} files; name fewer")
    if not names:
        raise CannotRun(f"{pattern}: no file matches")
    return sorted(name for name in names if not _LEFT_OUT & set(Path(name).parts))


def _below(folder: Path) -> list[str]:
    """YAML files at any depth, hidden folders and links to folders left out."""
    names: list[str] = []
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _LEFT_OUT)
        names += [shown(Path(parent, name)) for name in sorted(files) if name.endswith(_SUFFIXES)]
        if len(names) > MOST_FILES:
            raise CannotRun(f"{folder}: more than {MOST_FILES:,} files; name fewer")
    return names


def shown(path: Path) -> str:
    """How findings name a file: relative to the working directory where it lies below it."""
    absolute, here = os.path.abspath(path), os.getcwd()
    return os.path.relpath(absolute, here) if absolute.startswith(here.rstrip(os.sep) + os.sep) else str(path)
