"""Calls of template functions -> lines. Comparisons, ``default`` and plain formats become Python of their own where
the types are those of the frequent case; every other call is the call that the closures make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orkestra.template.functions.conditional import default_
from orkestra.template.functions.function import Function
from orkestra.template.functions.go import DOMAIN
from orkestra.template.gofmt.formats import plan_of
from orkestra.template.run import LARGE
from orkestra.template.shortcut.code import NotCovered, Value, joined
from orkestra.template.values import MAX_INT64, MIN_INT64, Int

if TYPE_CHECKING:
    from orkestra.template.shortcut.operands import Operands

_OPERATORS: Final = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_INTS: Final = (int, Int)


def call_of(operands: Operands, row: Function, arguments: list[Value]) -> Value:
    """The call of ``row``. Raises NotCovered when it may give another answer the next time."""
    if row.call is None or row.declared is not None or row.is_volatile:
        raise NotCovered
    if row.domain == DOMAIN and row.name in _OPERATORS and len(arguments) == 2:
        return _comparison(operands, row, *arguments)
    if row.domain == DOMAIN and row.name == "printf":
        return _format(operands, row, arguments)
    if row.call is default_ and len(arguments) == 2:
        default, value = arguments
        _bound_all(operands, arguments)
        return operands.code.set(f"{value.name} or {default.name}")
    return _plain_call(operands, row, arguments)


def _plain_call(operands: Operands, row: Function, arguments: list[Value]) -> Value:
    _bound_all(operands, arguments)
    result = operands.code.set(_call(operands, row, arguments))
    operands.code.line(f"if type({result.name}) is str and len({result.name}) > {LARGE}: return None")
    return result


def _comparison(operands: Operands, row: Function, left: Value, right: Value) -> Value:
    """Two texts, or two integers, of which at least one is known as such here."""
    plain = f"{left.name} {_OPERATORS[row.name]} {right.name}"
    known, other = (left, right) if left.kind is not None else (right, left)
    kinds: tuple[type, ...] = _INTS if known.kind in _INTS else (str,)
    if known.kind not in kinds:
        return _plain_call(operands, row, [left, right])
    if other.kind in kinds:
        return operands.code.set(plain, bool)
    name = other.name
    fitting = f"type({name}) is int" if kinds is _INTS else f"type({name}) is str and len({name}) <= {LARGE}"
    return Value(_either(operands, fitting, plain, row, [left, right]), bool)


def _format(operands: Operands, row: Function, arguments: list[Value]) -> Value:
    """A constant format with one plain verb for each argument; anything else is for printf itself."""
    form, *values = arguments
    code = operands.code
    text = code.constant_of(form)
    plan = plan_of(text) if type(text) is str else None
    if plan is None or not values or len(plan.verbs) != len(values):
        return _plain_call(operands, row, arguments)
    pieces = [code.constant(plan.texts[0])] if plan.texts[0] else []
    for value, verb, after in zip(values, plan.verbs, plan.texts[1:], strict=True):
        pieces.append(f"quote({value.name})" if verb == "q" else value.name)
        pieces += [code.constant(after)] if after else []
    fitting = " and ".join((*map(_fitting, values, plan.verbs), f"env.limits.output_bytes >= {LARGE}"))
    result = Value(_either(operands, fitting, joined(pieces), row, arguments), str)
    code.line(f"if len({result.name}) > {LARGE}: return None")
    return result


def _either(operands: Operands, fitting: str, plain: str, row: Function, arguments: list[Value]) -> str:
    """The expression ``plain`` where the condition ``fitting`` holds, else the call; the name that has the result."""
    name = operands.code.fresh()
    with operands.block(f"if {fitting}:"):
        operands.code.line(f"{name} = {plain}")
    with operands.block("else:"):
        _bound_all(operands, arguments)
        operands.code.line(f"{name} = {_call(operands, row, arguments)}")
    return name


def _fitting(value: Value, verb: str) -> str:
    """The condition under which the verb prints the value as Python's f-strings do, or ``quote``."""
    name = value.name
    is_int = f"(type({name}) is int or type({name}) is Int) and {MIN_INT64} <= {name} <= {MAX_INT64}"
    if verb == "d":
        return is_int
    return f"(type({name}) is str or {is_int})" if verb == "v" else f"type({name}) is str"


def _call(operands: Operands, row: Function, arguments: list[Value]) -> str:
    given = [argument.name for argument in arguments]
    function = operands.code.constant(row.call)
    return f"{function}({', '.join(['env', *given] if row.needs_environment else given)})"


def _bound_all(operands: Operands, values: list[Value]) -> None:
    for value in values:
        operands.bound(value)
