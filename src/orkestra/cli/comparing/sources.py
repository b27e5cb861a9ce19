"""Arguments of ``ork diff`` -> loaded Katalogs: a path, ``-`` for standard input, ``git:REV:path``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orkestra.cli.settings import CannotRun

if TYPE_CHECKING:
    from orkestra.katalog.diagnostics import Diagnostic
    from orkestra.katalog.model import Katalog

STDIN: Final = "-"
_GIT: Final = "git:"


def load_source(argument: str) -> Katalog:
    """Raises CannotRun for what is not there or does not load, with all findings."""
    from orkestra.cli.definition import find_file, load_file
    from orkestra.katalog import load_text
    from orkestra.katalog.compose import fetcher_beside
    from orkestra.katalog.source.parse import MAX_BYTES

    if argument.startswith(_GIT):
        return _from_git(argument)
    if argument == STDIN:
        path = Path("katalog.yaml")
        text = sys.stdin.buffer.read(MAX_BYTES + 1)
        return _loaded(*load_text(text, path=path, fetch=fetcher_beside(path, os.environ)), argument)
    return _loaded(*load_file(find_file(argument)), argument)


def _loaded(katalog: Katalog | None, findings: list[Diagnostic], argument: str) -> Katalog:
    from orkestra.katalog import render

    if katalog is None:
        raise CannotRun(f"{argument} does not load\n{render(findings)}".rstrip())
    return katalog


def _from_git(argument: str) -> Katalog:
    """A definition of a revision, with all that it names and the lock beside it as they are there."""
    from orkestra.cli.comparing.revisions import place_in
    from orkestra.katalog import load_place
    from orkestra.katalog.compose import fetcher_beside

    revision, colon, path = argument.removeprefix(_GIT).partition(":")
    if not colon or not revision or not path or revision.startswith("-"):
        raise CannotRun(f"{argument}: expected git:REVISION:path, such as git:main:katalog.yaml")
    place = place_in(revision, path)
    try:
        data = place.read()
    except OSError as error:
        raise CannotRun(f"{argument}: {error.strerror}") from None
    return _loaded(*load_place(place, data, fetch=fetcher_beside(place, os.environ)), argument)
