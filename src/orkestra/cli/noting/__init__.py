"""The commands of ``ork notes``, a file each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from orkestra.cli.evaluating.session import Session

file_option = click.option(
    "-f", "--file", "file", metavar="KATALOG", help="A definition, whose notes count too. [default: none]"
)


def session_of(file: str | None) -> Session:
    """No data, and the functions there are with a definition. Raises CannotRun."""
    from orkestra.cli.evaluating.session import Session, functions_in, scope_of

    return Session(scope_of({}, {}), functions_in(file)) if file else Session(scope_of({}, {}))
