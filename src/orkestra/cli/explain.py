"""``ork explain``."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from orkestra.cli.printing import output_option, print_data, print_text


def complete_path(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The fields of the place that is written so far, or of every kind of file."""
    from orkestra.cli.explaining.places import NoSuchPlace, below, find_places, root_of
    from orkestra.katalog.schema.outline import FILES

    head, dot, last = incomplete.rpartition(".")
    try:
        places = find_places(head)[:1] if dot else [root_of(kind) for kind in FILES]
    except NoSuchPlace:
        return []
    rows = [child.row for place in places for child in below(place) if child.row is not None and child.row.doc]
    found = [CompletionItem(f"{head}{dot}{row.name}", help=row.doc) for row in rows if row.name.startswith(last)]
    kinds = [] if dot else [CompletionItem(kind.lower()) for kind in FILES if kind.lower().startswith(last)]
    return [*kinds, *found]


@click.command("explain")
@click.argument("path", required=False, shell_complete=complete_path)
@click.option("--recursive", is_flag=True, help="All fields below, at every depth.")
@output_option()
def command(path: str | None, recursive: bool, form: str) -> int:
    """Say what a field of a definition is: type, default, values, state and the fields below it.

    PATH is written as in the file. The kind of file, what is above the first name, list indexes and the names of
    entries may be left out; without PATH the kinds of files are listed. Exit code 0: found, 1: there is no such field.

    \b
    ork explain
    ork explain katalog.spec.crds.website.operatorBox
    ork explain deployments.replicas
    ork explain status.fields --recursive
    ork explain drift -o json
    """
    from orkestra.cli.explaining.pages import document_of, text_of
    from orkestra.cli.explaining.places import NoSuchPlace, find_places, root_of
    from orkestra.katalog.schema.outline import FILES

    try:
        places = find_places(path) if path is not None else [root_of(kind) for kind in FILES]
    except NoSuchPlace as error:
        click.echo(str(error), err=True)
        return 1
    if form != "human":
        documents = [document_of(place, is_recursive=recursive) for place in places[: None if path is None else 1]]
        print_data(documents if path is None else documents[0], form)
        return 0
    shown = places if path is None else places[:1]
    print_text("\n\n".join(text_of(place, is_recursive=recursive) for place in shown) + "\n")
    if path is not None and len(places) > 1:
        others = ", ".join(place.path for place in places[1:6])
        more = f" and {len(places) - 6:,} more" if len(places) > 6 else ""
        click.echo(f"\nthe same name, something else: {others}{more}", err=True)
    return 0
