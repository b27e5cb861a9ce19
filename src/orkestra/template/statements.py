"""Text, actions and control structures -> closures.

A statement writes to ``out`` and returns None, or BREAK or CONTINUE to the loop around it.
"""

from __future__ import annotations

from typing import Any

from orkestra.template import nodes
from orkestra.template.errors import FunctionError
from orkestra.template.expressions import UNSET, Expressions, stored
from orkestra.template.fields import Expression, Frame
from orkestra.template.gofmt import text_of
from orkestra.template.loops import BREAK, CONTINUE, Statement, loop_of
from orkestra.template.run import LARGE, Run
from orkestra.template.scope import FIRST, RUN, Scope


class Body:
    """A compiled body and how many slots its frame has. Filled after its callers may have been compiled."""

    __slots__ = ("run", "slots")

    def __init__(self) -> None:
        self.run: Statement = _nothing
        self.slots: list[Any] = []


class Statements:
    """Compiles the bodies of one text."""

    def __init__(self, expressions: Expressions, tree: nodes.Tree) -> None:
        self.expressions = expressions
        self.tree = tree
        self.bodies: dict[str, Body] = {name: Body() for name in tree.defined}

    def compile(self) -> dict[str, Body]:
        for name, body in self.bodies.items():
            self.expressions.scope = scope = Scope()
            body.run = self.block(self.tree.defined[name])
            body.slots = [UNSET] * (scope.size - FIRST)
        return self.bodies

    def block(self, statements: list[nodes.Statement]) -> Statement:
        """A list with its own variables."""
        scope = self.expressions.scope
        scope.open()
        compiled: list[Statement] = []
        text = ""
        for node in statements:
            if isinstance(node, nodes.Text):
                text += node.text
                continue
            if isinstance(node, nodes.Action) and not node.pipeline.declared:
                compiled.append(self.writing(node, self.expressions.pipeline(node.pipeline), text))
            else:
                compiled += [_text(text)] if text else []
                compiled.append(self.statement(node))
            text = ""
        compiled += [_text(text)] if text else []
        scope.close()
        if not compiled:
            return _nothing
        if len(compiled) == 1:
            return compiled[0]
        return _sequence(tuple(compiled)) if any(map(can_jump, statements)) else _straight(tuple(compiled))

    def statement(self, node: nodes.Statement) -> Statement:
        match node:
            case nodes.Text():
                return _text(node.text)
            case nodes.Action():
                return _silent(self.expressions.pipeline(node.pipeline))
            case nodes.If():
                return self.conditional(node, node.branches, is_with=False)
            case nodes.With():
                return self.conditional(node, node.branches, is_with=True)
            case nodes.Range():
                return self.loop(node)
            case nodes.Call():
                return self.call(node)
            case nodes.Break():
                return lambda _dot, _frame, _out: BREAK
            case nodes.Continue():
                return lambda _dot, _frame, _out: CONTINUE

    def writing(self, node: nodes.Action, value: Expression, before: str) -> Statement:
        """Writes the text before the action and the action's value."""
        nil = "<nil>" if self.expressions.missing == "go" else ""
        fail = self.expressions.failure(node.pipeline)

        def write(dot: Any, frame: Frame, out: list[str]) -> None:
            text = value(dot, frame)
            if type(text) is not str:
                try:
                    text = text_of(text, frame[RUN].max_size, nil)
                except FunctionError as problem:
                    raise fail(str(problem)) from None
            if before:
                out.append(before)
            out.append(text)
            if len(text) > LARGE:
                try:
                    frame[RUN].checkpoint(out)
                except FunctionError as problem:
                    raise fail(str(problem)) from None

        return write

    def conditional(self, node: nodes.If | nodes.With, branches: list[nodes.Branch], is_with: bool) -> Statement:
        """Each condition opens a block that lasts through the branches after it."""
        scope = self.expressions.scope
        compiled: list[tuple[Expression, Statement]] = []
        for branch in branches:
            scope.open()
            condition = self.expressions.pipeline(branch.pipeline)
            compiled.append((condition, self.block(branch.body)))
        otherwise = self.block(node.otherwise)
        for _branch in branches:
            scope.close()
        if is_with:
            return _with(compiled[0], otherwise) if len(compiled) == 1 else _with_chain(tuple(compiled), otherwise)
        return _if(compiled[0], otherwise) if len(compiled) == 1 else _if_chain(tuple(compiled), otherwise)

    def call(self, node: nodes.Call) -> Statement:
        value = self.expressions.pipeline(node.pipeline) if node.pipeline else None
        absent = self.expressions.absent
        fail = self.expressions.failure(node)
        body = self.bodies.get(node.name)
        if body is None:
            message = f'template "{node.name}" not defined'

            def undefined(_dot: Any, _frame: Frame, _out: list[str]) -> None:
                raise fail(message)

            return undefined

        def call(dot: Any, frame: Frame, out: list[str]) -> None:
            run: Run = frame[RUN]
            argument = absent if value is None else value(dot, frame)
            try:
                run.enter(out)
            except FunctionError as problem:
                raise fail(str(problem)) from None
            body.run(argument, [argument, run, *body.slots], out)
            run.depth -= 1

        return call

    # Loops

    def loop(self, node: nodes.Range) -> Statement:
        scope = self.expressions.scope
        scope.open()
        value = self.expressions.pipeline(node.pipeline, is_declaring=False)
        slots = self.expressions.targets(node.pipeline)
        for slot in slots:  # until the first item the variables hold the whole, which the else branch can see
            value = stored(slot, value)
        body, otherwise = self.block(node.body), self.block(node.otherwise)
        scope.close()
        return loop_of(value, slots, body, otherwise, self.expressions.failure(node.pipeline))


