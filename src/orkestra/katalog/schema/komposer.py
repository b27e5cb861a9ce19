"""Rows of a Komposer file: a Katalog's, with imports, and entries that only say what differs."""

from __future__ import annotations

from typing import Final

from orkestra.katalog.schema.blocks import Block, Field
from orkestra.katalog.schema.composition import IMPORTS, MOTIF_IMPORT
from orkestra.katalog.schema.containers import ByShape, ListOf, MapOf, Raw
from orkestra.katalog.schema.documents import kind_of_file
from orkestra.katalog.schema.katalog import KATALOG, SPEC
from orkestra.katalog.schema.scalars import Text

_CRDS: Final = Field("crds", MapOf(Raw(), expects="a map of overrides by name"), "what differs from the imports")
_SPEC_IMPORTS: Final = Field(
    "imports",
    ByShape("a map of imports, or a list of Motifs", mapping=IMPORTS, sequence=ListOf(MOTIF_IMPORT)),
    "as the top-level imports; or Motifs that bring notes and profiles",
)
_KOMPOSER_SPEC: Final = Block(
    "spec of a Komposer",
    (*(row for row in SPEC.fields.values() if row.name not in ("crds", "imports")), _CRDS, _SPEC_IMPORTS),
)

KOMPOSER: Final = Block(
    "a Komposer",
    (
        *(row for row in KATALOG.fields.values() if row.name not in ("kind", "spec", "imports")),
        Field("kind", Text(check=kind_of_file("Komposer")), "Komposer", required=True),
        Field("imports", IMPORTS, IMPORTS.doc),
        Field("spec", _KOMPOSER_SPEC, "overrides"),
    ),
)
