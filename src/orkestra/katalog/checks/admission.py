"""Rules and mutations look at fields the CRD has, and conversions at its versions."""

from __future__ import annotations

from functools import partial

from orkestra.k8s.objects import get_path
from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.checks.datatypes import types_of
from orkestra.katalog.checks.schemas import check_path
from orkestra.katalog.model import OperatorBox
from orkestra.katalog.source.nodes import ListNode, MapNode, ScalarNode
from orkestra.katalog.suggest import hint_for
from orkestra.katalog.walk import Site


def check_admission(box: OperatorBox, checked: Checked) -> None:
    types = types_of(box, checked)
    for rule in box.mutation.rules if box.mutation is not None else ():
        check_path(rule.field, Site(), types, partial(checked.span, rule.field_position))
    if box.normalize is not None:
        for path, _ in box.normalize.fields:
            check_path(path, Site(), types, partial(checked.span, box.normalize.position))
    _check_links(box, checked)
    _check_versions(box, checked)


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
