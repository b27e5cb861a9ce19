"""``ork migrate``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orkestra.cli.printing import output_option

if TYPE_CHECKING:
    from orkestra.cli.rewriting.runs import Rewritten
    from orkestra.katalog.diagnostics import Findings, SourceText


@click.command("migrate")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--dry-run", is_flag=True, help="Write nothing; print what would change as a patch.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when something would change.")
@output_option()
def command(paths: tuple[str, ...], dry_run: bool, check: bool, form: str) -> int:
    """Rewrite definitions of older or newer layouts to today's, in place.

    Comments, order, quotes and line ends stay. What today's language has no place for is reported and stays as it is.
    PATH is a file, a directory or dir/... for all YAML below it, a pattern, or - to write standard input rewritten to
    standard output. Exit code 0: all is in today's layout, 1: something is left that needs a person (with --check: or
    something would change), 2: could not run.

    \b
    ork migrate
    ork migrate apps/... --dry-run
    ork migrate apps/... --check
    ork migrate - < old.yaml > new.yaml
    """
    from orkestra.cli.definition import find_file
    from orkestra.cli.rewriting.runs import Mode, run
    from orkestra.cli.validation.files import find_candidates

    named = paths or (str(find_file(None)),)
    return run(find_candidates(named, []), rewriting, Mode("migrated", check, dry_run, form))


def rewriting(source: SourceText, findings: Findings) -> Rewritten:
    from orkestra.cli.rewriting.runs import Note, Rewritten
    from orkestra.katalog.edits.migration import migrate

    found = migrate(source, findings)
    done = [Note(change.span, f"{change.was} -> {change.now}") for change in found.changes]
    left = [Note(each.span, f"{each.what} stays: {each.reason}") for each in found.left]
    return Rewritten(found.text, done, left)
