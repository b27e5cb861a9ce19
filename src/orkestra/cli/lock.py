"""``ork lock``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from orkestra.cli.settings import CannotRun


@click.command("lock")
@click.option(
    "-f",
    "--file",
    "file",
    metavar="KOMPOSER",
    help="The Komposer. [default: KATALOG_PATH, or katalog.yaml or komposer.yaml here]",
)
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 when the lock does not say what is imported.")
@click.option("--root", type=click.Path(file_okay=False, exists=True, path_type=Path), help="How far files may reach.")
def command(file: str | None, check: bool, root: Path | None) -> int:
    """Pin the remote imports of a Komposer in komposer.lock beside it.

    Every import is fetched, and its content written down by digest; commands then take exactly that, from the user's
    cache or fetched again and compared. Commit the file. A Komposer without remote imports has an empty lock.

    \b
    ork lock -f overlays/production/komposer.yaml
    ork lock --check
    """
    from orkestra.cli.definition import find_file, read_lock
    from orkestra.katalog.compose import compose, fetcher_beside
    from orkestra.katalog.compose.imports import fetcher
    from orkestra.katalog.compose.lock import FILE, Lock, lock_of, to_text
    from orkestra.katalog.diagnostics import render

    path = find_file(file)
    before = read_lock(path)
    fetch = fetcher_beside(path, os.environ, is_locked=True) if check else fetcher(os.environ)
    composed, found = compose(path, root=root, fetch=fetch)
    errors = [each for each in found if each.is_error]
    if errors:
        click.echo(render(errors, colour=sys.stderr.isatty()), err=True, nl=False)
    if composed is None or errors:
        return 1
    lock = lock_of(composed.fetched)
    if check:
        unused = sorted((before or Lock()).pins.keys() - lock.pins.keys())
        for label in unused:
            click.echo(f"{path.parent / FILE}: {label} is not imported any more; run ork lock", err=True)
        return 1 if unused else 0
    place = path.parent / FILE
    try:
        place.write_text(to_text(lock))
    except OSError as error:
        raise CannotRun(f"{place}: {error.strerror}") from None
    changed = sum(1 for label, pin in lock.pins.items() if before is None or before.get(label) != pin)
    click.echo(f"{place}: {len(lock.pins)} {'import' if len(lock.pins) == 1 else 'imports'}, {changed} changed")
    return 0
