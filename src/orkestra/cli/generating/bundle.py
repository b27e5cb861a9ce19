"""``ork generate bundle``."""

from __future__ import annotations

from pathlib import Path

import click

from orkestra.cli.definition import locked_option
from orkestra.cli.generating.definition import (
    Definition,
    account_options,
    check_option,
    configmap_option,
    deliver,
    file_option,
    namespace_option,
)


@click.command("bundle")
@file_option
@namespace_option
@account_options
@configmap_option
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write a file for each part here. [default: one stream on standard output]",
)
@locked_option
@check_option
def command(
    file: str | None,
    namespace: str,
    service_account: str,
    name: str,
    followed: str,
    crds: tuple[str, ...],
    configmap: str,
    folder: Path | None,
    locked: bool,
    check: bool,
) -> int:
    """Print all that a Katalog needs in a cluster: Namespace, ServiceAccount, roles and bindings, ConfigMap.

    \b
    ork generate bundle -f katalog.yaml | kubectl apply --server-side -f -
    ork generate bundle -f katalog.yaml -o deploy/
    ork generate bundle -f katalog.yaml -o deploy/ --check
    """
    from orkestra.generate.bundle import bundle_files
    from orkestra.generate.rbac import Account
    from orkestra.generate.writer import write

    definition = Definition.load(file, crds, is_locked=locked)
    account = Account(namespace, service_account, name, followed)
    files = bundle_files(account, definition.rbac(account), definition.files(), configmap)
    if folder is None:
        return deliver(write(document for part in files.values() for document in part), None, check=check)
    return max([deliver(write(part), folder / name, check=check) for name, part in files.items()])
