"""``ork generate rbac``."""

from __future__ import annotations

from pathlib import Path

import click

from orkestra.cli.definition import locked_option
from orkestra.cli.generating.definition import (
    Definition,
    account_options,
    annotate_option,
    annotated,
    check_option,
    deliver,
    file_option,
    namespace_option,
    out_option,
)


@click.command("rbac")
@file_option
@namespace_option
@account_options
@annotate_option
@out_option
@locked_option
@check_option
def command(
    file: str | None,
    namespace: str,
    service_account: str,
    name: str,
    followed: str,
    crds: tuple[str, ...],
    annotations: tuple[str, ...],
    out: Path | None,
    locked: bool,
    check: bool,
) -> int:
    """Print the roles and bindings the runtime needs for a Katalog: no verb, resource or namespace more.

    Each rule has a comment that says which entry needs it, and what for. Where an entry is limited to namespaces, its
    rights are Roles there.

    \b
    ork generate rbac -f katalog.yaml
    ork generate rbac -f katalog.yaml -o rbac.yaml --check
    """
    from orkestra.generate.rbac import Account
    from orkestra.generate.writer import write

    documents = Definition.load(file, crds, is_locked=locked).rbac(Account(namespace, service_account, name, followed))
    return deliver(write(annotated(documents, annotations)), out, check=check)
