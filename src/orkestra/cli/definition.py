"""Loading a definition for a command: findings printed, errors end it with exit code 1."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orkestra.cli.settings import CannotRun

if TYPE_CHECKING:
    from orkestra.katalog.compose.lock import Lock
    from orkestra.katalog.diagnostics import Diagnostic
    from orkestra.katalog.model import Katalog

locked_option = click.option("--locked", is_flag=True, help="Take remote imports as komposer.lock has them, or fail.")
DEFAULT_FILES = ("katalog.yaml", "katalog.yml", "komposer.yaml", "komposer.yml")


def find_file(given: str | None) -> Path:
    """The file to load: given, KATALOG_PATH, or the usual name here. Raises CannotRun."""
    named = given or os.environ.get("KATALOG_PATH")
    if named:
        path = Path(named)
        if path.is_dir():
            path = next((path / name for name in DEFAULT_FILES if (path / name).is_file()), path / DEFAULT_FILES[0])
        if not path.is_file():
            raise CannotRun(f"{path}: no such file")
        return path
    for name in DEFAULT_FILES:
        if Path(name).is_file():
            return Path(name)
    raise CannotRun("no katalog.yaml or komposer.yaml in this folder; name one with --file")


def find_or_wait(given: str | None) -> Path | None:
    """As ``find_file``; None while there is nothing yet."""
    try:
        return find_file(given)
    except CannotRun:
        return None


def read_lock(path: Path) -> Lock | None:
    """The lock beside a Komposer, None where there is none. Raises CannotRun for one that does not read."""
    from orkestra.katalog.compose.lock import LockError, beside

    try:
        return beside(path)
    except (OSError, LockError) as error:
        raise CannotRun(str(error)) from None


def load_file(path: Path, *, is_locked: bool = False) -> tuple[Katalog | None, list[Diagnostic]]:
    """What every command that takes a definition loads: with its remote imports, as the lock beside it pins them.
    ``is_locked``: what is not pinned is refused."""
    from orkestra.katalog import load
    from orkestra.katalog.compose import fetcher_beside

    return load(path, fetch=fetcher_beside(path, os.environ, is_locked=is_locked))


def load_or_exit(path: Path, *, is_locked: bool = False) -> Katalog:
    """The Katalog of ``path``. Prints every finding to stderr; errors end the command with 1."""
    katalog = load_or_tell(path, is_locked=is_locked)
    if katalog is None:
        sys.exit(1)
    return katalog


def load_or_tell(path: Path, *, is_locked: bool = False) -> Katalog | None:
    """The Katalog of ``path``, or None where a finding forbids running it. Prints every finding to stderr."""
    from orkestra.katalog import is_runnable
    from orkestra.katalog.diagnostics import render

    katalog, findings = load_file(path, is_locked=is_locked)
    if findings:
        click.echo(render(findings, colour=sys.stderr.isatty()), err=True, nl=False)
    if is_runnable(findings):
        return katalog
    if not any(found.is_error for found in findings):
        click.echo(refusal(path, findings), err=True)
    return None


def refusal(path: Path, findings: Sequence[Diagnostic]) -> str:
    """Why a valid definition does not run: each part of it that this version cannot do, with its code and place."""
    absent = [found for found in findings if found.is_unsupported]
    places = [f"{found.file}:{found.span}" for found in absent]
    width = max(map(len, places))
    lines = [
        f"  {place:<{width}}  {found.code}  {found.message.partition(':')[0]}"
        for place, found in zip(places, absent, strict=True)
    ]
    parts = "a part" if len(absent) == 1 else f"{len(absent)} parts"
    return "\n".join([f"{path} is valid, but this version cannot run {parts} of it yet:", *lines])
