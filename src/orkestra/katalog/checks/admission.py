"""Rules and mutations look at fields the CRD has, and conversions at its versions."""

from __future__ import annotations

from functools import partial
from typing import Final

from orkestra.k8s.objects import get_path
from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.checks.datatypes import DataTypes, types_of
from orkestra.katalog.checks.schemas import check_path
from orkestra.katalog.diagnostics.finding import Span
from orkestra.katalog.model import OperatorBox
from orkestra.katalog.paths import Path, PathError, parse_path
from orkestra.katalog.sites import Site
from orkestra.katalog.source.nodes import ListNode, MapNode, ScalarNode
from orkestra.katalog.suggest import hint_for
from orkestra.katalog.values import Constant, Value

_SORTS: Final = {"int": "integer", "float": "number", "bool": "boolean", "string": "string"}
_TYPES: Final = {sort: name for name, sort in _SORTS.items()}


def check_admission(box: OperatorBox, checked: Checked) -> None:
    types = types_of(box, checked)
    for rule in box.mutation.rules if box.mutation is not None else ():
        at = checked.span(rule.field_position)
        value = rule.default if rule.default is not None else rule.override
        _check_write(rule.field, value, rule.value_type, types, at)
    for path, value in box.normalize.fields if box.normalize is not None else ():
        _check_write(path, value, None, types, _key_of(path, box, checked))
    _check_links(box, checked)
    _check_versions(box, checked)


def _check_write(path: Path, value: Value | None, value_type: str | None, types: DataTypes, at: Span) -> None:
    """A field that is set: whether the schema has it, and takes what is written there."""
    if check_path(path, Site(), types, lambda: at):
        return
    wanted = types.type_of(path, Site())
    if not wanted.type or not (isinstance(value, Constant) or value_type):
        return
    shown = ".".join(path)
    written = value.value if isinstance(value, Constant) else None
    sort = _SORTS[value_type] if value_type else _sort_of(written)
    if sort and sort != wanted.type and (sort, wanted.type) != ("integer", "number"):
        hint = f"write valueType: {_TYPES[wanted.type]}" if wanted.type in _TYPES and not value_type else ""
        types.checked.report(1307, f"{shown}: the CRD's schema wants {wanted.type}, this is {sort}", at, hint)
    elif isinstance(value, Constant) and wanted.allowed is not None and str(written) not in map(str, wanted.allowed):
        allowed = ", ".join(str(each) for each in wanted.allowed[:12])
        message = f'{shown}: "{str(written)[:60]}" is none of the values the CRD allows: {allowed}'
        types.checked.report(1307, message, at)


def _sort_of(value: object) -> str:
    """The schema's word for a constant; empty for what is no single value."""
    kinds = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"))
    return next((sort for kind, sort in kinds if isinstance(value, kind)), "")


def _key_of(path: Path, box: OperatorBox, checked: Checked) -> Span:
    """The key of a path under ``normalize.spec``."""
    node = checked.node_at(box, "normalize", "spec")
    for text, (key, _) in node.entries.items() if isinstance(node, MapNode) else ():
        if path in (_parsed(text), ("spec", *_parsed(text))):
            return key.span
    return checked.span(box.position)


def _parsed(text: str) -> Path:
    try:
        return parse_path(text)
    except PathError:
        return ()


def _check_links(box: OperatorBox, checked: Checked) -> None:
    form = box.serve["fields"] if box.serve is not None else {}
    for rule in box.validation.rules if box.validation is not None else ():
        if rule.link is not None and rule.link not in form:
            at = checked.span(rule.position)
            message = f'link: serve has no field "{rule.link[:60]}"'
            checked.report(1208, message, at, partial(hint_for, rule.link, sorted(form)))


def _check_versions(box: OperatorBox, checked: Checked) -> None:
    if box.conversion is None or box.crd is None:
        return
    versions = get_path(box.crd, ("spec", "versions"), [])
    names = [str(each.get("name")) for each in versions if isinstance(each, dict)] if isinstance(versions, list) else []
    node = checked.node_at(box, "conversion")
    places = [(node, "storageVersion")]
    paths = node.get("paths") if isinstance(node, MapNode) else None
    places += [(item, key) for item in (paths.items if isinstance(paths, ListNode) else ()) for key in ("from", "to")]
    for holder, key in places:
        found = holder.get(key) if isinstance(holder, MapNode) else None
        if isinstance(found, ScalarNode) and found.text not in names:
            message = f'{key}: the CRD has no version "{found.text[:60]}"'
            checked.report(1208, message, found.span, partial(hint_for, found.text, names))
