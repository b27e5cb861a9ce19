"""Paths that the CRD's schema cannot have: typing errors that would only ever yield nothing, or be pruned.

Only what is certain is reported: a step is wrong when the schema lists properties, allows no others, and lacks it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orkestra.k8s.objects import get_path
from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.diagnostics.finding import Span
from orkestra.katalog.model import Condition, ForEach, OperatorBox
from orkestra.katalog.paths import Path
from orkestra.katalog.suggest import hint_for
from orkestra.katalog.values import Value
from orkestra.katalog.walk import Site, sites_of, templates_in, values_of

_CHECKED_ROOTS = frozenset({"spec", "status"})
"""``metadata`` is Kubernetes' own; other roots are checked as references."""

Schema = Mapping[str, Any]


def check_schema_paths(checked: Checked) -> None:
    for box in checked.boxes:
        schema = schema_of(box)
        if schema is None:
            continue
        for path, at in _paths_of(box, checked):
            if path[0] in _CHECKED_ROOTS:
                _check(path, at, schema, checked)
        for field in box.status.fields:
            _check(("status", *field.path), checked.span(field.position), schema, checked)


def schema_of(box: OperatorBox) -> Schema | None:
    """The schema of the entry's version, from its CRD; None where there is none."""
    versions = get_path(box.crd, ("spec", "versions"), [])
    for version in versions if isinstance(versions, list) else ():
        if isinstance(version, dict) and version.get("name") == box.gvk.version:
            schema = get_path(version, ("schema", "openAPIV3Schema"))
            return schema if isinstance(schema, dict) else None
    return None


def missing_step(path: Path, schema: Schema) -> tuple[int, tuple[str, ...]] | None:
    """(index of the first step the schema cannot have, what it has there); None when the path may exist."""
    current: Any = schema
    for n, step in enumerate(path):
        if not isinstance(current, Mapping) or current.get("x-kubernetes-preserve-unknown-fields"):
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


def _check(path: Path, at: Span, schema: Schema, checked: Checked) -> None:
    found = missing_step(path, schema)
    if found is None:
        return
    n, known = found
    where = ".".join(path[:n]) or "the object"
    message = f"{'.'.join(path)}: the CRD's schema has no {path[n]} in {where}"
    checked.report(1305, message, at, hint_for(path[n], known))


def _paths_of(box: OperatorBox, checked: Checked) -> Iterator[tuple[Path, Span]]:
    """Paths into the CR that templates and conditions read, with their places."""
    for found, site in sites_of(box):
        for value in values_of(found):
            for template in templates_in(value):
                for read in template.reads:
                    if read.path and not _is_loop_name(read.path[0], site):
                        width = sum(len(step) + 1 for step in read.path)
                        yield read.path, template.origin.span_at(read.line, read.column, width)
        yield from _plain_path(found, site, checked)


def _plain_path(found: Value | Condition | ForEach, site: Site, checked: Checked) -> Iterator[tuple[Path, Span]]:
    path = None if isinstance(found, Value) else found.path
    if path and not isinstance(found, Value) and not site.own_child and not _is_loop_name(path[0], site):
        yield path, checked.span(found.place if isinstance(found, Condition) else found.position)


def _is_loop_name(root: str, site: Site) -> bool:
    return site.loop is not None and root == site.loop.as_name
