"""What a schema says of the value at a path, as far as it is certain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from orkestra.k8s.builtin import resolve
from orkestra.k8s.objects import Object, get_path
from orkestra.katalog.model import OperatorBox
from orkestra.katalog.paths import Path

_OPEN_KEYS: Final = frozenset(("x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"))
_COMBINED: Final = frozenset(("allOf", "anyOf", "oneOf"))
_UNDECIDED: Final = _COMBINED | _OPEN_KEYS
_SCALARS: Final = ("string", "integer", "number", "boolean")


@dataclass(frozen=True, slots=True)
class FieldType:
    """``type``: string, integer, number, boolean, object or array; empty where the schema leaves it open.

    ``is_present``: every object has it, because it and all above it are required or have a default. ``allowed``: the
    values of an enum. ``minimum`` and ``maximum`` are those of a number, both inside.
    """

    type: str = ""
    is_present: bool = False
    allowed: tuple[Any, ...] | None = None
    is_nullable: bool = False
    minimum: float | None = None
    maximum: float | None = None


OPEN: Final = FieldType()


class Gap(NamedTuple):
    """The ``step``-th step of a path leads nowhere: what stands before it has ``known`` fields, or is a scalar or a
    list (``kind``)."""

    step: int
    known: tuple[str, ...] = ()
    kind: str = "object"


def schema_of(box: OperatorBox) -> Mapping[str, Any] | None:
    """The schema of the entry's version, from its CRD; None where there is none."""
    return schema_of_version(box.crd, box.gvk.version)


def schema_of_version(crd: Object | None, name: str) -> Mapping[str, Any] | None:
    """The schema of one version of a CRD."""
    versions = get_path(crd, ("spec", "versions"), [])
    for version in versions if isinstance(versions, list) else ():
        if isinstance(version, dict) and version.get("name") == name:
            schema = get_path(version, ("schema", "openAPIV3Schema"))
            return schema if isinstance(schema, dict) else None
    return None


def type_at(
    path: Path, schema: Mapping[str, Any], *, is_spec_given: bool = False, is_builtin: bool = False
) -> FieldType:
    """OPEN where the path cannot be followed. ``is_spec_given``: take it that every object has a spec, which few CRDs
    bother to require. ``is_builtin``: the schema is one of Kubernetes' own, with references."""
    current: Any = schema
    is_present = True
    for n, step in enumerate(path):
        current = opened(current, is_builtin)
        if not isinstance(current, dict) or _has(current, _UNDECIDED):
            return OPEN
        properties, others, items = current.get("properties"), current.get("additionalProperties"), current.get("items")
        if isinstance(properties, dict) and step in properties:
            required = current.get("required")
            current = properties[step]
            is_needed = isinstance(required, list) and step in required
            has_default = isinstance(current, dict) and "default" in current
            is_assumed = is_spec_given and n == 0 and step == "spec"
            is_present = is_present and (is_needed or has_default or is_assumed)
        else:
            is_list = current.get("type") == "array"
            if is_list and step != "*" and not (step.isascii() and step.isdigit()):
                return OPEN  # nothing is there, which is told by itself
            current = items if is_list else others
            is_present = False
    current = opened(current, is_builtin)
    if not isinstance(current, dict) or _has(current, _UNDECIDED):
        return OPEN
    found, enum = current.get("type"), current.get("enum")
    if not isinstance(found, str) or current.get("x-kubernetes-int-or-string"):
        return OPEN
    allowed = tuple(enum) if isinstance(enum, list) else None
    low, high = _bound(current, "minimum"), _bound(current, "maximum")
    return FieldType(found, is_present, allowed, current.get("nullable") is True, low, high)


def _bound(schema: Mapping[str, Any], key: str) -> float | None:
    value = schema.get(key)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def gap_in(path: Path, schema: Mapping[str, Any], *, is_builtin: bool = False) -> Gap | None:
    """The first step the schema cannot have; None when the path may exist. A step is only wrong when the schema lists
    properties, allows no others, and lacks it; below a scalar; or in a list, when it is no index."""
    current: Any = schema
    is_keyed = False
    for n, step in enumerate(path):
        current = opened(current, is_builtin)
        if not isinstance(current, dict) or _has(current, _OPEN_KEYS):
            return None
        properties, others, items = current.get("properties"), current.get("additionalProperties"), current.get("items")
        kind = current.get("type")
        if isinstance(properties, dict) and step in properties:
            current = properties[step]
        elif kind == "array" and isinstance(items, dict):
            if step != "*" and not (step.isascii() and step.isdigit()):
                return Gap(n, (), "array")
            current = items
        elif isinstance(others, dict):
            current, is_keyed = others, True
        elif kind in _SCALARS and not any(key in current for key in _COMBINED) and step != "*":
            # below a map the steps may be one key with dots
            return None if is_keyed or current.get("x-kubernetes-int-or-string") else Gap(n, (), str(kind))
        elif (
            step == "*"
            or others
            or not isinstance(properties, dict)
            or not properties
            or any(key in current for key in _COMBINED)
        ):
            return None
        else:
            return Gap(n, tuple(properties))
    return None


def is_open(schema: Mapping[str, Any]) -> bool:
    """Whether a schema leaves open what stands there."""
    return _has(schema, _UNDECIDED) or bool(schema.get("x-kubernetes-int-or-string"))


def _has(schema: Mapping[str, Any], keys: frozenset[str]) -> bool:
    return not keys.isdisjoint(schema) and any(schema.get(key) for key in keys)


def opened(schema: Any, is_builtin: bool) -> Any:
    """The schema a reference of a built-in schema names."""
    if is_builtin and isinstance(schema, dict) and ("$ref" in schema or "allOf" in schema):
        return resolve(schema)
    return schema
