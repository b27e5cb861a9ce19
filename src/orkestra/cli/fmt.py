"""``ork fmt``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orkestra.cli.printing import output_option

if TYPE_CHECKING:
    from orkestra.cli.rewriting.runs import Rewritten
    from orkestra.katalog.diagnostics import Findings, SourceText


@click.command("fmt")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when a file is laid out otherwise.")
@click.option("--diff", "shows_difference", is_flag=True, help="Write nothing; print what would change as a patch.")
@output_option()
def command(paths: tuple[str, ...], check: bool, shows_difference: bool, form: str) -> int:
    """Lay definitions out in the one usual way, in place.

    Two columns a level, lists indented below their key, the fields of a block in the order of the reference, templates
    in double quotes, flows of at most 120 columns, no two blank lines. Comments stay with what they stand at, and what
    is written keeps its meaning, which each run proves before it writes. PATH is a file, a directory or dir/... for all
    of Orkestra's YAML below it, a pattern, or - to write standard input laid out to standard output. Exit code 0: done,
    1: a file does not parse or cannot be laid out (with --check: or would change), 2: could not run.

    \b
    ork fmt
    ork fmt apps/... --check
    ork fmt katalog.yaml --diff
    ork fmt - < draft.yaml > katalog.yaml
    """
    from orkestra.cli.definition import find_file
    from orkestra.cli.rewriting.runs import Mode, run
    from orkestra.cli.validation.files import find_candidates

    named = paths or (str(find_file(None)),)
    return run(find_candidates(named, []), rewriting, Mode("laid out", check, shows_difference, form))


def rewriting(source: SourceText, findings: Findings) -> Rewritten:
    from orkestra.cli.rewriting.runs import Note, Rewritten
    from orkestra.katalog.diagnostics import Span
    from orkestra.katalog.edits.layout import arrange

    text, reason = arrange(source, findings)
    return Rewritten(text, left=[Note(Span(), f"stays as it is: {reason}")] if reason else ())
