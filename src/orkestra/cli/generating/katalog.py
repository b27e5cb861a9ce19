"""``ork generate katalog``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from orkestra.cli.generating.definition import check_option, deliver, out_option
from orkestra.cli.generating.kindfiles import format_option
from orkestra.cli.settings import CannotRun


@click.command("katalog")
@click.argument("source", metavar="CRD|GROUP/VERSION/KIND")
@click.option("--kind", default="", help="The kind, where the CRD file has several.")
@format_option
@out_option
@check_option
def command(source: str, kind: str, form: str, out: Path | None, check: bool) -> int:
    """Print a Katalog to start from: for the kind of a CRD file, or for a kind named by group, version and kind.

    From a CRD, children follow from the fields it has: a Deployment from image, a Service from port, an Ingress from
    host, else a ConfigMap of its settings. It loads as it is.

    \b
    ork generate katalog crd.yaml -o katalog.yaml
    ork generate katalog shop.example.com/v1/Website
    kubectl get crd websites.shop.example.com -o yaml | ork generate katalog -
    """
    from orkestra.cli.generating.kindfiles import read_crd, text_of
    from orkestra.generate.starter import parse_kind, starter_of_crd, starter_of_kind

    gvk = parse_kind(source) if source != "-" and not os.path.exists(source) else None
    if gvk is not None:
        return deliver(text_of([starter_of_kind(gvk)], form), out, check=check)
    if source != "-" and not os.path.exists(source):
        raise CannotRun(f"{source}: no such file, and no kind such as shop.example.com/v1/Website")
    crd_file = "" if source == "-" else _named_from(source, out)
    return deliver(text_of([starter_of_crd(read_crd(source, kind), crd_file)], form), out, check=check)


def _named_from(source: str, out: Path | None) -> str:
    """The CRD file as a Katalog in the output's folder names it."""
    relative = os.path.relpath(source, out.parent if out is not None else ".")
    return relative if relative.startswith("..") else f"./{relative}"
