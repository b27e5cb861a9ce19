"""``ork generate schema``."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from orkestra.cli.printing import print_data
from orkestra.cli.settings import CannotRun


def complete_kind(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from orkestra.katalog.schema.outline import FILES

    return [CompletionItem(kind) for kind in FILES if kind.lower().startswith(incomplete.lower())]


@click.command("schema")
@click.argument("kind", required=False, shell_complete=complete_kind)
@click.option(
    "-o", "--output", "form", type=click.Choice(["json", "yaml"]), default="json", show_default=True, help="The form."
)
def command(kind: str | None, form: str) -> int:
    """Print the JSON Schema (draft-07) of definitions: of KIND, or of whatever kind a file says it is.

    yaml-language-server, and every editor that runs it, then completes, documents and checks definitions.

    \b
    ork generate schema > .orkestra.schema.json
    ork generate schema Katalog -o yaml

    Name it in an editor's settings, or in the first line of a file:

    \b
    # yaml-language-server: $schema=.orkestra.schema.json
    """
    from orkestra.generate.jsonschema import UnknownKind, schema_of

    try:
        print_data(schema_of(kind or ""), form)
    except UnknownKind as error:
        raise CannotRun(str(error)) from None
    return 0
