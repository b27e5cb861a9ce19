"""Values held against the types of the CRD's schema: templates into typed fields, status fields, missing defaults."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.checks.datatypes import DataTypes, types_of
from orkestra.katalog.checks.templates import analysis_of
from orkestra.katalog.model import ForEach, OperatorBox, StatusField
from orkestra.katalog.paths import Path
from orkestra.katalog.schema.kinds import BY_KEY
from orkestra.katalog.schema.scalars import Choice
from orkestra.katalog.sites import Site
from orkestra.katalog.suggest import hint_for
from orkestra.katalog.terms import Condition
from orkestra.katalog.values import Constant, TemplateValue, Value
from orkestra.template.inference.shapes import described

_DIGITS = re.compile(r"[-+.\deE\s]*", re.ASCII)

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
        types = types_of(box, checked)
        is_typed = types.is_typed
        told: set[Path] = set()
        if checked.is_full:
            return
        for site, templates, tested in checked.evaluated(box):
            if isinstance(tested, ForEach):
                _check_loop(tested, site, types)
            for template in templates if not isinstance(tested, Condition) else ():
                if is_typed or template.wanted != "text":
                    _check_type(template, site, types)
                if is_typed and site.entry is not None:
                    _check_default(template, site, types, told)
        if is_typed:
            for field in box.status.fields:
                _check_status(field, types)


def _check_loop(loop: ForEach, site: Site, types: DataTypes) -> None:
    """What is gone over is a list or a map."""
    found = types.type_of(loop.path, site).type if loop.path else ""
    if found in ("string", "integer", "number", "boolean"):
        shown = ".".join(loop.path or ())
        message = f"forEach: {shown} is of type {found} in the schema; a list or a map is needed here"
        types.checked.report(1307, message, types.checked.span(loop.position))


def lone_path(value: Value | None) -> Path:
    """The path of a template that is nothing but a path; empty for any other value."""
    return value.template.lone_field if isinstance(value, TemplateValue) else ()


def _check_type(template: TemplateValue, site: Site, types: DataTypes) -> None:
    """A template that yields one value, against the field it fills."""
    path, name = lone_path(template), template.field.rpartition(".")[2]
    checked = types.checked
    wanted = "int" if template.field == "port" and site.entry is not None else template.wanted
    if wanted not in _WANTED:
        return
    if path:
        kinds = frozenset((types.type_of(path, site).type,)) - {""}
        shown = f"{'.'.join(path)} is of type {', '.join(kinds)} in the schema"
    elif wanted == "text":
        return
    else:
        if _is_spoilt(template, wanted):
            message = f"{name}: the text around the template is never {_WANTED[wanted]}"
            checked.report(1307, message, template.origin.span_at(1, 1, len(template.text)))
            return
        value = analysis_of(template, site, types).value if not template.is_plain else None
        kinds = value.kinds - {"null"} if value is not None else frozenset()
        if value is None or (value.is_constant and _reads_as(wanted, value.constant)):
            return
        shown = f"this gives {described(value)}"
    if path and wanted == "text":
        _check_word(template, path, site, types)
    if not kinds:
        return
    message = f"{name}: {shown}; {_WANTED[wanted]} is needed here"
    width = len(template.text.partition("\n")[0])
    if kinds <= frozenset(_NEVER[wanted]):
        checked.report(1307, message, template.origin.span_at(1, 1, width))
    elif kinds <= {*_NEVER[wanted], *_PERHAPS[wanted]} and not (kinds == {"number"} and not path):
        checked.report(1306, message, template.origin.span_at(1, 1, width), _way_out(wanted, path))


def _check_word(template: TemplateValue, path: Path, site: Site, types: DataTypes) -> None:
    """A path of few values, against a field of few words."""
    kind = BY_KEY.get(site.entry.kind) if site.entry is not None else None
    row = next((row for row in kind.fields if row.name == template.field), None) if kind is not None else None
    allowed = types.type_of(path, site).allowed
    if row is None or not isinstance(row.type, Choice) or not allowed:
        return
    wrong = [str(value) for value in allowed if str(value) not in row.type.words and str(value) != ""]
    if wrong:
        words = ", ".join(row.type.words)
        message = f"{template.field}: {'.'.join(path)} may be {', '.join(wrong)[:120]} by the CRD; expected {words}"
        at = template.origin.span_at(1, 1, len(template.text.partition("\n")[0]))
        types.checked.report(1307 if len(wrong) == len(allowed) else 1306, message, at)


def _way_out(wanted: str, path: Path) -> str:
    if not path:
        return {"int": "toInt makes a number of text", "number": "toFloat makes a number of text"}.get(wanted, "")
    return f"make {'.'.join(path)} {_article(wanted)} in the CRD" if wanted != "text" else "use toJson"


def _is_spoilt(template: TemplateValue, wanted: str) -> bool:
    """Text is printed beside the value, and no number or flag has such text in it."""
    if wanted not in ("int", "number"):
        return False
    return any(piece and not _DIGITS.fullmatch(piece) for piece in template.template.pieces)


def _reads_as(wanted: str, value: Any) -> bool:
    """Whether a constant text says what the field wants."""
    if not isinstance(value, str):
        return value is None
    if wanted == "bool":
        return value.strip().lower() in ("true", "false", "")
    return not value.strip() or bool(_DIGITS.fullmatch(value))


def _article(wanted: str) -> str:
    sort = {"int": "integer", "number": "number", "bool": "boolean"}[wanted]
    return f"an {sort}" if sort[0] in "aeio" else f"a {sort}"


def _check_default(template: TemplateValue, site: Site, types: DataTypes, told: set[Path]) -> None:
    """A path that may be absent, printed as it is or through text functions: once for each path of a box."""
    if template.wanted != "text" or template.template.is_branching:
        # a number or a flag that is absent leaves its field out
        return
    for path, line, column, width in _printed(template, site, types):
        if path in told or path[0] != "spec" or _is_guarded(path, site, types.box):
            continue
        told.add(path)
        at = template.origin.span_at(line, column, width)
        shown = ".".join(path)
        message = f"{shown} is optional in the CRD, and nothing is printed where it is absent"
        hint = f"give it a default in the CRD, or write {{{{ .{shown} | default … }}}}"
        types.checked.report(1308, message, at, hint)


def _printed(template: TemplateValue, site: Site, types: DataTypes) -> Iterator[tuple[Path, int, int, int]]:
    """Optional paths and where they are printed."""
    if template.is_plain:
        for read in template.template.fields:
            found = types.type_of(read.path, site, is_spec_given=True)
            if found.type and not found.is_present:
                yield read.path, read.line, read.column, sum(len(step) + 1 for step in read.path)
        return
    for shape, line, column, width in analysis_of(template, site, types).printed:
        for path in sorted(shape.optional):
            yield path, line, column, width


def _is_guarded(path: Path, site: Site, box: OperatorBox) -> bool:
    """Whether a condition of the entry, its block or its box looks at the path or something above it."""
    entry = site.entry
    block = box.on_create if any(each is entry for each in box.on_create.entries) else box.on_reconcile
    for conditions in (entry.conditions if entry is not None else None, block.conditions, box.conditions):
        for condition in conditions or ():
            if condition.path is not None and condition.path == path[: len(condition.path)]:
                return True
    return False


def _check_status(field: StatusField, types: DataTypes) -> None:
    checked = types.checked
    wanted = types.type_of(("status", *field.path), Site())
    if not wanted.type:
        return
    shown = ".".join(field.path)
    at = checked.span(field.position)
    sort = _sort_of(field, types)
    if sort and sort != wanted.type and (sort, wanted.type) != ("integer", "number"):
        hint = f"write type: {_TYPES[wanted.type]}" if field.type in _SORTS and wanted.type in _TYPES else ""
        checked.report(1307, f"{shown}: the CRD's schema wants {wanted.type}, this is {sort}", at, hint)
    elif isinstance(field.value, Constant) and sort == "string" and wanted.allowed is not None:
        text = str(field.value.value)
        if text not in wanted.allowed:
            allowed = [str(value) for value in wanted.allowed]
            message = f'{shown}: "{text[:60]}" is none of the values the CRD allows'
            checked.report(1307, message, at, lambda: hint_for(text, allowed))


_TYPES: Final = {sort: name for name, sort in _SORTS.items()}


def _sort_of(field: StatusField, types: DataTypes) -> str:
    """The type that is written, in the schema's words; empty where only a run can tell."""
    if field.type in _SORTS:
        return _SORTS[field.type]
    if isinstance(field.value, Constant):
        value = field.value.value
        for kinds, sort in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string")):
            if isinstance(value, kinds):
                return "" if isinstance(value, str) and _reads_otherwise(value) else sort
        return ""
    if not isinstance(field.value, TemplateValue):
        return ""
    path = lone_path(field.value)
    if path:
        return types.type_of(path, Site()).type
    value = analysis_of(field.value, Site(), types).value if not field.value.is_plain else None
    found = value.kinds - {"null"} if value is not None and not value.is_constant else frozenset()
    # text that a function gives may read as a number or a flag
    return next(iter(found)) if len(found) == 1 and not found & {"string", "integer"} else ""


def _reads_otherwise(text: str) -> bool:
    """Whether ``auto`` may take the text for a number or a bool."""
    return text.strip().lower() in ("true", "false", "") or bool(re.fullmatch(r"[-+.\deE]+", text.strip()))
