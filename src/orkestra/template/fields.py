"""Walking ``.a.b.c`` through maps, the most frequent thing a template does: one closure per shape.

``absent`` is what a key that is not there yields: None by the contract, MISSING in Go's mode. A field of ``absent``
is ``absent`` again. In Go's mode a field of a null, and in both modes a field of a scalar or list, is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from orkestra.template.errors import FunctionError
from orkestra.template.values import MISSING, type_name

Frame = list[Any]
Expression = Callable[[Any, Frame], Any]
Step = Callable[[Any, str], Any]


def empty_step(receiver: Any, name: str) -> Any:
    """A field of something that is no dict, by the contract."""
    if receiver is None:
        return None
    if isinstance(receiver, Mapping):
        return receiver.get(name)
    raise FunctionError(f"can't evaluate field {name} in type {type_name(receiver)}")


def go_step(receiver: Any, name: str) -> Any:
    """A field of something that is no dict, by Go's rules."""
    if receiver is MISSING:
        return MISSING
    if isinstance(receiver, Mapping):
        return receiver.get(name, MISSING)
    if receiver is None:
        raise FunctionError(f"nil pointer evaluating interface {{}}.{name}")
    raise FunctionError(f"can't evaluate field {name} in type {type_name(receiver)}")


def walker(names: tuple[str, ...], absent: Any, step: Step) -> Callable[[Any], Any]:
    """A function from a receiver to the value at ``names`` below it. It raises FunctionError."""
    if len(names) == 1:
        return _walk_one(names[0], absent, step)
    if len(names) == 2:
        return _walk_two(names[0], names[1], absent, step)

    def walk(value: Any) -> Any:
        for name in names:
            value = value.get(name, absent) if type(value) is dict else step(value, name)
        return value

    return walk


def _walk_one(name: str, absent: Any, step: Step) -> Callable[[Any], Any]:
    def walk(value: Any) -> Any:
        return value.get(name, absent) if type(value) is dict else step(value, name)

    return walk


def _walk_two(first: str, second: str, absent: Any, step: Step) -> Callable[[Any], Any]:
    def walk(value: Any) -> Any:
        value = value.get(first, absent) if type(value) is dict else step(value, first)
        return value.get(second, absent) if type(value) is dict else step(value, second)

    return walk
