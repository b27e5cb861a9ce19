"""Calls: operators with short paths for plain values, functions of the library with their results charged by size."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from orkestra.k8s.cel.errors import BudgetExceeded, CelError, no_such_overload
from orkestra.k8s.cel.functions import FUNCTIONS
from orkestra.k8s.cel.nodes import Call, ListLiteral, Literal, Node
from orkestra.k8s.cel.operators import OPERATORS
from orkestra.k8s.cel.values import Optional
from orkestra.k8s.regex import compile_regex

if TYPE_CHECKING:
    from orkestra.k8s.cel.compiler import Closure, Compiler, Frame

_ORDERS: dict[str, Callable[[Any, Any], Any]] = {
    "_<_": operator.lt, "_<=_": operator.le, "_>_": operator.gt, "_>=_": operator.ge,
}  # fmt: skip
_BYTES_PER_STEP = 10
_CONTAINERS = (str, bytes, list, dict)
_CONSTANT_TIME = frozenset({"size", "type", "dyn", "hasValue", "value"})


def compile_call(compiler: Compiler, node: Call) -> Closure:
    operands = [*([node.target] if node.target is not None else []), *node.args]
    if node.name == "_?_:_":
        return _conditional(compiler, node)
    if node.name in ("or", "orValue"):
        return _alternative(compiler, node)
    if node.name == "matches" and isinstance(operands[1], Literal) and type(operands[1].value) is str:
        return _match(compiler, node, operands)
    if node.name == "@in" and isinstance(operands[1], ListLiteral) and not operands[1].items:
        return lambda frame: False  # cel-go does not even look at what is asked for
    args = [compiler.compile(operand) for operand in operands]
    if node.name in _ORDERS:
        return _order(compiler, node, args[0], args[1])
    if node.name in ("_==_", "_!=_"):
        return _equality(compiler, node, args[0], args[1])
    if node.name in OPERATORS:
        return _function(compiler, node, OPERATORS[node.name], args)
    return _function(compiler, node, FUNCTIONS[node.name], args)


def _conditional(compiler: Compiler, node: Call) -> Closure:
    condition, yes, no = (compiler.compile(arg) for arg in node.args)

    def choose(frame: Frame) -> Any:
        found = condition(frame)
        if found is True:
            return yes(frame)
        if found is False:
            return no(frame)
        raise compiler.place(no_such_overload(), node)

    return choose


def _alternative(compiler: Compiler, node: Call) -> Closure:
    assert node.target is not None
    target, other = compiler.compile(node.target), compiler.compile(node.args[0])
    is_value = node.name == "orValue"

    def choose(frame: Frame) -> Any:
        found = target(frame)
        if type(found) is not Optional:
            raise compiler.place(no_such_overload(), node)
        if not found.has_value:
            return other(frame)
        return found.value if is_value else found

    return choose


def _match(compiler: Compiler, node: Call, operands: list[Node]) -> Closure:
    """A constant pattern is compiled with the expression."""
    pattern = operands[1]
    assert isinstance(pattern, Literal)
    is_match = compile_regex(pattern.value).is_match
    text_of = compiler.compile(operands[0])

    def match(frame: Frame) -> bool:
        text = text_of(frame)
        if type(text) is not str:
            raise compiler.place(no_such_overload(), node)
        if len(text) > _BYTES_PER_STEP:
            _charge(frame, len(text) // _BYTES_PER_STEP)
        return is_match(text)

    return match


_FAST = frozenset({int, str})


def _order(compiler: Compiler, node: Call, left: Closure, right: Closure) -> Closure:
    compare, slow = _ORDERS[node.name], OPERATORS[node.name]

    def test(frame: Frame) -> Any:
        a, b = left(frame), right(frame)
        kind = type(a)
        if kind is type(b) and kind in _FAST:
            return compare(a, b)
        try:
            return slow(a, b)
        except CelError as problem:
            raise compiler.place(problem, node) from None

    return test


_PLAIN = frozenset({int, str, bool})


def _equality(compiler: Compiler, node: Call, left: Closure, right: Closure) -> Closure:
    equals = OPERATORS["_==_"]
    wanted = node.name == "_==_"

    def test(frame: Frame) -> bool:
        a, b = left(frame), right(frame)
        kind = type(a)
        if kind is type(b) and kind in _PLAIN:
            return (a == b) is wanted
        if isinstance(a, list | dict):
            _charge(frame, _weight(a))
        return equals(a, b) is wanted

    return test


def _weight(value: Any) -> int:
    """Steps an equality may take: the number of values inside, counted to a depth that bounds the count itself."""
    if isinstance(value, list):
        return 1 + sum(map(_weight, value))
    if isinstance(value, dict):
        return 1 + sum(map(_weight, value.values()))
    return 1


def _charge(frame: Frame, steps: int) -> None:
    frame[0] -= steps
    if frame[0] < 0:
        raise BudgetExceeded


def _function(compiler: Compiler, node: Call, function: Callable[..., Any], args: list[Closure]) -> Closure:
    if node.name in _CONSTANT_TIME or len(args) == 0:
        return _cheap(compiler, node, function, args)

    def call(frame: Frame) -> Any:
        values = [arg(frame) for arg in args]
        try:
            found = function(*values)
        except BudgetExceeded:
            raise
        except CelError as problem:
            raise compiler.place(problem, node) from None
        except RecursionError:
            raise BudgetExceeded from None
        size = sum(len(value) for value in values if isinstance(value, _CONTAINERS))
        if isinstance(found, _CONTAINERS):
            size += len(found)
        if size > _BYTES_PER_STEP:
            _charge(frame, size // _BYTES_PER_STEP)
        return found

    return call


def _cheap(compiler: Compiler, node: Call, function: Callable[..., Any], args: list[Closure]) -> Closure:
    def call(frame: Frame) -> Any:
        try:
            return function(*[arg(frame) for arg in args])
        except CelError as problem:
            raise compiler.place(problem, node) from None

    return call
