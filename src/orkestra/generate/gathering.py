"""One entry of a Katalog -> what it tells of its objects' spec and status."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from orkestra.generate.constraints import constrain
from orkestra.generate.evidence import INT_OR_STRING, Evidence
from orkestra.k8s.builtin import builtin_resource, definition
from orkestra.k8s.gvk import GVK
from orkestra.katalog.checks.schematypes import type_at
from orkestra.katalog.model import ForEach, OperatorBox, ResourceEntry, StatusField
from orkestra.katalog.notes import Note
from orkestra.katalog.operators import OPERATORS
from orkestra.katalog.paths import Path, parse_path
from orkestra.katalog.schema.blocks import Field
from orkestra.katalog.schema.kinds import BY_KEY, BY_SINGULAR, entry_block
from orkestra.katalog.schema.outline import row_at
from orkestra.katalog.schema.scalars import Choice, Int, IntOrText
from orkestra.katalog.sites import Site
from orkestra.katalog.terms import Condition
from orkestra.katalog.values import Constant, TemplateValue, Value
from orkestra.katalog.walk import sites_of, templates_in, values_of
from orkestra.template.functions import builtin_functions
from orkestra.template.inference.uses import ITEM, Use, sort_of

_ROOTS: Final = ("spec", "status")
_BRANCHES: Final = re.compile(r"\{\{-?\s*(?:if|with|range|block|define)\b")
_WANTED: Final = {"int": "integer", "number": "number", "bool": "boolean", "text": "text", "any": ""}
_VALUE_TYPES: Final = {"string": "string", "int": "integer", "float": "number", "bool": "boolean"}
_TYPES: Final = {"map": "object", "list": "array", "string": "string", "number": "number", "bool": "boolean"}
_STATUS_TYPES: Final = {"int": "integer", "float": "number", "bool": "boolean", "string": "string"}


def gather(boxes: Iterable[OperatorBox]) -> Evidence:
    """What templates, conditions, loops and status fields of boxes of one kind tell, from the root of its objects."""
    root = Evidence()
    for box in boxes:
        for each in (box, *box.surfaces.values()):
            _gather(each, root)
    return root


def _gather(box: OperatorBox, root: Evidence) -> None:
    for found, site in sites_of(box):
        if isinstance(found, Condition):
            _condition(found, site, root)
        elif isinstance(found, ForEach):
            _loop(found, root)
        for value in values_of(found):
            for template in templates_in(value):
                _template(template, site, box, root)
    constrain(box, root)
    for status in box.status.fields:
        _status(status, root)


def _template(template: TemplateValue, site: Site, box: OperatorBox, root: Evidence) -> None:
    for note in template.declared:
        if isinstance(note, Note) and note.value is not None:
            _template(note.value, Site(), box, root)
    uses = template.template.uses(builtin_functions(), _loop_roots(site))
    for use in uses.found:
        if use.path[0] in _ROOTS:
            root.at(use.path).add(use.sort, use.default)
            if use.path == ("spec",) or use.path == ("status",):
                root.at(use.path).is_open = True
    row = _row_of(template, site.entry) if site.entry is not None and not site.own_child else None
    is_needed = row is not None and row.required and "." not in template.field and not _BRANCHES.search(template.text)
    if is_needed and site.entry is not None and _is_certain(site.entry, box):
        _require(uses.found, root)
    result = uses.result
    if result is None or result[0] not in _ROOTS or site.entry is None or site.own_child:
        return
    target = root.at(result)
    sort = _WANTED[template.wanted] or _sort_of_target(template, site.entry, row)
    target.add(sort)
    if row is not None:
        _limits(target, row)
        target.doc = target.doc or _sentence(row.doc)


def _require(uses: Iterable[Use], root: Evidence) -> None:
    """What a field that must be there prints."""
    for use in uses:
        if use.sort == "text" and use.path[0] == "spec" and not root.at(use.path).defaults:
            root.require(use.path)


def _row_of(template: TemplateValue, entry: ResourceEntry) -> Field | None:
    kind = BY_KEY.get(entry.kind)
    return row_at(entry_block(kind), template.field) if kind is not None else None


def _sort_of_target(template: TemplateValue, entry: ResourceEntry, row: Field | None) -> str:
    """Of a field that takes any value: what the child's own schema says."""
    if row is not None and isinstance(row.type, IntOrText):
        return INT_OR_STRING
    schema = _child_schema(entry)
    if schema is None:
        return "open"
    try:
        path = tuple(ITEM if step.isdigit() else step for step in parse_path(template.field))
    except ValueError:
        return "open"
    return type_at(path, schema, is_builtin=True).type or "open"


