"""What the commands that make CRDs, objects and Katalogs are given."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from orkestra.cli.settings import CannotRun

if TYPE_CHECKING:
    from orkestra.k8s.objects import Object
    from orkestra.katalog.crdfile import CrdFacts
    from orkestra.katalog.model import Katalog, OperatorBox

format_option = click.option(
    "--format", "form", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True, help="The form."
)


def load_katalog(file: str | None) -> Katalog:
    """As the runtime loads it, fields included that cannot run yet; errors are printed and end the command with 1."""
    from orkestra.cli.definition import find_file, load_file
    from orkestra.katalog import render

    katalog, findings = load_file(find_file(file))
    if katalog is None:
        click.echo(render(findings, colour=sys.stderr.isatty()), err=True, nl=False)
        sys.exit(1)
    return katalog


def boxes_of(katalog: Katalog, names: Sequence[str]) -> list[OperatorBox]:
    """The entries that are named, or all. Raises CannotRun for one that is not there."""
    from orkestra.katalog.suggest import hint_for

    known = {box.name: box for box in katalog.boxes}
    for name in names:
        if name not in known:
            raise CannotRun(f"{katalog.path} has no entry {name[:60]!r}; {hint_for(name, known) or 'see spec.crds'}")
    return [known[name] for name in names] if names else list(katalog.boxes)


def read_crd(path: str, kind: str = "") -> CrdFacts:
    """The CRD of a file, ``-`` for standard input; ``kind`` where it holds several. Raises CannotRun."""
    from orkestra.cli.validate import read_crds

    found = {facts.kind: facts for facts in read_crds([path], "").values()}
    if kind and kind not in found:
        raise CannotRun(f"{path}: there is no CRD of {kind}; it has {', '.join(sorted(found))}")
    if len(found) > 1 and not kind:
        raise CannotRun(f"{path}: more than one CRD ({', '.join(sorted(found))}); name one with --kind")
    return found[kind] if kind else next(iter(found.values()))


def text_of(documents: Sequence[Any], form: str) -> str:
    """YAML documents, or JSON: one object as itself, several as a List."""
    if form == "json":
        from orkestra.cli.printing import as_text

        listed: Object = {"apiVersion": "v1", "kind": "List", "items": list(documents)}
        return as_text(documents[0] if len(documents) == 1 else listed, "json")
    from orkestra.generate.writer import write

    return write(documents)
