"""Conditions that are the same for all data by their words alone: ``and (eq .a 1) (eq .a 2)``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any, NamedTuple

from orkestra.template import nodes


class _Test(NamedTuple):
    """``eq`` or ``ne`` of what one text names and a constant."""

    is_equal: bool
    subject: tuple[str, ...]
    value: Any


def verdict_of(pipeline: nodes.Pipeline) -> bool | None:
    """Whether the condition always or never holds; None where that takes data."""
    command = _only(pipeline)
    first = command.operands[0] if command is not None else None
    if command is None or not isinstance(first, nodes.Identifier) or first.name not in ("and", "or"):
        return None
    tests = [test for operand in _operands(command, first.name) if (test := _test_of(operand)) is not None]
    for one, other in combinations(tests, 2):
        if one.subject != other.subject or type(one.value) is not type(other.value):
            continue
        is_same = one.value == other.value
        if first.name == "and":
            excluded = (one.is_equal and other.is_equal and not is_same) or (one.is_equal != other.is_equal and is_same)
            if excluded:
                return False
        elif (not one.is_equal and not other.is_equal and not is_same) or (one.is_equal != other.is_equal and is_same):
            return True
    return None


def _only(pipeline: nodes.Pipeline) -> nodes.Command | None:
    is_plain = not pipeline.declared and len(pipeline.commands) == 1
    return pipeline.commands[0] if is_plain else None


def _operands(command: nodes.Command, name: str) -> Iterator[nodes.Command]:
    """The operands of an ``and`` or ``or``, those of the same one within it too."""
    for operand in command.operands[1:]:
        inner = _only(operand) if isinstance(operand, nodes.Pipeline) else None
        first = inner.operands[0] if inner is not None else None
        if inner is None or not isinstance(first, nodes.Identifier):
            continue
        if first.name == name:
            yield from _operands(inner, name)
        else:
            yield inner


def _test_of(command: nodes.Command) -> _Test | None:
    first, *operands = command.operands
    if not isinstance(first, nodes.Identifier) or first.name not in ("eq", "ne") or len(operands) != 2:
        return None
    one, other = operands if isinstance(operands[1], nodes.Literal) else operands[::-1]
    if not isinstance(other, nodes.Literal) or other.problem:
        return None
    if isinstance(one, nodes.Field):
        return _Test(first.name == "eq", one.names, other.value)
    if isinstance(one, nodes.Variable):
        return _Test(first.name == "eq", (one.name, *one.names), other.value)
    return None
