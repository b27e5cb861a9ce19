"""``ork notes``: a group, whose commands are in ``noting``."""

from __future__ import annotations

from typing import Final

import click

from orkestra.cli import LazyGroup, Row

ROWS: Final[dict[str, Row]] = {
    "list": Row("noting.listing", "The template functions, by domain."),
    "search": Row("noting.search", "Functions with a word in name or meaning."),
    "show": Row("noting.show", "One function, with its example as it evaluates now."),
    "try": Row("noting.attempt", "Evaluate an expression on an object."),
}


@click.group("notes", cls=LazyGroup, rows=ROWS, invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> int:
    """Look up the functions of templates, those of a definition among them, and try them.

    Without a command, list them all.
    """
    if ctx.invoked_subcommand is not None:
        return 0
    from orkestra.cli.noting.listing import command as listing

    return int(ctx.invoke(listing))
