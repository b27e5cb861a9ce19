"""What a CRD's schema says of the value at a path, as far as it is certain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from orkestra.katalog.paths import Path

_UNDECIDED: Final = (
    "allOf", "anyOf", "oneOf", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldType:
    """``type``: string, integer, number, boolean, object or array; empty where the schema leaves it open.

    ``is_present``: every object has it, because it and all above it are required or have a default. ``allowed``: the
    values of an enum.
    """

    type: str = ""
    is_present: bool = False
    allowed: tuple[Any, ...] | None = None
    is_nullable: bool = False


OPEN: Final = FieldType()


def type_at(path: Path, schema: Mapping[str, Any], *, is_spec_given: bool = False) -> FieldType:
    """OPEN where the path cannot be followed. ``is_spec_given``: take it that every object has a spec, which few CRDs
    bother to require."""
    current: Any = schema
    is_present = True
    for n, step in enumerate(path):
        if not isinstance(current, Mapping) or any(current.get(key) for key in _UNDECIDED):
            return OPEN
        properties, others, items = (current.get(key) for key in ("properties", "additionalProperties", "items"))
        if isinstance(properties, Mapping) and step in properties:
            required = current.get("required")
            current = properties[step]
            is_needed = isinstance(required, list) and step in required
            has_default = isinstance(current, Mapping) and "default" in current
            is_assumed = is_spec_given and n == 0 and step == "spec"
            is_present = is_present and (is_needed or has_default or is_assumed)
        else:
            current = items if current.get("type") == "array" else others
            is_present = False
    if not isinstance(current, Mapping) or any(current.get(key) for key in _UNDECIDED):
        return OPEN
    found, enum = current.get("type"), current.get("enum")
    if not isinstance(found, str) or current.get("x-kubernetes-int-or-string"):
        return OPEN
    allowed = tuple(enum) if isinstance(enum, list) else None
    return FieldType(found, is_present, allowed, current.get("nullable") is True)
