"""The same thing twice: two children of one kind and name, a status path inside another."""

from __future__ import annotations

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.model import Block, ResourceEntry


def check_duplicate_children(checked: Checked) -> None:
    """Two unconditional children of one kind, namespace and name (the default name included)."""
    for box in checked.boxes:
        seen: dict[tuple[str, ...], ResourceEntry] = {}
        for block in (box.on_create, box.on_reconcile):
            for entry in block.entries:
                if not _is_unconditional(entry, block):
                    continue
                first = seen.setdefault(_identity(entry), entry)
                if first is not entry:
                    place = checked.decoder.related(checked.key_span(first, "name"), f"{first.id} is here")
                    name = str(entry.name) if entry.name is not None else "the default name"
                    message = f"{entry.kind}: {name} is declared twice"
                    at = checked.key_span(entry, "metadata" if entry.kind == "custom" else "name")
                    checked.report(1203, message, at, related=(place,))


def _is_unconditional(entry: ResourceEntry, block: Block) -> bool:
    return entry.conditions is None and entry.for_each is None and block.conditions is None


def _identity(entry: ResourceEntry) -> tuple[str, ...]:
    kind = tuple(str(entry.fields.get(key, "")) for key in ("apiVersion", "kind")) if entry.kind == "custom" else ()
    name = " ".join(str(entry.name).split()) if entry.name is not None else "\0"
    namespace = " ".join(str(entry.namespace).split()) if entry.namespace is not None else "\0"
    return (entry.kind, *kind, namespace, name)


def check_status_paths(checked: Checked) -> None:
    """A status field below another status field: one of them would overwrite the other."""
    for box in checked.boxes:
        by_path = {field.path: field for field in box.status.fields}
        for field in box.status.fields:
            for length in range(1, len(field.path)):
                outer = by_path.get(field.path[:length])
                if outer is not None:
                    shown, outer_shown = ".".join(field.path), ".".join(outer.path)
                    place = checked.decoder.related(checked.span(outer.position), f"{outer_shown} is here")
                    message = f"status: {shown} lies inside {outer_shown}, which is written as a whole"
                    checked.report(1209, message, checked.span(field.position), related=(place,))
