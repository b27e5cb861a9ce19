"""How a template uses the paths of its data: what type a value must have for the template to make sense.

The opposite of ``analysis``, which is told the types. A use is a hint, not a proof: whoever collects uses weighs them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from orkestra.template import nodes
from orkestra.template.functions.function import Function
from orkestra.template.inference.shapes import UNSET, Path
from orkestra.template.inference.signatures import signature_of

ITEM: Final = "*"
_MOST_BODIES: Final = 64
_COMPARISONS: Final = ("eq", "ne", "lt", "le", "gt", "ge")
_CONVERSIONS: Final = {
    "toInt": "integer",
    "toFloat": "number",
    "toBool": "boolean",
    "toList": "array",
    "asMap": "object",
}
_OPEN: Final = ("toJson", "toJSON", "toYaml")
_GETTERS: Final = {"getOr": "", "getStringOr": "string", "getIntOr": "integer", "getBoolOr": "boolean"}
_SORTS: Final = {
    "string": "string", "int": "integer", "number": "number", "bool": "boolean", "list": "array", "object": "object",
}  # fmt: skip
_INDEXES: Final = ("$i", "$n", "$idx", "$index")


@dataclass(frozen=True, slots=True)
class Use:
    """``sort``: a type in JSON schema's words, ``text`` (printed), ``truth`` (asked whether it is there), ``open``
    (passed on as a whole), or empty. ``default``: what the template takes in its place; UNSET if nothing."""

    path: Path
    sort: str = ""
    default: Any = UNSET


class Operand(NamedTuple):
    path: Path | None = None
    literal: Any = UNSET


_OTHER: Final = Operand()


@dataclass(slots=True)
class Uses:
    """``result``: the path whose value the template gives, where it is one action that gives a path's value."""

    found: list[Use]
    result: Path | None


def uses_of(tree: nodes.Tree, functions: Mapping[str, Function], roots: Mapping[str, Path]) -> Uses:
    """Uses in the order of the text. ``roots``: names at the root of the data that stand for another path."""
    walk = _Walk(tree, functions, roots)
    walk.body("", ())
    body = tree.defined.get("", tree.body)
    is_lone = len(body) == 1 and isinstance(body[0], nodes.Action)
    return Uses(walk.found, walk.last if is_lone else None)


