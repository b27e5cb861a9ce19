"""``ork generate crd``."""

from __future__ import annotations

from pathlib import Path

import click

from orkestra.cli.completing import complete_entries
from orkestra.cli.generating.definition import check_option, deliver, file_option, out_option
from orkestra.cli.generating.kindfiles import format_option
from orkestra.cli.settings import CannotRun


@click.command("crd")
@click.argument("entries", nargs=-1, metavar="[ENTRY]...", shell_complete=complete_entries)
@file_option
@format_option
@out_option
@check_option
def command(entries: tuple[str, ...], file: str | None, form: str, out: Path | None, check: bool) -> int:
    """Print the CRDs of a Katalog's kinds, derived from what its templates, conditions and status fields use.

    Types come from the fields that values go into: replicas is a whole number, host is text. Objects get the standard
    conditions, printer columns, and status.observedGeneration -1 until they are first reconciled. Without ENTRY, the
    entries that have neither a CRD file nor a built-in kind. What nothing tells stays open: look it through.

    \b
    ork generate crd -f katalog.yaml -o crd.yaml
    ork generate crd website --check -o crd.yaml
    """
    from orkestra.cli.generating.kindfiles import boxes_of, load_katalog, text_of
    from orkestra.generate.crd import crds_of
    from orkestra.k8s.builtin import builtin_resource

    katalog = load_katalog(file)
    boxes = [
        box for box in boxes_of(katalog, entries) if builtin_resource(box.gvk) is None and (entries or box.crd is None)
    ]
    if not boxes:
        reason = "a built-in kind" if entries else "a CRD file or a built-in kind; name one to derive its CRD anew"
        raise CannotRun(f"{katalog.path}: every entry has {reason}")
    return deliver(text_of(crds_of(boxes), form), out, check=check)
