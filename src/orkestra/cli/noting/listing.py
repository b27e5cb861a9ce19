"""``ork notes list``."""

from __future__ import annotations

import click

from orkestra.cli.noting import file_option, session_of
from orkestra.cli.printing import output_option, print_data, print_text
from orkestra.cli.settings import CannotRun


@click.command("list")
@click.option("--domain", default="", help="Of this domain only, such as strings or time.")
@file_option
@output_option()
def command(domain: str, file: str | None, form: str) -> int:
    """List the template functions by domain.

    \b
    ork notes list
    ork notes list --domain time
    ork notes list -f katalog.yaml --domain notes
    """
    from orkestra.cli.evaluating.catalogue import document_of, listing
    from orkestra.katalog.suggest import hint_for

    session = session_of(file)
    rows = [row for row in session.functions.values() if not domain or row.domain == domain]
    if not rows:
        domains = dict.fromkeys(row.domain for row in session.functions.values())
        hint = hint_for(domain, domains) or f"known: {', '.join(domains)}"
        raise CannotRun(f"there is no domain {domain[:60]!r}; {hint}")
    if form == "human":
        print_text(listing(rows))
    else:
        print_data([document_of(row) for row in rows], form)
    return 0
