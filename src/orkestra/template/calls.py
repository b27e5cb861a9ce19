"""Calls of template functions -> closures, one shape per number of arguments.

Arguments are evaluated outside of the handler, so that an error within one keeps its own place. Whatever a function
raises becomes a TemplateError that names the function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from orkestra.template.errors import FunctionError, TemplateFault
from orkestra.template.fields import Expression, Frame
from orkestra.template.functions.function import Function
from orkestra.template.run import LARGE
from orkestra.template.scope import RUN

Failure = Callable[[str], Exception]

_SIZED: Final = frozenset((str, list, dict))


def any_of(arguments: list[Expression]) -> Expression:
    """``or``: the first value that is true, else the last."""
    *leading, last = arguments

    def any_of(dot: Any, frame: Frame) -> Any:
        for argument in leading:
            value = argument(dot, frame)
            if value:
                return value
        return last(dot, frame)

    return any_of


def all_of(arguments: list[Expression]) -> Expression:
    """``and``: the first value that is not true, else the last."""
    *leading, last = arguments

    def all_of(dot: Any, frame: Frame) -> Any:
        for argument in leading:
            value = argument(dot, frame)
            if not value:
                return value
        return last(dot, frame)

    return all_of


def after(
    final: Expression, logic: Callable[[list[Expression]], Expression], arguments: list[Expression]
) -> Expression:
    """``and`` and ``or`` with a piped value: the command before the pipe runs first, whatever the others decide."""
    piped: list[Any] = []
    decided = logic([*arguments, lambda dot, frame: piped[-1]])

    def after(dot: Any, frame: Frame) -> Any:
        piped.append(final(dot, frame))
        try:
            return decided(dot, frame)
        finally:
            piped.pop()

    return after


def call_of(row: Function, arguments: list[Expression], fail: Failure) -> Expression:
    """The call of ``row``; the number of arguments has been checked."""
    if row.call is None:
        return _late_call(row, arguments, fail)
    if row.declared is not None:
        return _template_call(row.name, row.call, arguments, fail)
    if row.needs_environment:
        return _environment_call(row.name, row.call, arguments, fail)
    match arguments:
        case [first]:
            return _call_one(row.name, row.call, first, fail)
        case [first, second]:
            return _call_two(row.name, row.call, first, second, fail)
    return _call_many(row.name, row.call, arguments, fail)


def _call_one(name: str, function: Callable[..., Any], first: Expression, fail: Failure) -> Expression:
    def call_one(dot: Any, frame: Frame) -> Any:
        one = first(dot, frame)
        try:
            if type(one) in _SIZED and len(one) > LARGE:
                frame[RUN].charge(one)
            result = function(one)
            if type(result) is str and len(result) > LARGE:
                frame[RUN].charge(result)
        except Exception as problem:
            raise _failed(name, problem, fail) from None
        return result

    return call_one


def _call_two(
    name: str, function: Callable[..., Any], first: Expression, second: Expression, fail: Failure
) -> Expression:
    def call_two(dot: Any, frame: Frame) -> Any:
        one = first(dot, frame)
        two = second(dot, frame)
        try:
            if type(one) in _SIZED and len(one) > LARGE:
                frame[RUN].charge(one)
            if type(two) in _SIZED and len(two) > LARGE:
                frame[RUN].charge(two)
            result = function(one, two)
            if type(result) is str and len(result) > LARGE:
                frame[RUN].charge(result)
        except Exception as problem:
            raise _failed(name, problem, fail) from None
        return result

    return call_two


def _call_many(name: str, function: Callable[..., Any], arguments: list[Expression], fail: Failure) -> Expression:
    def call_many(dot: Any, frame: Frame) -> Any:
        values = [argument(dot, frame) for argument in arguments]
        try:
            _charge(frame, values)
            result = function(*values)
            if type(result) is str and len(result) > LARGE:
                frame[RUN].charge(result)
        except Exception as problem:
            raise _failed(name, problem, fail) from None
        return result

    return call_many


def _environment_call(
    name: str, function: Callable[..., Any], arguments: list[Expression], fail: Failure
) -> Expression:
    def environment_call(dot: Any, frame: Frame) -> Any:
        values = [argument(dot, frame) for argument in arguments]
        try:
            _charge(frame, values)
            result = function(frame[RUN].environment, *values)
            if type(result) is str and len(result) > LARGE:
                frame[RUN].charge(result)
        except Exception as problem:
            raise _failed(name, problem, fail) from None
        return result

    return environment_call


def _template_call(name: str, function: Callable[..., Any], arguments: list[Expression], fail: Failure) -> Expression:
    def template_call(dot: Any, frame: Frame) -> Any:
        values = [argument(dot, frame) for argument in arguments]
        try:
            _charge(frame, values)
            result = function(frame[RUN], *values)
            if type(result) is str and len(result) > LARGE:
                frame[RUN].charge(result)
        except Exception as problem:
            raise _failed(name, problem, fail) from None
        return result

    return template_call


def _late_call(row: Function, arguments: list[Expression], fail: Failure) -> Expression:
    """A function that was only declared: the environment of the render binds it."""
    name = row.name

    def late_call(dot: Any, frame: Frame) -> Any:
        values = [argument(dot, frame) for argument in arguments]
        environment = frame[RUN].environment
        bound = environment.functions.get(name)
        if bound is None or bound.call is None:
            raise fail(f"function {name} is not available here")
        try:
            _charge(frame, values)
            result = bound.call(environment, *values) if bound.needs_environment else bound.call(*values)
            if type(result) is str and len(result) > LARGE:
                frame[RUN].charge(result)
        except Exception as problem:
            raise _failed(name, problem, fail) from None
        return result

    return late_call


def _charge(frame: Frame, values: list[Any]) -> None:
    for value in values:
        if type(value) in _SIZED and len(value) > LARGE:
            frame[RUN].charge(value)


def _failed(name: str, problem: Exception, fail: Failure) -> Exception:
    if isinstance(problem, TemplateFault):  # a function that renders a template of its own
        return problem
    if isinstance(problem, FunctionError):
        return fail(f"error calling {name}: {problem}")
    if isinstance(problem, RecursionError):
        return fail(f"error calling {name}: nested too deeply")
    return fail(f"error calling {name}: {type(problem).__name__}: {problem}")
