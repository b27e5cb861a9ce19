"""The walk over a template's tree: shapes up, problems out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from orkestra.template import nodes
from orkestra.template.errors import Source
from orkestra.template.functions.function import Function
from orkestra.template.inference.branches import verdict_of
from orkestra.template.inference.calls import Call, judge_call
from orkestra.template.inference.problems import Problem, Trouble
from orkestra.template.inference.shapes import UNKNOWN, Lookup, Path, Shape, described, of_constant, of_kinds

_ANY: Final = "*"
_MOST_BODIES: Final = 64


@dataclass(frozen=True, slots=True)
class Analysis:
    """``value``: the shape of the only action's value, None where the template is more than one action. ``printed``:
    what each action of the main text outside of branches prints, with its place (line, column, width)."""

    problems: tuple[Problem, ...] = ()
    value: Shape | None = None
    printed: tuple[tuple[Shape, int, int, int], ...] = ()
    looked_up: tuple[tuple[Path, int, int, int], ...] = ()


def analyse(tree: nodes.Tree, source: Source, functions: Mapping[str, Function], lookup: Lookup) -> Analysis:
    """``looked_up`` of the result: paths that functions such as ``getOr`` name by text, and fields of their results."""
    walk = _Walk(tree, source, functions, lookup)
    walk.body("", Shape(path=()))
    body = tree.defined.get("", tree.body)
    is_lone = len(body) == 1 and isinstance(body[0], nodes.Action)
    value = walk.printed[0][0] if is_lone and len(walk.printed) == 1 else None
    return Analysis(tuple(walk.problems.values()), value, tuple(walk.printed), tuple(walk.looked_up))


@dataclass(slots=True)
class _Walk:
    tree: nodes.Tree
    source: Source
    functions: Mapping[str, Function]
    lookup: Lookup
    problems: dict[tuple[int, int], Problem] = field(default_factory=dict)
    printed: list[tuple[Shape, int, int, int]] = field(default_factory=list)
    looked_up: list[tuple[Path, int, int, int]] = field(default_factory=list)
    variables: dict[str, Shape] = field(default_factory=dict)
    reassigned: frozenset[str] = frozenset()
    seen: set[str] = field(default_factory=set)
    depth: int = 0

    def body(self, name: str, dot: Shape) -> None:
        if name in self.seen or name not in self.tree.defined or len(self.seen) > _MOST_BODIES:
            return
        self.seen.add(name)
        kept = self.variables, self.reassigned, self.depth
        statements = self.tree.defined[name]
        self.variables, self.reassigned = {"$": dot}, frozenset(_assigned(statements))
        self.depth += bool(name)
        self.statements(statements, dot)
        self.variables, self.reassigned, self.depth = kept

    def statements(self, statements: list[nodes.Statement], dot: Shape) -> None:
        for node in statements:
            match node:
                case nodes.Action():
                    shape = self.pipeline(node.pipeline, dot)
                    if not node.pipeline.declared and not self.depth:
                        self.printed.append((shape, *self.place(node.pipeline)))
                case nodes.If() | nodes.With():
                    self.branches(node, dot)
                case nodes.Range():
                    self.loop(node, dot)
                case nodes.Call():
                    value = self.pipeline(node.pipeline, dot) if node.pipeline else UNKNOWN
                    self.body(node.name, value)

    def branches(self, node: nodes.If | nodes.With, dot: Shape) -> None:
        self.depth += 1
        asked: set[str] = set()
        for branch in node.branches:
            condition = self.pipeline(branch.pipeline, dot)
            text = self.source.text[branch.pipeline.start : branch.pipeline.end].strip()
            if condition.is_constant and not branch.pipeline.is_assignment:
                self._tell_branch(branch.pipeline, bool(condition.constant))
            elif (verdict := verdict_of(branch.pipeline)) is not None:
                self._tell_branch(branch.pipeline, verdict)
            elif text in asked and "random" not in text:
                message = "a branch above has the same condition: this one is never taken"
                self.tell(Trouble.CONSTANT, message, branch.pipeline)
            asked.add(text)
            self.statements(branch.body, condition if isinstance(node, nodes.With) else dot)
        self.statements(node.otherwise, dot)
        self.depth -= 1

    def _tell_branch(self, at: nodes.Pipeline, is_taken: bool) -> None:
        word = "always" if is_taken else "never"
        self.tell(Trouble.CONSTANT, f"the condition is the same for all data: this branch is {word} taken", at)

    def loop(self, node: nodes.Range, dot: Shape) -> None:
        over = self.commands(node.pipeline, dot)
        kinds = over.kinds - {"null"}
        if kinds and not kinds & {"array", "object", "integer", "number"}:
            self.tell(Trouble.REFUSED, f"range cannot go over {described(over)}", node.pipeline)
        item = UNKNOWN
        if over.path is not None and not kinds & {"integer", "number"}:
            item = self.at((*over.path, _ANY))
        elif kinds and kinds <= {"integer"}:
            item = of_kinds("integer")
        names = node.pipeline.declared
        if names:
            self.variables[names[-1]] = item
            if len(names) == 2:
                self.variables[names[0]] = of_kinds("integer") if kinds == {"array"} else UNKNOWN
        self.depth += 1
        self.statements(node.body, item)
        self.statements(node.otherwise, dot)
        self.depth -= 1

    def pipeline(self, node: nodes.Pipeline, dot: Shape) -> Shape:
        shape = self.commands(node, dot)
        for name in node.declared:
            self.variables[name] = UNKNOWN if name in self.reassigned else shape
        return shape

    def commands(self, node: nodes.Pipeline, dot: Shape) -> Shape:
        value: Shape | None = None
        for command in node.commands:
            value = self.command(command, dot, value)
        return value or UNKNOWN

    def command(self, node: nodes.Command, dot: Shape, final: Shape | None) -> Shape:
        first, *operands = node.operands
        if not isinstance(first, nodes.Identifier):
            return self.operand(first, dot)
        arguments = [self.operand(operand, dot) for operand in operands]
        if final is not None:
            arguments.append(final)
        row = self.functions.get(first.name)
        if row is None:
            return UNKNOWN
        call = Call(row, tuple(arguments), is_piped=final is not None)
        outcome = judge_call(call)
        if outcome.problem is not None:
            at = operands[outcome.position] if 0 <= outcome.position < len(operands) else node
            self.tell(*outcome.problem, at, outcome.hint)
        if outcome.path is not None:
            if outcome.is_named:
                self.looked_up.append((outcome.path, *self.place(node)))
            return replace(self.at(outcome.path), is_present=False) if outcome.shape is UNKNOWN else outcome.shape
        return outcome.shape

    def operand(self, node: nodes.Operand, dot: Shape) -> Shape:
        match node:
            case nodes.Dot():
                return dot
            case nodes.Literal():
                return UNKNOWN if node.problem else of_constant(node.value)
            case nodes.Field():
                return self.below(dot, node.names)
            case nodes.Variable():
                return self.below(self.variables.get(node.name, UNKNOWN), node.names)
            case nodes.Chain():
                found = self.below(self.operand(node.operand, dot), node.names)
                if found.path:
                    self.looked_up.append((found.path, *self.place(node)))
                return found
            case nodes.Pipeline():
                return self.pipeline(node, dot)
            case nodes.Identifier():
                return self.command(nodes.Command(node.start, node.end, [node]), dot, None)
        return UNKNOWN

    def below(self, shape: Shape, names: tuple[str, ...]) -> Shape:
        if not names:
            return shape
        return UNKNOWN if shape.path is None else self.at((*shape.path, *names))

    def at(self, path: Path) -> Shape:
        return replace(self.lookup(path), path=path)

    def tell(self, trouble: Trouble, message: str, at: nodes.Node, hint: str = "") -> None:
        line, column, width = self.place(at)
        self.problems.setdefault((line, column), Problem(trouble, message, line, column, width, hint))

    def place(self, node: nodes.Node) -> tuple[int, int, int]:
        text = self.source.text[node.start : node.end]
        return (*self.source.locate(node.start), max(1, len(text.partition("\n")[0].rstrip())))


def _assigned(statements: Iterable[nodes.Statement]) -> set[str]:
    """Variables that are given another value somewhere: theirs is not followed."""
    found: set[str] = set()
    for node in statements:
        match node:
            case nodes.Action():
                if node.pipeline.is_assignment:
                    found.update(node.pipeline.declared)
            case nodes.If() | nodes.With():
                for branch in node.branches:
                    found |= _assigned(branch.body)
                found |= _assigned(node.otherwise)
            case nodes.Range():
                found |= _assigned(node.body) | _assigned(node.otherwise)
    return found
