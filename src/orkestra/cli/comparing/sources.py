"""Arguments of ``ork diff`` -> loaded Katalogs: a path, ``-`` for standard input, ``git:REV:path``."""

from __future__ import annotations

import posixpath
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orkestra.cli.settings import CannotRun

if TYPE_CHECKING:
    from orkestra.katalog.diagnostics import Diagnostic
    from orkestra.katalog.model import Katalog

STDIN: Final = "-"
_GIT: Final = "git:"
_GIT_SECONDS: Final = 30


def load_source(argument: str) -> Katalog:
    """Raises CannotRun for what is not there or does not load, with all findings."""
    from orkestra.cli.definition import find_file
    from orkestra.katalog import load, load_text
    from orkestra.katalog.source.parse import MAX_BYTES

    if argument.startswith(_GIT):
        return _from_git(argument)
    if argument == STDIN:
        return _loaded(*load_text(sys.stdin.buffer.read(MAX_BYTES + 1), path="katalog.yaml"), argument)
    return _loaded(*load(find_file(argument)), argument)


def _loaded(katalog: Katalog | None, findings: list[Diagnostic], argument: str) -> Katalog:
    from orkestra.katalog import render

    if katalog is None:
        raise CannotRun(f"{argument} does not load\n{render(findings)}".rstrip())
    return katalog


def _from_git(argument: str) -> Katalog:
    """A definition of a revision, with the files it names as they were there."""
    from orkestra.generate.configmap import references
    from orkestra.katalog import load

    revision, colon, path = argument.removeprefix(_GIT).partition(":")
    if not colon or not revision or not path or revision.startswith("-"):
        raise CannotRun(f"{argument}: expected git:REVISION:path, such as git:main:katalog.yaml")
    text = _show(revision, path, argument)
    with tempfile.TemporaryDirectory(prefix="ork-diff-") as folder:
        root = Path(folder).resolve()
        top = posixpath.normpath(posixpath.join(_prefix(), path))
        if top.startswith(".."):
            raise CannotRun(f"{argument}: the path leaves the repository")
        _write(root / top, text)
        for found in references(text.decode("utf-8", "replace")):
            named = posixpath.normpath(posixpath.join(posixpath.dirname(top), found.path))
            if not named.startswith(("..", "/")):
                _write(root / named, _show(revision, f":/{named}", argument))
        katalog, findings = load(root / top, root=root)
        shown = [replace(each, file=each.file.removeprefix(f"{root}/")) for each in findings]
    return _loaded(katalog, shown, argument)


def _show(revision: str, path: str, argument: str) -> bytes:
    place = path.removeprefix(":/") if path.startswith(":/") else f"./{path}"
    return _git(["show", f"{revision}:{place}"], argument)


def _prefix() -> str:
    """Where the working directory is in its repository."""
    return _git(["rev-parse", "--show-prefix"], "git").decode("utf-8", "replace").strip()


def _git(arguments: list[str], what: str) -> bytes:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, timeout=_GIT_SECONDS, check=False)
    except FileNotFoundError:
        raise CannotRun(f"{what}: there is no git here") from None
    except subprocess.TimeoutExpired:
        raise CannotRun(f"{what}: git gave no answer in {_GIT_SECONDS} s") from None
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ")
        raise CannotRun(f"{what}: {reason or 'git failed'}")
    return done.stdout


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
