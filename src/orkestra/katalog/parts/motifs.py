"""A Motif file on its own, before anything imports it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orkestra.katalog.model import About, Block, Settings, StatusField
from orkestra.katalog.parts.admission import Mutation, Validation
from orkestra.katalog.position import Position


@dataclass(frozen=True, slots=True)
class Input:
    """What whoever imports the Motif may say. ``default`` as it is written, templates too; None where there is none.
    ``type`` is empty where any will do."""

    name: str
    description: str
    required: bool
    default: Any
    type: str
    position: Position


@dataclass(frozen=True, slots=True)
class MotifImport:
    """Another Motif. ``oci``: true, or the registry; ``arguments``: its inputs as they are written under ``with``."""

    motif: str
    oci: bool | str
    version: str
    auth: Settings | None
    arguments: Mapping[str, Any]
    position: Position


@dataclass(frozen=True, slots=True)
class Motif:
    """``notes``: expression by name; ``profiles``: as they are written, by class and name."""

    name: str
    namespace: str
    about: About
    position: Position
    inputs: tuple[Input, ...]
    on_create: Block
    on_reconcile: Block
    status: tuple[StatusField, ...]
    validation: Validation | None
    mutation: Mutation | None
    notes: Mapping[str, str]
    profiles: Mapping[str, Any]
    imports: tuple[MotifImport, ...]
    cluster_name: str
    lifecycle: Settings | None
