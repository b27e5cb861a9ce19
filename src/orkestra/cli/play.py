"""``ork play``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from orkestra.cli.printing import print_text

if TYPE_CHECKING:
    from orkestra.katalog.model import Katalog, ResourceEntry

Render = Callable[[Mapping[str, Any]], Any]


@click.command("play")
@click.option(
    "-f", "--file", "file", metavar="KATALOG", help="A Katalog, whose children can be rendered. [default: none]"
)
@click.option("--cr", metavar="PATH", help="The object to evaluate on. [default: a sample of the Katalog's kind]")
@click.option(
    "--with", "more", metavar="PATH", help="Further roots beside those of the object: children, cross, external."
)
def command(file: str | None, cr: str | None, more: str | None) -> int:
    """Try expressions and templates on an object, line by line.

    On a terminal there is history and completion; lines from a pipe are answered in order, and the exit code is 1 if
    one of them fails. :help says what else there is.

    \b
    ork play -f katalog.yaml --cr cr.yaml
    echo '.spec.replicas' | ork play --cr cr.yaml
    """
    from orkestra.cli.evaluating.console import COMMAND_NAMES, Console, terminal_lines
    from orkestra.cli.evaluating.session import Session, functions_in, read_object, scope_of
    from orkestra.cli.generating.kindfiles import load_katalog

    katalog = load_katalog(file) if file else None
    obj = read_object(cr, "--cr") if cr else _sample(katalog)
    scope = scope_of(obj, read_object(more, "--with") if more else {})
    session = Session(scope, functions_in(katalog.path)) if katalog else Session(scope)
    console = Console(session, _entries(katalog))
    if not sys.stdin.isatty():
        lines = (line.rstrip("\r\n") for line in sys.stdin)
        return 1 if console.run(lines, print_text) else 0
    name = (obj.get("metadata") or {}).get("name") or "no object"
    click.echo(f"{name}; :help says what to do, Ctrl-D ends")
    words = [*session.functions, *(f":{each}" for each in COMMAND_NAMES), *_paths(session.scope, ".")]
    console.run(terminal_lines(_history(), words), print_text)
    return 0


def _sample(katalog: Katalog | None) -> dict[str, Any]:
    """An object of the first entry's kind, where one can be made."""
    from orkestra.generate.crd import crds_of
    from orkestra.generate.sample import NoSample, sample_of

    if katalog is None or not katalog.boxes:
        return {}
    box = katalog.boxes[0]
    try:
        return sample_of(box.crd or crds_of([box])[0], box.gvk.version, is_full=True)
    except NoSample:
        return {}


def _entries(katalog: Katalog | None) -> dict[str, Render]:
    """What makes the plain data of each child from a scope, by its id."""
    return {entry.id: _renderer(entry) for box in (katalog.boxes if katalog else ()) for entry in box.entries}


def _renderer(entry: ResourceEntry) -> Render:
    from datetime import UTC, datetime

    from orkestra.template import Environment

    def render(scope: Mapping[str, Any]) -> Any:
        environment = Environment(now=lambda: datetime.now(UTC), random=os.urandom)
        named = {"name": entry.name, "namespace": entry.namespace, **entry.fields}
        return {key: value.render(scope, environment) for key, value in named.items() if value is not None}

    return render


def _paths(data: Any, prefix: str) -> list[str]:
    """Paths of the object's maps, for completion."""
    found: list[str] = []
    for key, value in data.items() if isinstance(data, Mapping) else ():
        if str(key).isidentifier():
            found += [f"{prefix}{key}", *_paths(value, f"{prefix}{key}.")]
    return found


def _history() -> Path:
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state", "orkestra", "play")
