"""Everything in a box that is evaluated, once, with what is in scope there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from orkestra.katalog.model import ForEach, OperatorBox, Reads, ResourceEntry
from orkestra.katalog.notes import Note
from orkestra.katalog.paths import Path
from orkestra.katalog.sites import Located, Site
from orkestra.katalog.terms import Binding, Condition, Conditions
from orkestra.katalog.values import ChosenValue, Constant, ListValue, MapValue, PresetValue, TemplateValue, Value
from orkestra.template import Read

if TYPE_CHECKING:
    from orkestra.katalog.parts.admission import MutationRule, Rule


_EVERYWHERE: Final = Site()
_BEYOND: Final = frozenset(("status", "children", "cross", "external", "health", "metrics"))
_NOTHING_READ: Final = Reads()


def has_parts(box: OperatorBox) -> bool:
    """Whether anything of a box is evaluated beside its conditions, children and status."""
    return any(_parts_of(box)) or bool(box.on_create.external or box.on_reconcile.external or box.on_delete.external)


_parts_of = attrgetter(
    "labels", "enrich", "normalize", "validation", "mutation", "conversion", "serve", "cross", "external", "observe",
    "pre_reconcile", "remote", "autoscale", "providers", "surfaces",
)  # fmt: skip


def templates_in(value: Value | None) -> list[TemplateValue]:
    """The templates of a value tree, and those of the notes they call."""
    found: list[TemplateValue] = []
    _gather(value, found)
    return found


def _gather(value: Value | None, found: list[TemplateValue]) -> None:
    if isinstance(value, TemplateValue):
        found.append(value)
        if value.declared:
            found += (note.value for note in notes_of(value) if note.value is not None)
    elif isinstance(value, ListValue):
        for item in value.items:
            if type(item) is not Constant:
                _gather(item, found)
    elif isinstance(value, MapValue):
        for key, item in value.entries:
            if type(key) is not Constant:
                _gather(key, found)
            if type(item) is not Constant:
                _gather(item, found)
    elif isinstance(value, PresetValue | ChosenValue):
        rest = value.rest if isinstance(value, PresetValue) else value.other
        for item in (value.name, *value.options.values(), rest):
            _gather(item, found)


def notes_of(template: TemplateValue) -> list[Note]:
    """The notes it calls, and those they call, each once, by name."""
    found: dict[int, Note] = {}
    stack = list(template.declared)
    while stack:
        note = stack.pop()
        if isinstance(note, Note) and id(note) not in found:
            found[id(note)] = note
            stack += note.value.declared if note.value is not None else ()
    return sorted(found.values(), key=lambda note: note.name)


def first_reads(template: TemplateValue) -> tuple[Read, ...]:
    """What a template reads, each path once, where it first does; without reads of everything at once."""
    return template.template.first_reads


def sites_of(box: OperatorBox) -> list[Located]:
    """Values, conditions and loops of a box with their sites; those of its targets' boxes are theirs."""
    found: list[Located] = []
    everywhere = _EVERYWHERE
    found += _conditions(box.conditions, everywhere)
    if box.requeue:
        found.append((box.requeue.after, everywhere))
        found += _conditions(box.requeue.conditions, everywhere)
    for block in (box.on_create, box.on_reconcile, box.on_delete):
        found += _conditions(block.conditions, everywhere)
        for entry in block.entries:
            _add_entry(entry, found)
    bindings: dict[int, Binding] = {}
    for field in box.status.fields:
        site = Site(motif=field.motif) if field.motif else everywhere
        _collect(field.motif, bindings)
        found.append((field.value, site))
        found += _conditions(field.conditions, site)
    for brought in (*box.entries, *box.on_delete.entries, *_rules_of(box)):
        _collect(brought.motif, bindings)
    for binding in bindings.values():
        site = Site(motif=binding.within)
        found += ((value, site) for value in binding.inputs.values())
    if has_parts(box):
        from orkestra.katalog.parts.walk import sites_of_parts

        found += sites_of_parts(box)
    return found


def _rules_of(box: OperatorBox) -> Iterator[Rule | MutationRule]:
    for part in (box.validation, box.mutation):
        if part is not None:
            yield from part.rules


def _collect(binding: Binding | None, known: dict[int, Binding]) -> None:
    while binding is not None:
        known[id(binding)] = binding
        binding = binding.within


def sites_of_entry(entry: ResourceEntry) -> list[Located]:
    """The same of one child declaration."""
    found: list[Located] = []
    _add_entry(entry, found)
    return found


def _add_entry(entry: ResourceEntry, found: list[Located]) -> None:
    site = Site(entry.for_each, entry, motif=entry.motif)
    if entry.for_each:
        found.append((entry.for_each, Site(None, entry, motif=entry.motif)))
    if entry.name is not None:
        found.append((entry.name, site))
    if entry.namespace is not None:
        found.append((entry.namespace, site))
    for value in entry.fields.values():
        found.append((value, site))
    found += _conditions(entry.conditions, site)
    if entry.autoscale is not None:
        from orkestra.katalog.parts.walk import evaluated_in

        found += ((each, site) for each in evaluated_in(entry.autoscale))
    if entry.ready_when:
        found += _conditions(entry.ready_when, Site(entry.for_each, entry, own_child=True, motif=entry.motif))


def _conditions(conditions: Conditions | None, site: Site) -> Iterable[Located]:
    return [(condition, site) for condition in conditions] if conditions is not None else ()


def values_of(found: Value | Condition | ForEach) -> Iterator[Value]:
    """The values inside what ``sites_of`` yields."""
    if isinstance(found, Condition):
        for value in (found.field, found.value, found.notify.message if found.notify else None):
            if value is not None:
                yield value
    elif isinstance(found, ForEach):
        if found.field is not None:
            yield found.field
    else:
        yield found


def reads_of(sites: Iterable[Located]) -> Reads:
    """What a box of these sites looks at beyond the CR's own metadata and spec."""
    paths: set[Path] = set()
    own: set[str] = set()
    for found, site in sites:
        if type(found) is Constant or site.is_elsewhere:
            continue
        if site.own_child and site.entry is not None:
            own.add(site.entry.kind)
        if isinstance(found, Value):
            paths |= found.paths
            continue
        for value in values_of(found):
            paths |= value.paths
        if isinstance(found, Condition) and found.cel is not None:
            paths |= {path or ("status",) for path, _, _ in found.cel.reads}
        if found.path is not None and not site.own_child:
            paths.add(found.path)
    below: dict[str, set[str]] = {}
    for path in paths:
        if path and path[0] in _BEYOND:
            below.setdefault(path[0], set()).add(path[1] if len(path) > 1 else "*")
    if () in paths:
        for root in _BEYOND:
            below.setdefault(root, set()).add("*")
    if not below and not own:
        return _NOTHING_READ
    return Reads(
        status="status" in below,
        children=frozenset(below.get("children", ())) | frozenset(own),
        cross=frozenset(below.get("cross", ())),
        external=frozenset(below.get("external", ())),
        runtime="health" in below or "metrics" in below,
    )
