"""``ork diff``."""

from __future__ import annotations

import click

from orkestra.cli.printing import output_option, print_data, print_text


@click.command("diff")
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@output_option()
def command(old: str, new: str, form: str) -> int:
    """Say what is different between two definitions, and what that means for a cluster that runs A and gets B.

    A and B are paths, git:REVISION:path, or - for standard input. Order, comments and quoting do not count, defaults
    are filled in, templates are compared as texts; children are told apart by kind and name. Exit code 0: the same, 1:
    different, 2: could not run, which is also when one of them does not load.

    \b
    ork diff git:main:katalog.yaml katalog.yaml
    ork diff old.yaml new.yaml -o json
    """
    from orkestra.cli.comparing.changes import compare
    from orkestra.cli.comparing.pages import documents_of, text_of
    from orkestra.cli.comparing.sources import STDIN, load_source
    from orkestra.cli.validation.outputs import is_coloured

    if old == new == STDIN:
        raise click.UsageError("only one of the two can be standard input")
    before, after = load_source(old), load_source(new)
    changes = compare(before, after)
    if form != "human":
        print_data({"a": old, "b": new, "changes": documents_of(changes, before, after)}, form)
    elif changes:
        print_text(text_of(changes, before, after, colour=is_coloured()))
    return 1 if changes else 0
