"""``ork notes show``."""

from __future__ import annotations

import click

from orkestra.cli.completing import complete_functions
from orkestra.cli.noting import file_option, session_of
from orkestra.cli.printing import output_option, print_data, print_text


@click.command("show")
@click.argument("name", shell_complete=complete_functions)
@file_option
@output_option()
def command(name: str, file: str | None, form: str) -> int:
    """Show a function: its arguments, its meaning, and an example with what it evaluates to. Exit code 1: there is
    no such function.

    \b
    ork notes show truncateName
    ork notes show endpoint -f katalog.yaml
    """
    from orkestra.cli.evaluating.catalogue import NoSuchFunction, document_of, find, page_of

    session = session_of(file)
    try:
        row = find(name, session.functions)
    except NoSuchFunction as error:
        click.echo(str(error), err=True)
        return 1
    if form == "human":
        print_text(page_of(row))
    else:
        print_data(document_of(row), form)
    return 0
