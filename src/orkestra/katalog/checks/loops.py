"""``forEach``: the name of its item hides nothing, and its children do not all share one name."""

from __future__ import annotations

import re

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.checks.scopes import LOOP_ROOTS, ROOTS
from orkestra.katalog.diagnostics.finding import Span
from orkestra.katalog.model import ForEach, ResourceEntry
from orkestra.katalog.source.nodes import MapNode, Node

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def check_loops(checked: Checked) -> None:
    for box in checked.boxes:
        for entry in box.entries:
            if entry.for_each is not None:
                _check_loop(entry, checked)


def _check_loop(entry: ResourceEntry, checked: Checked) -> None:
    loop = entry.for_each
    if loop is None:
        return
    node = checked.decoder.entry_nodes[entry.id].get("forEach")
    if loop.as_name in ROOTS or (loop.as_name in LOOP_ROOTS and loop.as_name != "item"):
        message = f'forEach: as: "{loop.as_name}" would hide .{loop.as_name}'
        checked.report(1206, message, _as_span(loop, node, checked), "choose another name")
    elif not _IDENTIFIER.fullmatch(loop.as_name):
        message = f'forEach: as: "{loop.as_name[:60]}" is no name a template can use'
        checked.report(1206, message, _as_span(loop, node, checked))
    roots = {loop.as_name, *LOOP_ROOTS}
    reads = entry.name.paths if entry.name is not None else frozenset()
    if not any(not path or path[0] in roots or path[0] not in ROOTS for path in reads):
        shown = f"{entry.name}" if entry.name is not None else "the default name"
        message = f"forEach: every {entry.kind} child gets the same name ({shown})"
        hint = f'put the item into the name: "{{{{ .metadata.name }}}}-{{{{ .{loop.as_name} }}}}"'
        checked.report(1503, message, checked.key_span(entry, "name"), hint)


def _as_span(loop: ForEach, node: Node | None, checked: Checked) -> Span:
    """The name, or what is gone over where none is written."""
    written = node.get("as") if isinstance(node, MapNode) else None
    return written.span if written is not None else checked.span(loop.position)
