"""What a CR must be, and what is made of it before it is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orkestra.katalog.parts.calls import ExternalCall, Fires
from orkestra.katalog.paths import Path
from orkestra.katalog.position import Position
from orkestra.katalog.terms import Binding, Condition, Conditions
from orkestra.katalog.values import Value


@dataclass(frozen=True, slots=True)
class Normalize:
    """(path in the CR, value) pairs, applied in memory; every value sees the CR as it came."""

    fields: tuple[tuple[Path, Value], ...]
    position: Position


@dataclass(frozen=True, slots=True)
class Rule:
    """``test`` must hold; ``message`` says what is wrong when it does not. ``link`` names a field of ``serve``."""

    test: Condition
    message: Value
    action: Literal["deny", "warn"]
    conditions: Conditions | None
    link: str | None
    fires: Fires | None
    position: Position
    motif: Binding | None = None


@dataclass(frozen=True, slots=True)
class Validation:
    external: tuple[ExternalCall, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class MutationRule:
    """``default`` fills what is absent, ``override`` always sets; one of them is None. ``value_type`` None: as it
    stands."""

    field: Path
    field_position: Position
    default: Value | None
    override: Value | None
    value_type: Literal["string", "int", "float", "bool"] | None
    conditions: Conditions | None
    fires: Fires | None
    position: Position
    motif: Binding | None = None


@dataclass(frozen=True, slots=True)
class Mutation:
    """``mutate_first``: before validation at admission too."""

    mutate_first: bool
    external: tuple[ExternalCall, ...]
    rules: tuple[MutationRule, ...]


@dataclass(frozen=True, slots=True)
class ConversionPath:
    """(path, value) pairs of the object in version ``target``, from the object in version ``source``."""

    source: str
    target: str
    fields: tuple[tuple[Path, Value], ...]
    position: Position


@dataclass(frozen=True, slots=True)
class Conversion:
    storage_version: str
    update_crd: bool
    participant: bool
    paths: tuple[ConversionPath, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Which admission webhooks the entry takes part in."""

    validation: bool
    mutation: bool
    operations: tuple[str, ...]
