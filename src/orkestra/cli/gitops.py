"""``ork gitops``: a group, whose commands are in ``deploying``."""

from __future__ import annotations

from typing import Final

import click

from orkestra.cli import LazyGroup, Row

ROWS: Final[dict[str, Row]] = {
    "health": Row("deploying.health", "Health rules for the kinds of a definition: Argo CD, Flux, kstatus."),
}


@click.group("gitops", cls=LazyGroup, rows=ROWS)
def command() -> None:
    """Make what GitOps tools need to know of a definition, offline."""
