"""``ork generate configmap``."""

from __future__ import annotations

from pathlib import Path

import click

from orkestra.cli.definition import locked_option
from orkestra.cli.generating.definition import (
    Definition,
    annotate_option,
    annotated,
    check_option,
    configmap_option,
    deliver,
    file_option,
    namespace_option,
    out_option,
)


@click.command("configmap")
@file_option
@namespace_option
@configmap_option
@annotate_option
@out_option
@locked_option
@check_option
def command(
    file: str | None,
    namespace: str,
    configmap: str,
    annotations: tuple[str, ...],
    out: Path | None,
    locked: bool,
    check: bool,
) -> int:
    """Print the ConfigMap that brings a Katalog, and the CRD files it names, to the runtime.

    A Komposer, and a Katalog with includes or imports, go as the one Katalog they come to (see ork template).

    What cannot run makes none: findings are printed, and the exit code is 1. The same holds for more than a ConfigMap
    can carry.

    \b
    ork generate configmap -f katalog.yaml -o katalog-configmap.yaml
    ork generate configmap -f katalog.yaml -o katalog-configmap.yaml --check
    """
    from orkestra.generate.configmap import configmap_document
    from orkestra.generate.writer import write

    document = configmap_document(Definition.load(file, is_locked=locked).files(), configmap, namespace)
    return deliver(write(annotated([document], annotations)), out, check=check)
