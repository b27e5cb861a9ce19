"""What a composition is made of, as a graph: files, what brings them in, entries, and what those depend on."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from orkestra.katalog.compose.entry import Composed
from orkestra.katalog.compose.merging import get_map
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode


@dataclass(slots=True)
class Graph:
    """``nodes``: id -> (label, is it a file). ``edges``: (from, to, label), each once, in order."""

    nodes: dict[str, tuple[str, bool]] = field(default_factory=dict)
    edges: list[tuple[str, str, str]] = field(default_factory=list)

    def connect(self, start: str, end: str, label: str) -> None:
        if (start, end, label) not in self.edges:
            self.edges.append((start, end, label))


def graph_of(composed: Composed) -> Graph:
    graph = Graph()
    names = [composed.entry.name, *(step.file for step in composed.trail.steps)]
    for name in dict.fromkeys(names):
        graph.nodes[f"file:{name}"] = (name, True)
    for step in composed.trail.steps:
        graph.connect(f"file:{step.at.file}", f"file:{step.file}", step.means)
    crds = get_map(composed.tree, "spec", "crds")
    entries = crds.entries if crds else {}
    for name, (key, value) in entries.items():
        graph.nodes[f"entry:{name}"] = (name, False)
        graph.connect(f"file:{key.source.name}", f"entry:{name}", "entry")
        if isinstance(value, MapNode) and _is_changed(value, composed):
            graph.connect(f"file:{composed.entry.name}", f"entry:{name}", "override")
    for name, (_, value) in entries.items():
        for other, condition in _dependencies(value):
            if other in entries:
                graph.connect(f"entry:{name}", f"entry:{other}", f"dependsOn {condition}")
    return graph


def to_text(graph: Graph) -> str:
    """Every node with what leads out of it."""
    lines: list[str] = []
    for node, (label, is_file) in graph.nodes.items():
        lines.append(label if is_file else f"[{label}]")
        for start, end, what in graph.edges:
            if start == node:
                name, ends_at_file = graph.nodes[end]
                lines.append(f"  {what} → {name if ends_at_file else f'[{name}]'}")
    return "\n".join(lines) + "\n"


def to_dot(graph: Graph) -> str:
    """For Graphviz."""
    lines = ["digraph composition {", "  rankdir=LR;", '  node [fontname="sans-serif"];']
    for node, (label, is_file) in graph.nodes.items():
        lines.append(f"  {_dot(node)} [label={_dot(label)}, shape={'note' if is_file else 'box'}];")
    lines += [f"  {_dot(start)} -> {_dot(end)} [label={_dot(what)}];" for start, end, what in graph.edges]
    return "\n".join([*lines, "}"]) + "\n"


def to_mermaid(graph: Graph) -> str:
    """For Markdown that draws Mermaid."""
    numbers = {node: f"n{n}" for n, node in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    for node, (label, is_file) in graph.nodes.items():
        shown = '"' + html.escape(label).replace("#", "&#35;") + '"'
        lines.append(f"  {numbers[node]}[/{shown}/]" if is_file else f"  {numbers[node]}[{shown}]")
    lines += [f'  {numbers[start]} -->|"{html.escape(what)}"| {numbers[end]}' for start, end, what in graph.edges]
    return "\n".join(lines) + "\n"


_WIDTH: Final = 230
_HEIGHT: Final = 34
_GAP_X: Final = 120
_GAP_Y: Final = 18


def to_svg(graph: Graph) -> str:
    """A picture that needs nothing beside it: a column for each step away from the entry file."""
    columns = _columns(graph)
    rows: dict[int, int] = {}
    at: dict[str, tuple[int, int]] = {}
    for node, column in columns.items():
        row = rows[column] = rows.get(column, -1) + 1
        at[node] = (20 + column * (_WIDTH + _GAP_X), 20 + row * (_HEIGHT + _GAP_Y))
    width = max((x for x, _ in at.values()), default=0) + _WIDTH + 20
    height = max((y for _, y in at.values()), default=0) + _HEIGHT + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        ' font-family="sans-serif" font-size="12">',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z"/></marker></defs>',
    ]
    for start, end, what in graph.edges:
        (x1, y1), (x2, y2) = at[start], at[end]
        x1, x2 = (x1 + _WIDTH, x2) if x2 > x1 else (x1 + _WIDTH // 2, x2 + _WIDTH // 2)
        y1, y2 = y1 + _HEIGHT // 2, y2 + _HEIGHT // 2
        parts.append(f'<path d="M{x1} {y1}L{x2} {y2}" stroke="#888" fill="none" marker-end="url(#tip)"/>')
        place = f'x="{(x1 + x2) // 2}" y="{(y1 + y2) // 2 - 3}"'
        parts.append(f'<text {place} text-anchor="middle" fill="#555">{html.escape(what)}</text>')
    for node, (label, is_file) in graph.nodes.items():
        x, y = at[node]
        fill = "#eef" if is_file else "#efe"
        shown = label if len(label) <= 34 else "…" + label[-33:]
        parts.append(f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="4" fill="{fill}" stroke="#666"/>')
        parts.append(f'<text x="{x + 10}" y="{y + 21}">{html.escape(shown)}<title>{html.escape(label)}</title></text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


FORMS: Final[dict[str, Callable[[Graph], str]]] = {
    "text": to_text,
    "dot": to_dot,
    "mermaid": to_mermaid,
    "svg": to_svg,
}


def _columns(graph: Graph) -> dict[str, int]:
    """Steps from the first node along edges between files and to entries; entries stand right of all files."""
    columns = dict.fromkeys(graph.nodes, 0)
    for _ in range(len(graph.nodes)):
        changed = False
        for start, end, what in graph.edges:
            if not what.startswith("dependsOn") and columns[end] < columns[start] + 1 <= len(graph.nodes):
                columns[end] = columns[start] + 1
                changed = True
        if not changed:
            break
    last = max((columns[node] for node, (_, is_file) in graph.nodes.items() if is_file), default=0)
    return {node: column if graph.nodes[node][1] else last + 1 for node, column in columns.items()}


def _is_changed(node: Node, composed: Composed) -> bool:
    """Whether the entry file gave a value below an entry that another file declares."""
    stack: list[Node] = [node]
    while stack:
        current = stack.pop()
        if id(current) in composed.trail.replaced:
            return True
        if isinstance(current, MapNode):
            stack += [value for _, value in current.entries.values()]
    return False


def _dependencies(entry: Node) -> list[tuple[str, str]]:
    found = entry.get("dependsOn") if isinstance(entry, MapNode) else None
    if isinstance(found, ListNode):
        return [(item.text, "started") for item in found.items if isinstance(item, ScalarNode)]
    rows: list[tuple[str, str]] = []
    for name, (_, value) in found.entries.items() if isinstance(found, MapNode) else ():
        condition = value.get("condition") if isinstance(value, MapNode) else value
        said = condition.text if isinstance(condition, ScalarNode) and not condition.is_null else "started"
        rows.append((name, said))
    return rows


def _dot(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
