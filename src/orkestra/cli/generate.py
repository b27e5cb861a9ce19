"""``ork generate``: a group, whose commands are in ``generating``."""

from __future__ import annotations

from typing import Final

import click

from orkestra.cli import LazyGroup, Row

ROWS: Final[dict[str, Row]] = {
    "bundle": Row("generating.bundle", "All that a definition needs in a cluster, in one stream or folder."),
    "chart": Row("generating.chart", "The Helm chart of this version's runtime."),
    "configmap": Row("generating.configmap", "The ConfigMap that brings a definition to the runtime."),
    "cr": Row("generating.cr", "A sample object of a kind, which its CRD accepts."),
    "crd": Row("generating.crd", "The CRDs of a definition's kinds, derived from what it uses."),
    "katalog": Row("generating.katalog", "A definition to start from, for a CRD or a kind."),
    "rbac": Row("generating.rbac", "The rights the runtime needs for a definition, and no others."),
    "schema": Row("generating.schema", "The JSON Schema of definitions, for editors."),
}


@click.group("generate", cls=LazyGroup, rows=ROWS)
def command() -> None:
    """Make what goes with a definition, offline: the same input, the same bytes."""
