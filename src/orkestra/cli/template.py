"""``ork template``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from orkestra.cli.definition import locked_option


@click.command("template")
@click.option(
    "-f",
    "--file",
    "file",
    metavar="KATALOG",
    help="The Katalog or Komposer. [default: KATALOG_PATH, or katalog.yaml or komposer.yaml here]",
)
@click.option(
    "-o", "--output", "form", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True, help="The form."
)
@click.option("--origin", is_flag=True, help="Say of every value where it was written, and what it overrides.")
@click.option("--alone", is_flag=True, help="Name no files: say by apiTypes what crdFile says.")
@click.option(
    "--graph",
    type=click.Choice(["text", "dot", "mermaid", "svg"]),
    help="Print what it is made of instead: files, entries and dependsOn.",
)
@click.option("--root", type=click.Path(file_okay=False, exists=True, path_type=Path), help="How far files may reach.")
@locked_option
def command(
    file: str | None, form: str, origin: bool, alone: bool, graph: str | None, root: Path | None, locked: bool
) -> int:
    """Print the one Katalog that a file with its imports, includes and Motifs comes to.

    What is printed is a whole Katalog: kept beside the file it loads as the same. Findings go to standard error; exit
    code 1 when one is an error.

    \b
    ork template -f overlays/production/komposer.yaml --origin
    ork template -o json | jq '.spec.crds | keys'
    ork template --graph svg > composition.svg
    """
    from orkestra.cli.definition import find_file
    from orkestra.katalog.compose import compose, fetcher_beside
    from orkestra.katalog.compose.graph import FORMS, graph_of
    from orkestra.katalog.compose.output import to_json, to_yaml
    from orkestra.katalog.diagnostics import render

    if graph is not None and (origin or alone or form != "yaml"):
        raise click.UsageError("--graph is a form of its own: it goes without --output, --origin and --alone")
    path = find_file(file)
    composed, found = compose(path, root=root, fetch=fetcher_beside(path, os.environ, is_locked=locked))
    errors = [each for each in found if each.is_error]
    if errors:
        click.echo(render(errors, colour=sys.stderr.isatty()), err=True, nl=False)
    if composed is None:
        return 1
    if graph is not None:
        text = FORMS[graph](graph_of(composed))
    elif form == "json":
        text = to_json(composed, with_origin=origin)
    else:
        text = to_yaml(composed, with_origin=origin, is_alone=alone)
    click.echo(text.encode("utf-8", "replace"), nl=False)
    return 1 if errors else 0
