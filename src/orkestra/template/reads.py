"""Which paths of its data a template may read, found without running it.

Values are followed as sets of paths from the root: through ``with``, ``range``, variables, ``and``/``or``,
``index`` with constant keys, and calls of other templates. A step that depends on the data (an element of a list,
any key of a map) is the component ``*``. A read of a path stands for all below it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from orkestra.template import nodes
from orkestra.template.errors import Source

Path = tuple[str, ...]
Origin = frozenset[Path]

ANY: Final = "*"
_NOWHERE: Final[Origin] = frozenset()
_LONGEST_PATH: Final = 64
_MOST_PATHS: Final = 256


@dataclass(frozen=True, slots=True, order=True)
class Read:
    """``path`` may contain ``*``; ``line`` and ``column`` as in errors."""

    path: Path
    line: int
    column: int


def reads_of(tree: nodes.Tree, source: Source) -> tuple[Read, ...]:
    return tuple(sorted(_Reader(tree, source).run()))


def known_part(path: Path) -> Path:
    """``path`` up to its first step that depends on data."""
    return path[: path.index(ANY)] if ANY in path else path


def _below(origin: Origin, names: Path) -> Origin:
    return frozenset((path + names)[:_LONGEST_PATH] for path in origin)


class _Reader:
    def __init__(self, tree: nodes.Tree, source: Source) -> None:
        self.tree = tree
        self.source = source
        self.found: set[tuple[Path, int]] = set()
        self.visited: set[tuple[str, Origin]] = set()
        self.variables: dict[str, Origin] = {}

    def run(self) -> set[Read]:
        self.body("", frozenset({()}))
        return {Read(path, *self.source.locate(start)) for path, start in self.found}

    def body(self, name: str, dot: Origin) -> None:
        if (name, dot) in self.visited or name not in self.tree.defined or len(self.visited) > _MOST_PATHS:
            return
        self.visited.add((name, dot))
        outer, self.variables = self.variables, {"$": dot}
        self.statements(self.tree.defined[name], dot)
        self.variables = outer

    def note(self, origin: Origin, start: int) -> Origin:
        self.found.update((path, start) for path in origin)
        return origin

    def statements(self, statements: list[nodes.Statement], dot: Origin) -> None:
        for node in statements:
            match node:
                case nodes.Action():
                    self.pipeline(node.pipeline, dot, is_read=not node.pipeline.declared)
                case nodes.If() | nodes.With():
                    for branch in node.branches:
                        value = self.pipeline(branch.pipeline, dot, is_read=True)
                        self.statements(branch.body, value if isinstance(node, nodes.With) else dot)
                    self.statements(node.otherwise, dot)
                case nodes.Range():
                    self.loop(node, dot)
                case nodes.Call():
                    value = self.pipeline(node.pipeline, dot, is_read=False) if node.pipeline else _NOWHERE
                    self.body(node.name, value)

    def loop(self, node: nodes.Range, dot: Origin) -> None:
        items = _below(self.commands(node.pipeline, dot, is_read=True), (ANY,))
        for name in node.pipeline.declared:
            self.bind(name, items)
        for _again in range(2):  # a variable set by one round is read by the next
            self.statements(node.body, items)
        self.statements(node.otherwise, dot)

    def bind(self, name: str, origin: Origin) -> None:
        """Adds: which of several bindings a read sees is not followed."""
        known = self.variables.get(name, _NOWHERE) | origin
        if len(known) > _MOST_PATHS:
            known = frozenset({()})
        self.variables[name] = known

    def pipeline(self, node: nodes.Pipeline, dot: Origin, is_read: bool) -> Origin:
        origin = self.commands(node, dot, is_read)
        for name in node.declared:
            self.bind(name, origin)
        return origin

    def commands(self, node: nodes.Pipeline, dot: Origin, is_read: bool) -> Origin:
        last = len(node.commands) - 1
        value: Origin | None = None
        for number, command in enumerate(node.commands):
            value = self.command(command, dot, value, is_read and number == last)
        return value or _NOWHERE

    def command(self, node: nodes.Command, dot: Origin, final: Origin | None, is_read: bool) -> Origin:
        first, *arguments = node.operands
        if not isinstance(first, nodes.Identifier):
            return self.operand(first, dot, is_read)
        if first.name == "index" and final is None and arguments:
            return self.index(arguments, dot, is_read)
        is_logic = first.name in ("and", "or")
        origins = [self.operand(argument, dot, is_read=True) for argument in arguments]
        if final is not None:
            origins.append(self.note(final, node.start))
        return frozenset().union(*origins) if is_logic else _NOWHERE

    def index(self, arguments: list[nodes.Operand], dot: Origin, is_read: bool) -> Origin:
        origin = self.operand(arguments[0], dot, is_read=False)
        for key in arguments[1:]:
            if isinstance(key, nodes.Literal) and isinstance(key.value, str):
                origin = _below(origin, (key.value,))
            else:
                self.operand(key, dot, is_read=True)
                origin = _below(origin, (ANY,))
        return self.note(origin, arguments[0].start) if is_read else origin

    def operand(self, node: nodes.Operand, dot: Origin, is_read: bool) -> Origin:
        match node:
            case nodes.Dot():
                origin = dot
            case nodes.Field():
                origin = _below(dot, node.names)
            case nodes.Variable():
                origin = _below(self.variables.get(node.name, _NOWHERE), node.names)
                is_read = is_read or bool(node.names)
            case nodes.Chain():
                origin = _below(self.operand(node.operand, dot, is_read=False), node.names)
                is_read = True
            case nodes.Pipeline():
                return self.pipeline(node, dot, is_read)
            case _:
                origin = _NOWHERE
        return self.note(origin, node.start) if is_read else origin
