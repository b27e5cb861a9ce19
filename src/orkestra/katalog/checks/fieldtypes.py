"""Values held against the types of the CRD's schema: templates into typed fields, status fields, missing defaults.

Only templates that are one path, such as ``{{ .spec.replicas }}``, have a type that is known without running them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.checks.schemas import schema_of
from orkestra.katalog.checks.schematypes import OPEN, FieldType, type_at
from orkestra.katalog.model import Condition, OperatorBox, StatusField
from orkestra.katalog.paths import Path
from orkestra.katalog.values import Constant, TemplateValue, Value
from orkestra.katalog.walk import Site

_LONE = re.compile(r"\s*\{\{-?\s*\$?((?:\.[A-Za-z_][A-Za-z0-9_]*)+)\s*-?\}\}\s*")
_BARE = re.compile(r"\{\{-?\s*\$?((?:\.[A-Za-z_][A-Za-z0-9_]*)+)\s*-?\}\}")
_BRANCHES = re.compile(r"\{\{-?\s*(?:if|with|range|else|block|define)\b")

_NEVER: Final = {
    "int": ("boolean", "object", "array"),
    "number": ("boolean", "object", "array"),
    "bool": ("integer", "number", "object", "array"),
    "text": (),
    "any": (),
}
"""Types whose values a field of each sort refuses whatever they are."""

_PERHAPS: Final = {
    "int": ("string", "number"),
    "number": ("string",),
    "bool": ("string",),
    "text": ("object", "array"),
    "any": (),
}
"""Types some of whose values it refuses, or takes as what nobody means."""

_WANTED: Final = {"int": "a whole number", "number": "a number", "bool": "true or false", "text": "text"}
_SORTS: Final = {"int": "integer", "float": "number", "bool": "boolean", "string": "string"}


def check_field_types(checked: Checked) -> None:
    for box in checked.boxes:
        schema = schema_of(box)
        if schema is None:
            continue
        told: set[Path] = set()
        for site, templates, tested in checked.evaluated(box):
            if checked.is_full:
                return
            for template in templates:
                _check_type(template, site, schema, checked)
                if not isinstance(tested, Condition) and site.entry is not None:
                    _check_default(template, site, box, schema, told, checked)
        for field in box.status.fields:
            _check_status(field, schema, checked)


def lone_path(value: Value | None) -> Path:
    """The path of a template that is nothing but a path; empty for any other value."""
    found = _LONE.fullmatch(value.text) if isinstance(value, TemplateValue) else None
    return tuple(found[1].lstrip(".").split(".")) if found else ()


def _typed(path: Path, site: Site, schema: Mapping[str, Any], *, is_spec_given: bool = False) -> FieldType:
    if not path or path[0] not in ("spec", "status") or (site.loop is not None and path[0] == site.loop.as_name):
        return OPEN
    return type_at(path, schema, is_spec_given=is_spec_given)


def _check_type(template: TemplateValue, site: Site, schema: Mapping[str, Any], checked: Checked) -> None:
    path = lone_path(template)
    found = _typed(path, site, schema)
    if not found.type:
        return
    shown, name = ".".join(path), template.field.rpartition(".")[2]
    message = f"{name}: {shown} is of type {found.type} in the CRD; {_WANTED.get(template.wanted, '')} is needed here"
    if found.type in _NEVER[template.wanted]:
        checked.report(1307, message, template.origin.span_at(1, 1, len(template.text)))
    elif found.type in _PERHAPS[template.wanted]:
        hint = f"make {shown} {_article(template.wanted)} in the CRD" if template.wanted != "text" else "use toJson"
        checked.report(1306, message, template.origin.span_at(1, 1, len(template.text)), hint)


def _article(wanted: str) -> str:
    sort = {"int": "integer", "number": "number", "bool": "boolean"}[wanted]
    return f"an {sort}" if sort[0] in "aeio" else f"a {sort}"


def _check_default(
    template: TemplateValue, site: Site, box: OperatorBox, schema: Mapping[str, Any], told: set[Path], checked: Checked
) -> None:
    """A path that may be absent, printed as it is: once for each path of a box."""
    if template.wanted != "text" or _BRANCHES.search(template.text):
        # a number or a flag that is absent leaves its field out
        return
    for bare in _BARE.finditer(template.text):
        path = tuple(bare[1].lstrip(".").split("."))
        found = _typed(path, site, schema, is_spec_given=True)
        if not found.type or found.is_present or path[0] != "spec" or path in told or _is_guarded(path, site, box):
            continue
        told.add(path)
        before = template.text[: bare.start(1)]
        at = template.origin.span_at(before.count("\n") + 1, len(before) - before.rfind("\n"), len(bare[1]))
        message = f"{'.'.join(path)} is optional in the CRD, and nothing is printed where it is absent"
        checked.report(1308, message, at, f"give it a default in the CRD, or write {{{{ {bare[1]} | default … }}}}")


def _is_guarded(path: Path, site: Site, box: OperatorBox) -> bool:
    """Whether a condition of the entry, its block or its box looks at the path or something above it."""
    entry = site.entry
    block = box.on_create if entry is not None and entry in box.on_create.entries else box.on_reconcile
    for conditions in (entry.conditions if entry is not None else None, block.conditions, box.conditions):
        for condition in conditions or ():
            if condition.path is not None and condition.path == path[: len(condition.path)]:
                return True
    return False


def _check_status(field: StatusField, schema: Mapping[str, Any], checked: Checked) -> None:
    wanted = type_at(("status", *field.path), schema)
    if not wanted.type:
        return
    shown = ".".join(field.path)
    at = checked.span(field.position)
    sort = _sort_of(field, schema)
    if sort and sort != wanted.type and (sort, wanted.type) != ("integer", "number"):
        hint = f"write type: {_TYPES[wanted.type]}" if field.type in _SORTS and wanted.type in _TYPES else ""
        checked.report(1307, f"{shown}: the CRD's schema wants {wanted.type}, this is {sort}", at, hint)
    elif isinstance(field.value, Constant) and sort == "string" and wanted.allowed is not None:
        text = str(field.value.value)
        allowed = ", ".join(str(value) for value in wanted.allowed[:12])
        if text not in wanted.allowed:
            checked.report(1307, f'{shown}: "{text[:60]}" is none of the values the CRD allows: {allowed}', at)


_TYPES: Final = {sort: name for name, sort in _SORTS.items()}


def _sort_of(field: StatusField, schema: Mapping[str, Any]) -> str:
    """The type that is written, in the schema's words; empty where only a run can tell."""
    if field.type in _SORTS:
        return _SORTS[field.type]
    if isinstance(field.value, Constant):
        value = field.value.value
        for kinds, sort in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string")):
            if isinstance(value, kinds):
                return "" if isinstance(value, str) and _reads_otherwise(value) else sort
        return ""
    return _typed(lone_path(field.value), Site(), schema).type


def _reads_otherwise(text: str) -> bool:
    """Whether ``auto`` may take the text for a number or a bool."""
    return text.strip().lower() in ("true", "false", "") or bool(re.fullmatch(r"[-+.\deE]+", text.strip()))
