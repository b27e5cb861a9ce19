"""Rows of a Motif file."""

from __future__ import annotations

from functools import cache
from typing import Final

from orkestra.katalog.schema.blocks import Block, Field, LazyBlock, State
from orkestra.katalog.schema.composition import INPUT, MOTIF_IMPORT, NOTES, PROFILES
from orkestra.katalog.schema.containers import ListOf, Raw
from orkestra.katalog.schema.documents import API_VERSION, api_version, kind_of_file
from orkestra.katalog.schema.katalog import METADATA
from orkestra.katalog.schema.kinds import kind_fields
from orkestra.katalog.schema.operator_box import STATUS_FIELD
from orkestra.katalog.schema.records import NamedList
from orkestra.katalog.schema.scalars import Text

_ON_CREATE: Final = Block("onCreate of a Motif", kind_fields(), doc="Children made once and then left alone.")

RESOURCES: Final = Block(
    "resources",
    (
        Field("onCreate", _ON_CREATE, _ON_CREATE.doc),
        *kind_fields(),
    ),
    doc="Children, by kind: made and kept in line.",
)
_STATUS: Final = Block(
    "status of a Motif",
    (
        Field("fields", ListOf(STATUS_FIELD), "status fields from templates"),
        Field("include", Text(), "a file that holds this block", tier="W"),
    ),
)
ADMISSION: Final = Block(
    "admission of a Motif",
    (
        Field("validation", LazyBlock("admission:VALIDATION"), "rules a CR must meet", state=State.LATER),
        Field("mutation", LazyBlock("admission:MUTATION"), "defaults and overrides", state=State.LATER),
    ),
)

MOTIF: Final = Block(
    "a Motif",
    (
        Field("apiVersion", Text(check=api_version), API_VERSION, required=True),
        Field("kind", Text(check=kind_of_file("Motif")), "Motif", required=True),
        Field("metadata", METADATA, "its name and description", required=True),
        Field("inputs", NamedList(INPUT, "name", what="the input"), "what whoever imports it may say"),
        Field("resources", RESOURCES, RESOURCES.doc),
        Field("status", _STATUS, "what is written to the CR's status"),
        Field("admission", ADMISSION, "rules"),
        Field("notes", NOTES, "functions for its own templates"),
        Field("profiles", PROFILES, "presets for its own children"),
        Field("imports", ListOf(MOTIF_IMPORT), "other Motifs"),
        Field("spec", Raw(), state=State.OLDER, target="its fields at the top level", moves_to="."),
    ),
)


@cache
def outline_of_motif() -> Block:
    """The same without what it brings, which is read where it is brought to."""
    brought = ("resources", "status", "admission")
    rows = (row for row in MOTIF.fields.values() if row.name not in brought)
    return Block(MOTIF.title, (*rows, *(Field(name, Raw()) for name in brought)))
