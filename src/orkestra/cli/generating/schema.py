"""``ork generate schema``."""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import CompletionItem

from orkestra.cli.generating.definition import check_option, deliver, out_option
from orkestra.cli.settings import CannotRun


def complete_kind(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from orkestra.katalog.schema.outline import FILES

    return [CompletionItem(kind) for kind in FILES if kind.lower().startswith(incomplete.lower())]


@click.command("schema")
@click.argument("kind", required=False, shell_complete=complete_kind)
@click.option(
    "--format", "form", type=click.Choice(["json", "yaml"]), default="json", show_default=True, help="The form."
)
@out_option
@check_option
def command(kind: str | None, form: str, out: Path | None, check: bool) -> int:
    """Print the JSON Schema (draft-07) of definitions: of KIND, or of whatever kind a file says it is.

    yaml-language-server, and every editor that runs it, then completes, documents and checks definitions.

    \b
    ork generate schema -o .orkestra.schema.json
    ork generate schema Katalog --format yaml

    Name it in an editor's settings, or in the first line of a file:

    \b
    # yaml-language-server: $schema=.orkestra.schema.json
    """
    from orkestra.cli.printing import as_text
    from orkestra.generate.jsonschema import UnknownKind, schema_of

    try:
        found = schema_of(kind or "")
    except UnknownKind as error:
        raise CannotRun(str(error)) from None
    return deliver(as_text(found, form), out, check=check)
