"""Pipelines and operands -> lines that compute them.

What has been computed is remembered for as long as it is certain to have run: a path that several actions walk is
walked once, and a value is turned into text once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from orkestra.template import nodes
from orkestra.template.functions.function import Function
from orkestra.template.functions.go import DOMAIN
from orkestra.template.run import LARGE
from orkestra.template.shortcut import calls
from orkestra.template.shortcut.code import Code, NotCovered, Value
from orkestra.template.values import MAX_INT64, MIN_INT64

_TEXT = "%text"  # no field has such a name
_SIZE = "%size"


class Operands:
    """``functions``: the rows of those the template calls. ``assigned``: the variables it ever sets by ``=``.

    Raises NotCovered when ``$`` is one of them.
    """

    def __init__(self, functions: Mapping[str, Function], assigned: frozenset[str]) -> None:
        if "$" in assigned:
            raise NotCovered
        self.code = Code()
        self.functions = functions
        self.assigned = assigned
        self.root = self.dot = Value("data")
        self.variables = {"$": self.root}
        self.known: dict[tuple[str, str], Value] = {}

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Variables declared meanwhile are gone after it."""
        outer, self.variables = self.variables, dict(self.variables)
        dot = self.dot
        yield
        self.variables, self.dot = outer, dot

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """What is written meanwhile may not run: nothing of it is known after it."""
        outer, self.known = self.known, dict(self.known)
        with self.scope(), self.code.block(head):
            yield
        self.known = outer

    # Pipelines

    def pipeline(self, node: nodes.Pipeline) -> Value:
        """Computes the value, and sets the variables declared or assigned."""
        value = self.value(node)
        for name in node.declared:
            if node.is_assignment:
                self.code.line(f"{self.variable(name).name} = {value.name}")
            else:
                self.declare(name, value)
        return value

    def value(self, node: nodes.Pipeline) -> Value:
        final: Value | None = None
        for command in node.commands:
            final = self.command(command, final)
        if final is None:
            raise NotCovered
        return final

    def command(self, node: nodes.Command, final: Value | None) -> Value:
        first, *arguments = node.operands
        if isinstance(first, nodes.Identifier):
            return self.call(first, arguments, final)
        if arguments or final is not None or isinstance(first, nodes.Nil):
            raise NotCovered
        return self.operand(first)

    def call(self, name: nodes.Identifier, operands: list[nodes.Operand], final: Value | None) -> Value:
        row = self.functions[name.name]
        if row.domain == DOMAIN and row.name in ("and", "or"):
            return self.logic(row.name, operands, final)
        arguments = [self.argument(operand) for operand in operands]
        return calls.call_of(self, row, arguments if final is None else [*arguments, final])

    def logic(self, name: str, operands: list[nodes.Operand], final: Value | None) -> Value:
        """``and``, ``or``: each argument is computed only when those before it have not decided."""
        given: list[nodes.Operand | Value] = [*operands]
        first, *others = given if final is None else [*given, final]
        target = self.code.set(self.argument(first).name)
        self.decide(name, target, others)
        return target

    def decide(self, name: str, target: Value, operands: list[nodes.Operand | Value]) -> None:
        if operands:
            with self.block(f"if {target.name}:" if name == "and" else f"if not {target.name}:"):
                self.code.line(f"{target.name} = {self.argument(operands[0]).name}")
                self.decide(name, target, operands[1:])

    # Operands

    def argument(self, node: nodes.Operand | Value) -> Value:
        if isinstance(node, Value):
            return node
        return Value(self.code.constant(None), type(None)) if isinstance(node, nodes.Nil) else self.operand(node)

    def operand(self, node: nodes.Operand) -> Value:
        match node:
            case nodes.Field(names=names):
                return self.walk(self.dot, names)
            case nodes.Dot():
                return self.dot
            case nodes.Variable(name=name, names=names):
                return self.walk(self.read(name), names)
            case nodes.Literal(value=value, problem=""):
                return Value(self.code.constant(value), type(value))
            case nodes.Pipeline(declared=[]):
                return self.value(node)
            case nodes.Chain(operand=operand, names=names):
                return self.walk(self.operand(operand), names)
            case nodes.Identifier():
                return self.call(node, [], None)
        raise NotCovered

    def walk(self, value: Value, names: tuple[str, ...]) -> Value:
        """The field ``names`` below ``value``, which may be missing."""
        for name in names:
            key = (value.name, name)
            if key not in self.known:
                receiver, field = value.name, self.code.constant(name)
                look_up = f"{receiver}.get({field})"
                if value is not self.root:
                    look_up += f" if type({receiver}) is dict else None if {receiver} is None else give_up()"
                self.known[key] = self.code.set(look_up)
            value = self.known[key]
        return value

    def text(self, value: Value) -> Value:
        """What an action prints for the value: a text, or a whole number that Python prints as Go does."""
        key = (value.name, _TEXT)
        if value.kind is not str and key not in self.known:
            name = value.name
            is_plain = f"type({name}) is str or type({name}) is int and {MIN_INT64} <= {name} <= {MAX_INT64}"
            self.known[key] = self.code.set(f"{name} if {is_plain} else '' if {name} is None else shown({name})")
        return self.known.get(key, value)

    def show_as_is(self, value: Value) -> None:
        """Says that ``value`` is a text, or a number as above."""
        self.known[value.name, _TEXT] = value

    def bound(self, value: Value) -> None:
        """Gives up on a value that a function would have to account for."""
        key = (value.name, _SIZE)
        if value.kind is None and key not in self.known:
            name = value.name
            self.code.line(f"if type({name}) in SIZED and len({name}) > {LARGE}: return None")
            self.known[key] = value

    # Variables

    def declare(self, name: str, value: Value) -> None:
        """A variable that is never assigned is only another name for its value."""
        self.variables[name] = Value(self.code.set(value.name).name) if name in self.assigned else value

    def variable(self, name: str) -> Value:
        """Raises NotCovered for one that is known to the parser, but not here; Go finds out when it runs."""
        found = self.variables.get(name)
        if found is None:
            raise NotCovered
        return found

    def read(self, name: str) -> Value:
        """The value now: what is known of it must not outlive the next assignment."""
        found = self.variable(name)
        return self.code.set(found.name) if name in self.assigned else found
