"""Templates and condition paths start at a root that exists where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Final, NamedTuple

from orkestra.k8s.builtin import definition
from orkestra.k8s.objects import get_path
from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.checks.datatypes import CHILDREN
from orkestra.katalog.checks.scopes import ELSEWHERE, LOOP_ROOTS, ROOTS
from orkestra.katalog.diagnostics.finding import Advice, Hint
from orkestra.katalog.model import OperatorBox
from orkestra.katalog.notes import ARGUMENTS, OWNER
from orkestra.katalog.paths import Path
from orkestra.katalog.schema.kinds import BY_KEY
from orkestra.katalog.sentinels import SENTINEL_HINT, SENTINELS, outside_gates
from orkestra.katalog.sites import Site
from orkestra.katalog.source.nodes import ListNode, MapNode, ScalarNode
from orkestra.katalog.suggest import closest, hint_for
from orkestra.katalog.terms import Binding, CelTest, Condition
from orkestra.katalog.values import Constant, TemplateValue
from orkestra.katalog.walk import first_reads, has_parts

_DEEPEST: Final = 3
"""Maps that blocks with declarations lie within, below an entry."""
_PLAIN: Final = ROOTS - {"children", "external", "cross"}
"""Roots below which anything may be named, wherever no others are ruled out: most paths begin with one of them."""

_MAKERS = frozenset((*BY_KEY, "operatorBox", "onCreate", "onReconcile"))


class Problem(NamedTuple):
    number: int
    message: str
    hint: Hint = ""


class Roots:
    """What a path may start with in one box; found out as far as somebody asks. ``told``: children of whose absence was
    told."""

    def __init__(self, box: OperatorBox, checked: Checked) -> None:
        self.box = box
        self.checked = checked
        self.told: set[str] = set()

    @cached_property
    def known(self) -> frozenset[str]:
        found = ROOTS | _own_roots(self.box, self.checked)
        return found | {"events"} if self._events else found

    @property
    def _events(self) -> frozenset[str]:
        return frozenset(self.box.observe.events) if self.box.observe is not None else frozenset()

    @cached_property
    def declared(self) -> Mapping[str, frozenset[str]]:
        """Names of external calls, cross aliases and events."""
        found = _declared_names(self.checked.nodes[self.box.name])
        whole = self.checked.entry_of(self.box)
        if whole is not self.box:  # the calls of mutation and validation were made before any box
            for root, names in _declared_names(self.checked.nodes[whole.name]).items():
                found[root] |= names
        if self._events:
            found["events"] = self._events
        return found

    @cached_property
    def calls(self) -> frozenset[str]:
        """The calls that could be read."""
        if not has_parts(self.box):
            return frozenset()
        from orkestra.katalog.parts.walk import all_calls, call_names

        return call_names(all_calls(self.box))

    @cached_property
    def children(self) -> frozenset[str] | None:
        """The names of kinds its entries make, None where they are not known."""
        return _children_of(self.box, self.checked)

    def problem(self, path: Path, site: Site) -> Problem | None:
        """What is wrong with the start of ``path`` at ``site``."""
        root = path[0]
        if root in _PLAIN and site.only is None:
            return None
        loop_names = (*LOOP_ROOTS, site.loop.as_name) if site.loop else ()
        if root in loop_names or root == "*" or root in site.roots:
            return None
        if root == "inputs" and site.motif is not None:
            return _undeclared_input(path, site.motif)
        if site.only is not None and root in ROOTS and root not in site.only:
            return Problem(1208, f".{root} is not known in {site.name}: templates there see the CR alone")
        if root in self.known:
            return self._undeclared(path) or self._unmade(path, site)
        if root in SENTINELS:
            return Problem(1211, outside_gates(root), SENTINEL_HINT)
        if root in LOOP_ROOTS:
            return Problem(1207, f".{root} is known inside forEach only")
        if root in ELSEWHERE:
            return Problem(1208, f".{root}: {ELSEWHERE[root]}")
        small = root[:1].lower() + root[1:]
        if small in self.known:
            advice = Advice(f"write .{small}", small, root)
            return Problem(1303, f".{root} is not known: roots are written small", advice)
        message = f".{root[:60]} is not known here and will be empty"
        return Problem(1304, message, lambda: hint_for(root, sorted({*self.known, *loop_names})))

    def _undeclared(self, path: Path) -> Problem | None:
        root = path[0]
        if root == "children":
            return self._absent(path)
        names = self.declared.get(root)
        if names is None or len(path) < 2 or path[1] in names or path[1] == "*":
            return None
        where = {"external": "external", "events": "observe.events"}.get(root, "operatorBox.cross")
        message = f".{root}.{path[1][:60]} is not declared"
        return Problem(1208, message, lambda: hint_for(path[1], sorted(names)) or f"declare it under {where}")

    def _unmade(self, path: Path, site: Site) -> Problem | None:
        """A call whose result is not there yet."""
        if path[0] != "external" or site.calls is None or len(path) < 2 or path[1] not in self.calls - site.calls:
            return None
        return Problem(1210, f".external.{path[1]}: this call is not made before {site.name} needs it")

    def _absent(self, path: Path) -> Problem | None:
        """A child of a kind that no entry of the box makes: it is never there."""
        if len(path) < 2 or path[1] == "*" or self.children is None or path[1] in self.children:
            return None
        if path[1] in self.told:
            return None
        self.told.add(path[1])
        message = f".children.{path[1][:60]}: no entry of the box makes one, so this is always empty"
        children = sorted(self.children)
        return Problem(1223, message, lambda: hint_for(path[1], children) if closest(path[1], children) else "")


def _undeclared_input(path: Path, motif: Binding) -> Problem | None:
    if len(path) < 2 or path[1] in motif.inputs or path[1] == "*":
        return None
    message = f".inputs.{path[1][:60]}: {motif.name} has no such input"
    return Problem(1208, message, lambda: hint_for(path[1], sorted(motif.inputs)))


def _children_of(box: OperatorBox, checked: Checked) -> frozenset[str] | None:
    """Names below ``children`` that may be there; None where only a run can tell."""
    if not checked.decoder.misspelt.isdisjoint(_MAKERS):
        return None
    whole = checked.entry_of(box)
    family = (whole, *whole.surfaces.values())
    if any(each.hooks is not None or each.remote is not None or each.providers for each in family):
        return None
    kinds = {entry.kind for each in family for entry in (*each.entries, *each.on_delete.entries)}
    names = {name for name, (kind, _) in CHILDREN.items() if kind.key in kinds}
    for entry in (entry for each in family for entry in each.entries):
        if entry.kind == "custom":
            kind = entry.fields.get("kind")
            if not isinstance(kind, Constant) or not isinstance(kind.value, str) or not kind.value:
                return None
            singular = kind.value[0].lower() + kind.value[1:]
            names |= {
                singular,
                singular + "s",
                *(name for name, (row, _) in CHILDREN.items() if row.kind == kind.value),
            }
    return frozenset(names)


def check_references(checked: Checked) -> None:
    for box in checked.boxes:
        roots: Roots | None = None
        for site, templates, tested in checked.evaluated(box):
            for template in templates:
                if site.only is not None or not template.template.roots <= _PLAIN:
                    roots = roots or Roots(box, checked)
                    _check_template(template, site, roots, checked)
            if isinstance(tested, Condition) and tested.cel is not None:
                roots = roots or Roots(box, checked)
                _check_expression(tested.cel, site, roots, checked)
            if tested is not None and tested.path and not site.own_child and not site.is_elsewhere:
                roots = roots or Roots(box, checked)
                problem = roots.problem(tested.path, site)
                if problem:
                    place = tested.place if isinstance(tested, Condition) else tested.position
                    checked.report(problem.number, problem.message, checked.span(place), problem.hint)


def _check_template(template: TemplateValue, site: Site, roots: Roots, checked: Checked) -> None:
    for read in first_reads(template) if not site.is_elsewhere else ():
        if read.path[0] == ARGUMENTS and template.entry_id == OWNER:
            continue
        problem = roots.problem(read.path, site)
        if problem and not checked.is_full:
            at = template.origin.span_at(read.line, read.column, 1 + len(read.path[0]))
            checked.report(problem.number, problem.message, at, problem.hint)


def _check_expression(test: CelTest, site: Site, roots: Roots, checked: Checked) -> None:
    told: set[str] = set()
    for path, offset, width in test.reads:
        problem = roots.problem(path, site) if path and not site.is_elsewhere else None
        if problem and problem.message not in told:
            told.add(problem.message)
            at = test.origin.span_at(*test.place_of(offset), width)
            checked.report(problem.number, problem.message, at, problem.hint)


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


def _declared_names(entry: MapNode) -> dict[str, frozenset[str]]:
    """Names of external calls and cross aliases, wherever the entry declares them."""
    names: dict[str, set[str]] = {"external": set(), "cross": set()}
    stack: list[tuple[MapNode, int]] = [(entry, 0)]
    while stack:
        current, depth = stack.pop()
        for key, (_, node) in current.entries.items():
            if isinstance(node, MapNode) and depth < _DEEPEST:
                stack.append((node, depth + 1))
            elif isinstance(node, ListNode) and key in names:
                for item in node.items:
                    for naming in ("name",) if key == "external" else ("as", "crd"):
                        found = item.get(naming) if isinstance(item, MapNode) else None
                        if isinstance(found, ScalarNode):
                            names[key].add(found.text)
                            break
    return {root: frozenset(found) for root, found in names.items()}
