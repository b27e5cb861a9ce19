"""What a template says, as a tree. Offsets are in characters of the text; ``end`` is past the last character."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Node:
    start: int
    end: int


# Operands


@dataclass(slots=True)
class Dot(Node):
    """``.``"""


@dataclass(slots=True)
class Nil(Node):
    """``nil``: an argument, never a command."""


@dataclass(slots=True)
class Literal(Node):
    """A string, number, character or bool. ``problem``: why using it is an error."""

    value: Any
    problem: str = ""


@dataclass(slots=True)
class Field(Node):
    """``.spec.image``"""

    names: tuple[str, ...]


@dataclass(slots=True)
class Variable(Node):
    """``$x.spec.image``; ``name`` includes the dollar."""

    name: str
    names: tuple[str, ...]


@dataclass(slots=True)
class Identifier(Node):
    """A function's name."""

    name: str


@dataclass(slots=True)
class Chain(Node):
    """``(pipeline).field``"""

    operand: Operand
    names: tuple[str, ...]


@dataclass(slots=True)
class Command(Node):
    """``operand argument…``"""

    operands: list[Operand]


@dataclass(slots=True)
class Pipeline(Node):
    """``$x := command | command``; ``declared`` names the variables on the left."""

    declared: list[str]
    is_assignment: bool
    commands: list[Command]


Operand = Dot | Nil | Literal | Field | Variable | Identifier | Chain | Pipeline

# Statements


@dataclass(slots=True)
class Text(Node):
    text: str


@dataclass(slots=True)
class Action(Node):
    pipeline: Pipeline


@dataclass(slots=True)
class Branch:
    pipeline: Pipeline
    body: list[Statement]


@dataclass(slots=True)
class If(Node):
    """The first true branch, else ``otherwise``. Each ``else if`` is one more branch."""

    branches: list[Branch]
    otherwise: list[Statement]


@dataclass(slots=True)
class With(Node):
    branches: list[Branch]
    otherwise: list[Statement]


@dataclass(slots=True)
class Range(Node):
    pipeline: Pipeline
    body: list[Statement]
    otherwise: list[Statement]


@dataclass(slots=True)
class Call(Node):
    """``{{template "name" pipeline}}``, and what is left of a block."""

    name: str
    pipeline: Pipeline | None


@dataclass(slots=True)
class Break(Node):
    pass


@dataclass(slots=True)
class Continue(Node):
    pass


Statement = Text | Action | If | With | Range | Call | Break | Continue


@dataclass(slots=True)
class Tree:
    """A parsed text: its own body, and the bodies it defines by name."""

    body: list[Statement]
    defined: dict[str, list[Statement]] = field(default_factory=dict)
