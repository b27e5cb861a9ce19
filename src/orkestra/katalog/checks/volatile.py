"""Values that differ with every render: random text, the time of day. Where they stay they are no harm: in a Secret
made once, in what is only created."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.diagnostics.finding import Span
from orkestra.katalog.model import ResourceEntry
from orkestra.katalog.source.nodes import ScalarNode
from orkestra.katalog.values import TemplateValue, Value
from orkestra.katalog.walk import templates_in

_RANDOM = "random"


def check_volatile_values(checked: Checked) -> None:
    if not any(_is_volatile(template.functions_used, checked) for template in checked.decoder.templates()):
        return
    for box in checked.boxes:
        for block, is_kept_in_line in ((box.on_create, False), (box.on_reconcile, True)):
            for entry in block.entries:
                for field in ("name", "namespace"):
                    _check_name(field, entry, checked)
                if (is_kept_in_line or entry.reconcile) and not _is_made_once(entry, checked):
                    _check_fields(entry, checked)


def _check_name(field: str, entry: ResourceEntry, checked: Checked) -> None:
    for _, function, at in _uses(entry.name if field == "name" else entry.namespace, checked):
        message = f"{field}: {function} gives another {field} with every render, so every reconcile makes another child"
        hint = "make it of what stays, such as {{ .metadata.name }}"
        checked.report(1507, message, at, hint)


def _check_fields(entry: ResourceEntry, checked: Checked) -> None:
    for value in entry.fields.values():
        for template, function, at in _uses(value, checked):
            field = template.field.rpartition(".")[2]
            message = f"{field}: {function} gives another value with every render, so the child is written without end"
            hint = "put it into a Secret with once: true, under onCreate"
            if checked.decoder.functions[function].domain != _RANDOM:
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


def _is_volatile(names: Iterable[str], checked: Checked) -> bool:
    functions = checked.decoder.functions
    return any(name in functions and functions[name].is_volatile for name in names)
