"""``ork generate cr``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from orkestra.cli.completing import complete_entries
from orkestra.cli.generating.definition import check_option, deliver, file_option, out_option
from orkestra.cli.generating.kindfiles import format_option

if TYPE_CHECKING:
    from orkestra.k8s.objects import Object


@click.command("cr")
@click.argument("entries", nargs=-1, metavar="[ENTRY]...", shell_complete=complete_entries)
@file_option
@click.option("--crd", metavar="PATH", help="Take the CRD of this file, or - for standard input, and no Katalog.")
@click.option("--kind", default="", help="The kind, where the CRD file has several.")
@click.option("--version", default="", help="The version. [default: the stored one, or the entry's]")
@click.option("--full", is_flag=True, help="Every field, also the optional ones.")
@click.option("--name", default="", help="Name of the object. [default: made from its kind]")
@format_option
@out_option
@check_option
def command(
    entries: tuple[str, ...],
    file: str | None,
    crd: str | None,
    kind: str,
    version: str,
    full: bool,
    name: str,
    form: str,
    out: Path | None,
    check: bool,
) -> int:
    """Print a sample object for each kind of a Katalog, or of a CRD; the CRD accepts it.

    It has the required fields, and those with a default, an enum or an example; --full has all. Entries without a CRD
    file get the CRD that ork generate crd derives. Exit code 1: no sample was found that the CRD's own rules accept.

    \b
    ork generate cr -f katalog.yaml -o cr.yaml
    ork generate cr --crd crd.yaml --full
    ork generate crd -f katalog.yaml | ork generate cr --crd -
    """
    from orkestra.cli.generating.kindfiles import read_crd, text_of
    from orkestra.generate.sample import NoSample, sample_of

    found = [(read_crd(crd, kind).crd, version)] if crd else [
        (found, version or at) for found, at in _crds_of_katalog(file, entries)
    ]  # fmt: skip
    samples: list[Object] = []
    for each, at in found:
        try:
            samples.append(sample_of(each, at, is_full=full, name=name))
        except NoSample as error:
            click.echo(f"{each['metadata']['name']}: {error}", err=True)
            for cause in error.causes:
                click.echo(f"  {cause}", err=True)
            return 1
    return deliver(text_of(samples, form), out, check=check)


def _crds_of_katalog(file: str | None, entries: tuple[str, ...]) -> list[tuple[Object, str]]:
    """(CRD, version) of each entry that has a kind of its own. Raises CannotRun."""
    from orkestra.cli.generating.kindfiles import boxes_of, load_katalog
    from orkestra.cli.settings import CannotRun
    from orkestra.generate.crd import crds_of
    from orkestra.k8s.builtin import builtin_resource

    katalog = load_katalog(file)
    boxes = [box for box in boxes_of(katalog, entries) if builtin_resource(box.gvk) is None]
    if not boxes:
        raise CannotRun(f"{katalog.path}: every entry has a built-in kind, which has no CRD")
    unique = {box.gvk: box for box in boxes}
    return [(box.crd or crds_of([box])[0], box.gvk.version) for box in unique.values()]