def _child_schema(entry: ResourceEntry) -> Mapping[str, Any] | None:
    version, kind = entry.fields.get("apiVersion"), entry.fields.get("kind")
    if not isinstance(version, Constant) or not isinstance(kind, Constant):
        return None
    group, _, name = str(version.value).rpartition("/")
    gvk = GVK(group, name, str(kind.value))
    return definition(gvk) if builtin_resource(gvk) is not None else None


def _limits(target: Evidence, row: Field) -> None:
    if isinstance(row.type, Choice) and not row.type.any_case:
        target.add("string")
        target.allowed = row.type.words
    if isinstance(row.type, Int):
        target.minimum = row.type.low if target.minimum is None else target.minimum
        target.maximum = row.type.high if target.maximum is None else target.maximum


def _is_certain(entry: ResourceEntry, box: OperatorBox) -> bool:
    """Whether every object makes the child."""
    block = box.on_create if entry in box.on_create.entries else box.on_reconcile
    guarded = any(each is not None for each in (entry.conditions, block.conditions, box.conditions, entry.for_each))
    return not guarded and entry in box.entries


def _condition(condition: Condition, site: Site, root: Evidence) -> None:
    if condition.path is None or site.own_child:
        return
    path = _resolved(condition.path, site)
    if path[0] not in _ROOTS:
        return
    target = root.at(path)
    operator = OPERATORS.get(condition.operator)
    argument = operator.argument if operator is not None else ""
    value = condition.value
    if condition.value_type:
        target.add(_VALUE_TYPES[condition.value_type])
    elif condition.operator == "typeOf" and isinstance(value, Constant):
        target.add(_TYPES.get(str(value.value), ""))
    elif argument in ("number", "range"):
        target.add(_number_of(value))
    elif argument in ("text", "list", "regex"):
        target.add("boolean" if _texts_of(value) <= {"true", "false"} and _texts_of(value) else "text")
    else:
        target.add("truth")


def _number_of(value: Value | None) -> str:
    """The number type that is compared with; fractions make it a number."""
    texts = str(value.value).split(",") if isinstance(value, Constant) else ["0"]
    return "integer" if all(text.strip().lstrip("+-").isdigit() for text in texts) else "number"


def _texts_of(value: Value | None) -> set[str]:
    if not isinstance(value, Constant):
        return set()
    found = value.value if isinstance(value.value, list) else str(value.value).split(",")
    return {str(each).strip() for each in found}


def _loop(loop: ForEach, root: Evidence) -> None:
    if loop.path is not None and loop.path[0] in _ROOTS:
        root.at(loop.path).add("array")
        root.at((*loop.path, ITEM))


def _loop_roots(site: Site) -> dict[str, Path]:
    if site.loop is None or site.loop.path is None:
        return {}
    item = (*site.loop.path, ITEM)
    return dict.fromkeys(("item", "value", site.loop.as_name), item)


def _resolved(path: Path, site: Site) -> Path:
    roots = _loop_roots(site)
    return (*roots[path[0]], *path[1:]) if path[0] in roots else path


def _status(status: StatusField, root: Evidence) -> None:
    target = root.at(("status", *status.path))
    if status.type in _STATUS_TYPES:
        target.add(_STATUS_TYPES[status.type])
    elif isinstance(status.value, Constant):
        value = status.value.value
        target.add(sort_of(value) if not isinstance(value, list | dict) else "open")
    elif isinstance(status.value, TemplateValue):
        result = status.value.template.uses(builtin_functions(), {}).result
        target.add(_sort_of_source(result, root) if result else "open")
    else:
        target.add("open")


def _sort_of_source(path: Path, root: Evidence) -> str:
    """Of a status field that is a copy: the type of what it copies."""
    if path[0] == "children" and len(path) > 3 and (kind := BY_SINGULAR.get(path[1])) is not None:
        group, _, version = kind.api_version.rpartition("/")
        return type_at(path[2:], definition(GVK(group, version, kind.kind)), is_builtin=True).type or "open"
    if path[0] == "metadata":
        return "string" if path[1:] in (("name",), ("namespace",), ("uid",)) else "open"
    if path[0] == "spec":
        sorts = root.at(path).sorts
        return next(iter(sorts)) if len(sorts) == 1 else "string" if root.at(path).is_text and not sorts else "open"
    return "open"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text and not text.endswith(".") else text
