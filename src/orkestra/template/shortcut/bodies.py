"""Texts, actions and control structures -> the lines of a shortcut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orkestra.template import nodes
from orkestra.template.functions.function import Function
from orkestra.template.run import LARGE
from orkestra.template.shortcut.code import NotCovered, Shortcut, Value, joined
from orkestra.template.shortcut.operands import Operands
from orkestra.template.statements import can_jump

_MOST_STEPS = 1_000
_MOST_PIECES = 32
_FEW_LIMITS = f"if env.limits.steps < {_MOST_STEPS} or env.limits.output_bytes < {LARGE}: return None"


def shortcut_of(body: list[nodes.Statement], functions: Mapping[str, Function]) -> Shortcut | None:
    """The shortcut for a template's main body, None when it has anything that is left to the closures. ``functions``:
    the rows of those it calls, as the contract's way with missing values has them."""
    try:
        return Bodies(Operands(functions, frozenset(_assigned(body)))).compile(body)
    except (NotCovered, RecursionError):
        return None


class Bodies:
    """``pieces``: what has still to be written to the output, texts as they are and values by name."""

    def __init__(self, operands: Operands) -> None:
        self.operands = operands
        self.code = operands.code
        self.pieces: list[str | Value] = []
        self.is_begun = self.is_looping = False

    def compile(self, body: list[nodes.Statement]) -> Shortcut:
        for node in body:
            self.statement(node)
        if self.is_begun:
            self.flush()
            self.code.line("return out")
        else:
            self.code.line(f"return {self.joined()}" if self.pieces else 'return ""')
        first = ["if type(data) is not dict: return None"]
        if self.is_begun:
            first.append('out = ""')
        if self.is_looping:
            first += (_FEW_LIMITS, f"left = {_MOST_STEPS}")
        return self.code.build(first)

    def statement(self, node: nodes.Statement) -> None:
        match node:
            case nodes.Text(text=text):
                self.write(text)
            case nodes.Action(pipeline=pipeline):
                value = self.operands.pipeline(pipeline)
                if not pipeline.declared:
                    self.write(self.operands.text(value))
            case nodes.If() | nodes.With():
                self.flush()
                with self.operands.scope():
                    self.branch(node.branches, node.otherwise, isinstance(node, nodes.With))
            case nodes.Range():
                self.flush()
                with self.operands.scope():
                    self.loop(node)
            case nodes.Break():
                self.flush()
                self.code.line("break")
            case nodes.Continue():
                self.flush()
                self.code.line("continue")
            case _:
                raise NotCovered

    def block(self, head: str, statements: list[nodes.Statement]) -> None:
        with self.operands.block(head):
            self.body(statements)

    def body(self, statements: list[nodes.Statement]) -> None:
        for node in statements:
            self.statement(node)
        self.flush()

    def branch(self, branches: list[nodes.Branch], otherwise: list[nodes.Statement], is_with: bool) -> None:
        first, *others = branches
        value = self.operands.pipeline(first.pipeline)
        with self.operands.block(f"if {value.name}:"):
            if is_with:
                self.operands.dot = value
            self.body(first.body)
        if others:
            with self.operands.block("else:"):
                self.branch(others, otherwise, is_with)
        elif otherwise:
            self.block("else:", otherwise)

    def loop(self, node: nodes.Range) -> None:
        names = node.pipeline.declared
        if node.pipeline.is_assignment or any(map(can_jump, node.otherwise)):
            raise NotCovered
        operands, code = self.operands, self.code
        whole = operands.value(node.pipeline)
        is_keyed = len(names) == 2
        name = whole.name
        visited = code.set(f"pairs({name})" if is_keyed else f"{name} if type({name}) is list else items({name})")
        self.is_looping = True
        code.line(f"left -= len({visited.name})")
        code.line("if left < 0: return None")
        item, key = Value(code.fresh()), Value(code.fresh())
        targets = [key, item] if is_keyed else [item]
        with operands.block(f"for {', '.join(each.name for each in targets)} in {visited.name}:"):
            for variable, target in zip(names, targets, strict=False):
                operands.declare(variable, target)
            operands.dot = item
            operands.show_as_is(key)
            self.body(node.body)
        if node.otherwise:
            with operands.block(f"if not {visited.name}:"):
                for variable in names:  # the else branch of Go sees the whole in them
                    operands.declare(variable, whole)
                self.body(node.otherwise)

    # Output

    def write(self, piece: str | Value) -> None:
        last = self.pieces[-1] if self.pieces else None
        if isinstance(piece, str) and isinstance(last, str):
            self.pieces[-1] = last + piece
        else:
            self.pieces.append(piece)
        if len(self.pieces) >= _MOST_PIECES:
            self.flush()

    def flush(self) -> None:
        if self.pieces:
            self.is_begun = True
            self.code.line(f"out += {self.joined()}")
            self.code.line(f"if len(out) > {LARGE}: return None")

    def joined(self) -> str:
        """The pieces as one expression, and then gone."""
        pieces, self.pieces = self.pieces, []
        if len(pieces) == 1 and isinstance(pieces[0], str):
            return self.code.constant(pieces[0])
        return joined([self.code.constant(piece) if isinstance(piece, str) else piece.name for piece in pieces])


def _assigned(statements: Iterable[nodes.Statement]) -> set[str]:
    """The variables that are set by ``=`` anywhere, outside of arguments."""
    found: set[str] = set()
    for node in statements:
        match node:
            case nodes.Action(pipeline=pipeline):
                found |= _set_by(pipeline)
            case nodes.If() | nodes.With():
                for branch in node.branches:
                    found |= _set_by(branch.pipeline) | _assigned(branch.body)
                found |= _assigned(node.otherwise)
            case nodes.Range():
                found |= _set_by(node.pipeline) | _assigned(node.body) | _assigned(node.otherwise)
    return found


def _set_by(pipeline: nodes.Pipeline) -> set[str]:
    return set(pipeline.declared) if pipeline.is_assignment else set()
