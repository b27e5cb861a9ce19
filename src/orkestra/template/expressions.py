"""Operands, commands and pipelines -> closures.

Every closure takes the dot and the frame and returns a value. What is decided at compile time: which slot a variable
has, which function a name means, whether the number of arguments is right (an error at once by the contract, at run
time in Go's mode, because Go finds it only then).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from orkestra.template import calls, nodes
from orkestra.template.errors import FunctionError, Source
from orkestra.template.fields import Expression, Frame, empty_step, go_step, walker
from orkestra.template.functions.function import Function
from orkestra.template.functions.go import DOMAIN, MissingMode, go_functions
from orkestra.template.scope import ROOT, Scope
from orkestra.template.values import MISSING

UNSET: Final = object()
"""What a slot holds until its variable is declared."""


class Expressions:
    """Compiles the expressions of one text. ``scope`` changes with each body the text defines."""

    def __init__(self, source: Source, functions: Mapping[str, Function], missing: MissingMode) -> None:
        self.source = source
        self.functions = functions
        self.missing = missing
        self.go_functions = go_functions(missing)
        self.absent = MISSING if missing == "go" else None
        self.step = go_step if missing == "go" else empty_step
        self.scope = Scope()
        self.used: dict[str, Function] = {}
        self.in_logic = 0

    def function(self, name: str) -> Function:
        row = self.functions.get(name)
        return self.go_functions[name] if row is None or row.domain == DOMAIN else row

    # Pipelines

    def pipeline(self, node: nodes.Pipeline, is_declaring: bool = True) -> Expression:
        """The value of a pipeline; with ``is_declaring`` its variables are set on the way."""
        final: Expression | None = None
        for command in node.commands:
            final = self.command(command, final)
            if self.missing == "go":
                final = _invalid_for_null(final)
        assert final is not None  # the parser refuses an empty pipeline
        return self.storing(node, final) if is_declaring and node.declared else final

    def storing(self, node: nodes.Pipeline, value: Expression) -> Expression:
        for slot in self.targets(node):
            value = stored(slot, value)
        return value

    def targets(self, node: nodes.Pipeline) -> list[int]:
        """The slots a pipeline writes. An assignment needs the variable to be there."""
        if not node.is_assignment:
            return [self.scope.declare(name, not self.in_logic) for name in node.declared]
        slots = [self.scope.find(name) for name in node.declared]
        for name, slot in zip(node.declared, slots, strict=True):
            if slot is None:
                raise self.source.syntax_error(node.start, f'undefined variable "{name}"')
        return [slot for slot in slots if slot is not None]

    # Commands

    def command(self, node: nodes.Command, final: Expression | None) -> Expression:
        """``final`` is the value piped into the command."""
        first = node.operands[0]
        arguments = node.operands[1:]
        if isinstance(first, nodes.Identifier):
            return self.call(node, first, arguments, final)
        if not arguments and final is None:
            if isinstance(first, nodes.Nil):
                return self.failing(first, "nil is not a command")
            return self.operand(first)
        if isinstance(first, nodes.Field | nodes.Chain) or (isinstance(first, nodes.Variable) and first.names):
            return self.field_with_arguments(first)
        shown = self.source.excerpt(first.start, first.end)
        return self.failing(first, f"can't give argument to non-function {shown}")

    def field_with_arguments(self, node: nodes.Field | nodes.Chain | nodes.Variable) -> Expression:
        """Data hold no methods: an error, unless Go would not get as far because the receiver is missing."""
        receiver = self.receiver(node)
        if len(node.names) > 1:
            receiver = self.walking(node, receiver, node.names[:-1])
        refuse = self.failing(node, f"{node.names[-1]} is not a method but has arguments")

        def field_with_arguments(dot: Any, frame: Frame) -> Any:
            return MISSING if receiver(dot, frame) is MISSING else refuse(dot, frame)

        return field_with_arguments

    def call(
        self, node: nodes.Command, name: nodes.Identifier, operands: list[nodes.Operand], final: Expression | None
    ) -> Expression:
        row = self.function(name.name)
        self.used[name.name] = row
        problem = row.arity_problem(len(operands) + (final is not None))
        if problem:
            if self.missing != "go":
                raise self.source.syntax_error(name.start, problem)
            return self.failing(name, problem)
        is_logic = row.domain == DOMAIN and row.name in ("and", "or")
        self.in_logic += is_logic
        arguments = [self.argument(operand) for operand in operands]
        self.in_logic -= is_logic
        if final is not None and self.missing == "go":
            final = _null_for_invalid(final)
        if is_logic:
            logic = calls.any_of if row.name == "or" else calls.all_of
            return logic(arguments) if final is None else calls.after(final, logic, arguments)
        if final is not None:
            arguments.append(final)
        return calls.call_of(row, arguments, self.failure(node))

    # Operands

    def argument(self, node: nodes.Operand) -> Expression:
        if isinstance(node, nodes.Nil):
            return _constant(None)
        value = self.operand(node)
        if self.missing == "go" and not isinstance(node, nodes.Literal):
            return _null_for_invalid(value)
        return value

    def operand(self, node: nodes.Operand) -> Expression:
        match node:
            case nodes.Field():
                return self.walking(node, _dot, node.names)
            case nodes.Literal():
                return self.failing(node, node.problem) if node.problem else _constant(node.value)
            case nodes.Dot():
                return _dot
            case nodes.Variable():
                value = self.variable(node)
                return self.walking(node, value, node.names) if node.names else value
            case nodes.Pipeline():
                return self.pipeline(node)
            case nodes.Identifier():
                return self.call(nodes.Command(node.start, node.end, [node]), node, [], None)
            case nodes.Chain():
                return self.walking(node, self.receiver(node), node.names)
            case nodes.Nil():
                return self.failing(node, "nil is not a command")

    def receiver(self, node: nodes.Field | nodes.Chain | nodes.Variable) -> Expression:
        if isinstance(node, nodes.Field):
            return _dot
        if isinstance(node, nodes.Variable):
            return self.variable(node)
        value = self.operand(node.operand)
        return _invalid_for_null(value) if self.missing == "go" else value

    def variable(self, node: nodes.Variable) -> Expression:
        slot = self.scope.find(node.name)
        unset = self.failing(node, f"undefined variable: {node.name}")
        if slot is None:  # known to the parser, from a branch that is not this one
            return unset
        return _checked_slot(slot, unset) if slot in self.scope.uncertain else _slot(slot)

    def walking(self, node: nodes.Node, receiver: Expression, names: tuple[str, ...]) -> Expression:
        walk = walker(names, self.absent, self.step)
        fail = self.failure(node)
        if receiver is _dot:

            def field(dot: Any, _frame: Frame) -> Any:
                try:
                    return walk(dot)
                except FunctionError as problem:
                    raise fail(str(problem)) from None

            return field

        def chain(dot: Any, frame: Frame) -> Any:
            value = receiver(dot, frame)
            try:
                return walk(value)
            except FunctionError as problem:
                raise fail(str(problem)) from None

        return chain

    # Failures

    def failure(self, node: nodes.Node) -> Callable[[str], Exception]:
        source, start, end = self.source, node.start, node.end
        return lambda message: source.error(start, end, message)

    def failing(self, node: nodes.Node, message: str) -> Expression:
        fail = self.failure(node)

        def failing(_dot: Any, _frame: Frame) -> Any:
            raise fail(message)

        return failing


def _dot(dot: Any, _frame: Frame) -> Any:
    return dot


def _constant(value: Any) -> Expression:
    return lambda _dot, _frame: value


def _slot(slot: int) -> Expression:
    if slot == ROOT:
        return lambda _dot, frame: frame[0]
    return lambda _dot, frame: frame[slot]


def _checked_slot(slot: int, unset: Expression) -> Expression:
    def checked(dot: Any, frame: Frame) -> Any:
        value = frame[slot]
        return unset(dot, frame) if value is UNSET else value

    return checked


def stored(slot: int, value: Expression) -> Expression:
    """Sets a variable on the way."""

    def store(dot: Any, frame: Frame) -> Any:
        frame[slot] = found = value(dot, frame)
        return found

    return store


def _invalid_for_null(value: Expression) -> Expression:
    """Go forgets that a null was a null at the end of a command."""

    def invalid_for_null(dot: Any, frame: Frame) -> Any:
        found = value(dot, frame)
        return MISSING if found is None else found

    return invalid_for_null


def _null_for_invalid(value: Expression) -> Expression:
    """A function sees an absent argument as nil."""

    def null_for_invalid(dot: Any, frame: Frame) -> Any:
        found = value(dot, frame)
        return None if found is MISSING else found

    return null_for_invalid
