"""Paths that the CRD's schema cannot have: typing errors that would only ever yield nothing, or be pruned.

Only what is certain is reported: a step is wrong when the schema lists properties, allows no others, and lacks it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from orkestra.k8s.objects import Object, get_path
from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.diagnostics.finding import Span
from orkestra.katalog.model import Condition, OperatorBox
from orkestra.katalog.paths import Path
from orkestra.katalog.suggest import hint_for
from orkestra.katalog.values import TemplateValue
from orkestra.katalog.walk import Site, first_reads

_CHECKED_ROOTS = frozenset({"spec", "status"})
"""``metadata`` is Kubernetes' own; other roots are checked as references."""

_OPEN = ("x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource")

Schema = Mapping[str, Any]


def check_schema_paths(checked: Checked) -> None:
    for box in checked.boxes:
        schema = schema_of(box)
        if schema is None:
            continue
        for site, templates, tested in checked.evaluated(box):
            for template in templates:
                _check_template(template, site, schema, checked)
            if tested is not None and tested.path and not site.own_child:
                place = tested.place if isinstance(tested, Condition) else tested.position
                _check(tested.path, site, schema, checked, partial(checked.span, place))
        for field in box.status.fields:
            _check(("status", *field.path), Site(), schema, checked, partial(checked.span, field.position))


def schema_of(box: OperatorBox) -> Schema | None:
    """The schema of the entry's version, from its CRD; None where there is none."""
    return schema_of_version(box.crd, box.gvk.version)


def schema_of_version(crd: Object | None, name: str) -> Schema | None:
    """The schema of one version of a CRD."""
    versions = get_path(crd, ("spec", "versions"), [])
    for version in versions if isinstance(versions, list) else ():
        if isinstance(version, dict) and version.get("name") == name:
            schema = get_path(version, ("schema", "openAPIV3Schema"))
            return schema if isinstance(schema, dict) else None
    return None


def missing_step(path: Path, schema: Schema) -> tuple[int, tuple[str, ...]] | None:
    """(index of the first step the schema cannot have, what it has there); None when the path may exist."""
    current: Any = schema
    for n, step in enumerate(path):
        if not isinstance(current, Mapping) or any(current.get(key) for key in _OPEN):
            return None
        properties, others, items = (current.get(key) for key in ("properties", "additionalProperties", "items"))
        if isinstance(properties, Mapping) and step in properties:
            current = properties[step]
        elif isinstance(items, Mapping) and current.get("type") == "array":
            current = items
        elif isinstance(others, Mapping):
            current = others
        elif (
            step == "*"
            or others
            or not isinstance(properties, Mapping)
            or not properties
            or any(key in current for key in ("allOf", "anyOf", "oneOf"))
        ):
            return None
        else:
            return n, tuple(properties)
    return None


def _check_template(template: TemplateValue, site: Site, schema: Schema, checked: Checked) -> None:
    for read in first_reads(template):
        width = sum(len(step) + 1 for step in read.path)
        line, column = read.line, read.column
        _check(read.path, site, schema, checked, partial(template.origin.span_at, line, column, width))


def _check(path: Path, site: Site, schema: Schema, checked: Checked, place: Callable[[], Span]) -> None:
    if path[0] not in _CHECKED_ROOTS or checked.is_full or (site.loop is not None and path[0] == site.loop.as_name):
        return
    found = missing_step(path, schema)
    if found is None:
        return
    n, known = found
    where = ".".join(path[:n]) or "the object"
    shown = ".".join(path)
    message = f"{shown[:120]}: the CRD's schema has no {path[n][:60]} in {where[:120]}"
    checked.report(1305, message, place(), lambda: hint_for(path[n], known))
