"""Templates and condition paths start at a root that exists where they stand."""

from __future__ import annotations

from collections.abc import Iterator

from orkestra.k8s.builtin import definition
from orkestra.k8s.objects import get_path
from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.checks.scopes import ELSEWHERE, LOOP_ROOTS, ROOTS
from orkestra.katalog.diagnostics.finding import Span
from orkestra.katalog.model import Condition, OperatorBox
from orkestra.katalog.paths import Path
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode
from orkestra.katalog.suggest import hint_for
from orkestra.katalog.values import TemplateValue, Value
from orkestra.katalog.walk import Site, sites_of, templates_in, values_of


def check_references(checked: Checked) -> None:
    for box in checked.boxes:
        known = ROOTS | _own_roots(box, checked)
        declared = _declared_names(checked.nodes[box.name])
        for found, site in sites_of(box):
            for value in values_of(found):
                for template in templates_in(value):
                    _check_template(template, site, known, declared, checked)
            path = None if isinstance(found, Value) else found.path
            if path and not site.own_child and not isinstance(found, Value):
                _check_path(
                    path,
                    checked.span(found.place if isinstance(found, Condition) else found.position),
                    site,
                    known,
                    declared,
                    checked,
                )


def _check_template(
    template: TemplateValue, site: Site, known: frozenset[str], declared: dict[str, set[str]], checked: Checked
) -> None:
    functions = checked.decoder.functions
    for name in sorted(template.functions_used):
        if name in functions and functions[name].call is None:
            checked.report(1903, f"{name}: recognised, but this version cannot run it yet", template.origin.span_at())
    for read in template.reads:
        if read.path and read.path[0] != "*":
            length = 1 + sum(map(len, read.path[:1]))
            _check_path(
                read.path, template.origin.span_at(read.line, read.column, length), site, known, declared, checked
            )


def _check_path(
    path: Path, at: Span, site: Site, known: frozenset[str], declared: dict[str, set[str]], checked: Checked
) -> None:
    root = path[0]
    loop_names = (*LOOP_ROOTS, site.loop.as_name) if site.loop else ()
    if root in loop_names:
        return
    if root in known:
        _check_declared(path, at, declared, checked)
    elif root in LOOP_ROOTS:
        checked.report(1207, f".{root} is known inside forEach only", at)
    elif root in ELSEWHERE:
        checked.report(1208, f".{root}: {ELSEWHERE[root]}", at)
    elif root[:1].isupper() and root[:1].lower() + root[1:] in known:
        lower = root[:1].lower() + root[1:]
        checked.report(1303, f".{root} is not known: roots are written small", at, f"write .{lower}")
    else:
        hint = hint_for(root, sorted(known | set(loop_names)))
        checked.report(1304, f".{root} is not known here and will be empty", at, hint)


def _check_declared(path: Path, at: Span, declared: dict[str, set[str]], checked: Checked) -> None:
    root = path[0]
    names = declared.get(root)
    if names is None or len(path) < 2 or path[1] in names or path[1] == "*":
        return
    where = "external" if root == "external" else "operatorBox.cross"
    hint = hint_for(path[1], sorted(names)) or f"declare it under {where}"
    checked.report(1208, f".{root}.{path[1]} is not declared", at, hint)


def _own_roots(box: OperatorBox, checked: Checked) -> frozenset[str]:
    """Top-level fields the kind itself has, where a schema is at hand."""
    if box.crd is not None:
        for version in get_path(box.crd, ("spec", "versions"), []):
            if isinstance(version, dict) and version.get("name") == box.gvk.version:
                properties = get_path(version, ("schema", "openAPIV3Schema", "properties"), {})
                return frozenset(properties) if isinstance(properties, dict) else frozenset()
    if checked.identities[box.name].is_builtin:
        try:
            properties = definition(box.gvk).get("properties")
        except KeyError:
            return frozenset()
        return frozenset(properties) if isinstance(properties, dict) else frozenset()
    return frozenset()


def _declared_names(entry: MapNode) -> dict[str, set[str]]:
    """Names of external calls and cross aliases, wherever the entry declares them."""
    names: dict[str, set[str]] = {"external": set(), "cross": set()}
    for key, node in _each_key(entry):
        if key in names and isinstance(node, ListNode):
            for item in node.items:
                for naming in ("name",) if key == "external" else ("as", "crd"):
                    found = item.get(naming) if isinstance(item, MapNode) else None
                    if isinstance(found, ScalarNode):
                        names[key].add(found.text)
                        break
    return names


def _each_key(node: Node) -> Iterator[tuple[str, Node]]:
    """All keys down to the blocks, where declarations can stand."""
    stack: list[tuple[Node, int]] = [(node, 0)]
    while stack:
        current, depth = stack.pop()
        if isinstance(current, MapNode) and depth < 4:
            for key, (_, value) in current.entries.items():
                yield key, value
                stack.append((value, depth + 1))
