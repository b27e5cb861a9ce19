"""``ork version``."""

from __future__ import annotations

import json
import platform

import click

from orkestra import __version__


@click.command("version")
@click.option(
    "-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="A line, or JSON."
)
def command(output: str) -> None:
    """Print the version of ork and of the Python it runs on."""
    facts = {"version": __version__, "python": platform.python_version(), "platform": platform.platform(terse=True)}
    if output == "json":
        click.echo(json.dumps(facts, indent=2))
    else:
        click.echo(f"ork {facts['version']} (Python {facts['python']}, {facts['platform']})")