def can_jump(node: nodes.Statement) -> bool:
    """Whether a break or continue of an outer loop may come out of the statement."""
    match node:
        case nodes.Break() | nodes.Continue():
            return True
        case nodes.If() | nodes.With():
            return any(map(can_jump, node.otherwise)) or any(any(map(can_jump, b.body)) for b in node.branches)
        case nodes.Range():
            return any(map(can_jump, node.otherwise))
    return False


def _nothing(_dot: Any, _frame: Frame, _out: list[str]) -> None:
    return None


def _text(text: str) -> Statement:
    return lambda _dot, _frame, out: out.append(text)


def _silent(value: Expression) -> Statement:
    def silent(dot: Any, frame: Frame, _out: list[str]) -> None:
        value(dot, frame)

    return silent


def _straight(statements: tuple[Statement, ...]) -> Statement:
    def straight(dot: Any, frame: Frame, out: list[str]) -> None:
        for statement in statements:
            statement(dot, frame, out)

    return straight


def _sequence(statements: tuple[Statement, ...]) -> Statement:
    def sequence(dot: Any, frame: Frame, out: list[str]) -> int | None:
        for statement in statements:
            jump = statement(dot, frame, out)
            if jump:
                return jump
        return None

    return sequence


def _if(branch: tuple[Expression, Statement], otherwise: Statement) -> Statement:
    condition, body = branch

    def if_(dot: Any, frame: Frame, out: list[str]) -> int | None:
        return body(dot, frame, out) if condition(dot, frame) else otherwise(dot, frame, out)

    return if_


def _if_chain(branches: tuple[tuple[Expression, Statement], ...], otherwise: Statement) -> Statement:
    def if_chain(dot: Any, frame: Frame, out: list[str]) -> int | None:
        for condition, body in branches:
            if condition(dot, frame):
                return body(dot, frame, out)
        return otherwise(dot, frame, out)

    return if_chain


def _with(branch: tuple[Expression, Statement], otherwise: Statement) -> Statement:
    value, body = branch

    def with_(dot: Any, frame: Frame, out: list[str]) -> int | None:
        found = value(dot, frame)
        return body(found, frame, out) if found else otherwise(dot, frame, out)

    return with_


def _with_chain(branches: tuple[tuple[Expression, Statement], ...], otherwise: Statement) -> Statement:
    def with_chain(dot: Any, frame: Frame, out: list[str]) -> int | None:
        for value, body in branches:
            found = value(dot, frame)
            if found:
                return body(found, frame, out)
        return otherwise(dot, frame, out)

    return with_chain
