"""Values that differ with every render: random text, the time of day. Where they stay they are no harm: in a Secret
made once, in what is only created."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.diagnostics.finding import Span
from orkestra.katalog.model import OperatorBox, ResourceEntry
from orkestra.katalog.source.nodes import ScalarNode
from orkestra.katalog.values import TemplateValue, Value
from orkestra.katalog.walk import first_reads, templates_in
from orkestra.template import Template

_RANDOM = "random"
_MOVING: Final = frozenset({("metadata", "resourceVersion"), ("metadata", "managedFields")})
"""What every write to an object changes, the runtime's own to its status included."""
_MOVES: Final = frozenset(f".{'.'.join(path)}" for path in _MOVING)
_NAMING: Final = ("metadata.name", "metadata.namespace")


def check_volatile_values(checked: Checked) -> None:
    if not any(_may_differ(template, checked) for template in checked.decoder.templates()):
        return
    for box in checked.boxes:
        _check_status(box, checked)
        for block, is_kept_in_line in ((box.on_create, False), (box.on_reconcile, True)):
            for entry in block.entries:
                for field in ("name", "namespace"):
                    _check_name(field, entry, checked)
                if (is_kept_in_line or entry.reconcile) and not _is_made_once(entry, checked):
                    _check_fields(entry, checked)


def _may_differ(template: Template, checked: Checked) -> bool:
    return _is_volatile(template.functions_used, checked) or not _MOVING.isdisjoint(template.paths)


def _check_status(box: OperatorBox, checked: Checked) -> None:
    """A status that is another one each time is written each time. An age is one now and then, which may be meant."""
    for field in box.status.fields:
        for _, what, at in _uses(field.value, checked):
            if what in _MOVES or checked.decoder.functions[what].domain == _RANDOM:
                message = f"{'.'.join(field.path)}: {_given(what, 'value')}, so the status is written without end"
                checked.report(1508, message, at, "put there what stays, such as the name of a Secret")


def _given(what: str, noun: str) -> str:
    if what in _MOVES:
        return f"{what} is another one after every write to the object"
    return f"{what} gives another {noun} with every render"


def _check_name(field: str, entry: ResourceEntry, checked: Checked) -> None:
    for _, function, at in _uses(entry.name if field == "name" else entry.namespace, checked):
        _report_name(field, function, at, checked)


def _report_name(field: str, function: str, at: Span, checked: Checked) -> None:
    message = f"{field}: {_given(function, field)}, so every reconcile makes another child"
    checked.report(1507, message, at, "make it of what stays, such as {{ .metadata.name }}")


def _check_fields(entry: ResourceEntry, checked: Checked) -> None:
    for value in entry.fields.values():
        for template, function, at in _uses(value, checked):
            field = template.field.rpartition(".")[2]
            if template.field in _NAMING:
                _report_name(field, function, at, checked)
                continue
            message = f"{field}: {_given(function, 'value')}, so the child is written without end"
            hint = "put it into a Secret with once: true, under onCreate"
            if function in _MOVES:
                hint = "take .metadata.generation, which changes with spec alone"
            elif checked.decoder.functions[function].domain != _RANDOM:
                hint = "put the entry under onCreate, or compute the value where it is read"
            checked.report(1508, message, at, hint)


def _is_made_once(entry: ResourceEntry, checked: Checked) -> bool:
    once = checked.decoder.entry_nodes[entry.id].get("once")
    return isinstance(once, ScalarNode) and once.value is True


def _uses(value: Value | None, checked: Checked) -> Iterator[tuple[TemplateValue, str, Span]]:
    """Each template that calls a volatile function, with the function and where it stands."""
    for template in templates_in(value):
        for name in sorted(template.functions_used):
            if _is_volatile((name,), checked):
                before = template.text[: template.text.find(name)]
                line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
                yield template, name, template.origin.span_at(line, column, len(name))
        for read in first_reads(template) if not _MOVING.isdisjoint(template.paths) else ():
            if read.path in _MOVING:
                width = sum(len(step) + 1 for step in read.path)
                yield template, f".{'.'.join(read.path)}", template.origin.span_at(read.line, read.column, width)


def _is_volatile(names: Iterable[str], checked: Checked) -> bool:
    functions = checked.decoder.functions
    return any(name in functions and functions[name].is_volatile for name in names)