@dataclass(slots=True)
class _Walk:
    tree: nodes.Tree
    functions: Mapping[str, Function]
    roots: Mapping[str, Path]
    found: list[Use] = field(default_factory=list)
    last: Path | None = None
    variables: dict[str, Path | None] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def body(self, name: str, dot: Path | None) -> None:
        if name in self.seen or name not in self.tree.defined or len(self.seen) > _MOST_BODIES:
            return
        self.seen.add(name)
        kept, self.variables = self.variables, {"$": dot}
        self.statements(self.tree.defined[name], dot)
        self.variables = kept

    def statements(self, statements: list[nodes.Statement], dot: Path | None) -> None:
        for node in statements:
            match node:
                case nodes.Action():
                    value = self.pipeline(node.pipeline, dot)
                    if not node.pipeline.declared:
                        self.last = value.path
                        self.note(value.path, "text")
                case nodes.If() | nodes.With():
                    for branch in node.branches:
                        value = self.pipeline(branch.pipeline, dot)
                        self.note(value.path, "truth")
                        self.statements(branch.body, value.path if isinstance(node, nodes.With) else dot)
                    self.statements(node.otherwise, dot)
                case nodes.Range():
                    self.loop(node, dot)
                case nodes.Call():
                    self.body(node.name, self.pipeline(node.pipeline, dot).path if node.pipeline else None)

    def loop(self, node: nodes.Range, dot: Path | None) -> None:
        over = self.commands(node.pipeline, dot).path
        declared = node.pipeline.declared
        is_map = len(declared) > 1 and declared[0] not in _INDEXES
        self.note(over, "object" if is_map else "array")
        item = None if over is None else (*over, ITEM)
        for name in declared[:-1]:
            self.variables[name] = None
        if declared:
            self.variables[declared[-1]] = item
        self.statements(node.body, item)
        self.statements(node.otherwise, dot)

    def note(self, path: Path | None, sort: str, default: Any = UNSET) -> None:
        if path:
            self.found.append(Use(path, sort, default))

    def pipeline(self, node: nodes.Pipeline, dot: Path | None) -> Operand:
        value = self.commands(node, dot)
        for name in node.declared:
            self.variables[name] = value.path
        return value

    def commands(self, node: nodes.Pipeline, dot: Path | None) -> Operand:
        value: Operand | None = None
        for command in node.commands:
            value = self.command(command, dot, value)
        return value or _OTHER

    def command(self, node: nodes.Command, dot: Path | None, piped: Operand | None) -> Operand:
        first, *rest = node.operands
        if not isinstance(first, nodes.Identifier):
            return self.operand(first, dot)
        arguments = [self.operand(argument, dot) for argument in rest]
        return self.call(first.name, [*arguments, piped] if piped is not None else arguments)

    def operand(self, node: nodes.Operand, dot: Path | None) -> Operand:
        match node:
            case nodes.Dot():
                return Operand(dot)
            case nodes.Literal():
                return Operand(literal=_plain(node.value))
            case nodes.Field():
                return Operand(self.below(dot, node.names))
            case nodes.Variable():
                return Operand(self.below(self.variables.get(node.name), node.names))
            case nodes.Chain():
                return Operand(self.below(self.operand(node.operand, dot).path, node.names))
            case nodes.Pipeline():
                return self.pipeline(node, dot)
        return _OTHER

    def below(self, path: Path | None, names: Path) -> Path | None:
        if path is None:
            return None
        if not path and names and names[0] in self.roots:
            return (*self.roots[names[0]], *names[1:])
        return path + names

    def call(self, name: str, arguments: list[Operand]) -> Operand:
        paths = [argument for argument in arguments if argument.path is not None]
        literals = [argument.literal for argument in arguments if argument.literal is not UNSET]
        if name in ("default", "boolDefault") and len(arguments) == 2:
            given, value = arguments
            self.note(value.path, sort_of(given.literal), given.literal)
            return Operand(value.path)
        if name in ("or", "and", "coalesce"):
            for each in paths:
                self.note(each.path, sort_of(literals[-1]) if literals else "")
            return paths[0] if len(paths) == 1 else _OTHER
        if name in _COMPARISONS:
            for each in paths:
                self.note(each.path, sort_of(literals[0]) if literals else "")
        elif name in ("index", "get") and arguments and arguments[0].path is not None:
            return self.index(arguments)
        elif name in _GETTERS and len(arguments) == 3:
            return self.getter(name, arguments)
        elif name in _OPEN:
            self.note(arguments[0].path if arguments else None, "open")
        elif name in _CONVERSIONS and arguments:
            self.note(arguments[0].path, _CONVERSIONS[name])
        else:
            self.known(name, arguments)
        return _OTHER

    def index(self, arguments: list[Operand]) -> Operand:
        path = arguments[0].path
        for key in arguments[1:]:
            if path is None:
                return _OTHER
            if isinstance(key.literal, str):
                path = (*path, key.literal)
            else:
                self.note(path, "array" if isinstance(key.literal, int) else "")
                path = (*path, ITEM)
        return Operand(path)

    def getter(self, name: str, arguments: list[Operand]) -> Operand:
        start, path, otherwise = arguments
        if start.path is None or not isinstance(path.literal, str):
            return _OTHER
        found = self.below(start.path, tuple(path.literal.split(".")))
        self.note(found, _GETTERS[name] or sort_of(otherwise.literal), otherwise.literal)
        return Operand(found)

    def known(self, name: str, arguments: list[Operand]) -> None:
        row = self.functions.get(name)
        signature = signature_of(row) if row is not None else None
        for n, argument in enumerate(arguments):
            sort = "truth" if name in ("ternary", "not") and n == 0 else ""
            if signature is not None and not sort:
                sort = _SORTS.get(signature.sort_of(n), "")
            self.note(argument.path, sort)


def _plain(value: Any) -> Any:
    """A literal as data has it: the engine's own kinds of number are whole numbers or not."""
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


def sort_of(value: Any) -> str:
    """The type of a literal in JSON schema's words; empty for none."""
    for kind, word in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string")):
        if isinstance(value, kind):
            return word
    return ""
