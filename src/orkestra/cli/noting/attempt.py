"""``ork notes try``."""

from __future__ import annotations

import click

from orkestra.cli.noting import file_option
from orkestra.cli.printing import output_option, print_data, print_text


@click.command("try")
@click.argument("expression")
@click.option("--cr", metavar="PATH", help="The object, or - for standard input. [default: none]")
@click.option(
    "--with", "more", metavar="PATH", help="Further roots beside those of the object: children, cross, external."
)
@file_option
@output_option()
def command(expression: str, cr: str | None, more: str | None, file: str | None, form: str) -> int:
    """Evaluate EXPRESSION, or a template, on an object. Exit code 1: it fails.

    \b
    ork notes try '.spec.image | imageTag' --cr cr.yaml
    ork notes try '{{ .metadata.name }}-{{ .spec.tier | default "free" }}' --cr cr.yaml
    ork notes try 'nextCron "0 3 * * *"'
    """
    from orkestra.cli.evaluating.session import (
        NotEvaluated,
        Session,
        functions_in,
        read_object,
        scope_of,
        shown,
        type_name,
    )

    scope = scope_of(read_object(cr, "--cr") if cr else {}, read_object(more, "--with") if more else {})
    session = Session(scope, functions_in(file)) if file else Session(scope)
    try:
        value = session.value(expression)
    except NotEvaluated as error:
        click.echo(str(error), err=True)
        return 1
    if form == "human":
        print_text(shown(value) + "\n")
    else:
        print_data({"expression": expression, "type": type_name(value), "value": value}, form)
    return 0
