"""``ork notes search``."""

from __future__ import annotations

import click

from orkestra.cli.noting import file_option, session_of
from orkestra.cli.printing import output_option, print_data, print_text


@click.command("search")
@click.argument("words", nargs=-1, required=True, metavar="WORD...")
@file_option
@output_option()
def command(words: tuple[str, ...], file: str | None, form: str) -> int:
    """List the functions that have every WORD in name, domain or meaning. Exit code 1: there is none.

    \b
    ork notes search replicas
    ork notes search secret random -o json
    """
    from orkestra.cli.evaluating.catalogue import document_of, listing, search

    session = session_of(file)
    found = search(" ".join(words), session.functions.values())
    if form != "human":
        print_data([document_of(row) for row in found], form)
    elif found:
        print_text(listing(found))
    else:
        click.echo(f"no function has {' and '.join(words)} in name or meaning", err=True)
    return 0 if found else 1
