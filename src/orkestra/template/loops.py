"""``range``: what it visits, and the loop itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from orkestra.template.errors import FunctionError
from orkestra.template.fields import Expression, Frame
from orkestra.template.gofmt.printer import sorted_items
from orkestra.template.run import LARGE, Run
from orkestra.template.scope import RUN
from orkestra.template.values import MAX_INT64, go_int, type_name

Statement = Callable[[Any, Frame, list[str]], int | None]
"""A compiled statement: dot, frame, output -> None, or BREAK or CONTINUE to the loop around it."""

BREAK: Final = 1
CONTINUE: Final = 2

_SIZED: Final = frozenset((list, dict, tuple))


def loop_of(
    value: Expression,
    slots: list[int],
    body: Statement,
    otherwise: Statement,
    fail: Callable[[str], Exception],
) -> Statement:
    """The loop over ``value``. ``slots``: none, that of the item, or those of key and item."""
    items_of = _items_of(len(slots))
    key_slot = slots[0] if len(slots) == 2 else None
    item_slot = slots[-1] if slots else None

    def loop(dot: Any, frame: Frame, out: list[str]) -> int | None:
        whole = value(dot, frame)
        run: Run = frame[RUN]
        if not whole:
            if not isinstance(whole, (int, float, str)):
                return _unbroken(otherwise(dot, frame, out))
        elif type(whole) in _SIZED and len(whole) > LARGE:
            _guarded(run.charge, whole, fail)
        for key, item in _guarded(items_of, whole, fail):
            run.left -= 1
            if run.left < 0:
                _guarded(run.checkpoint, out, fail)
            if item_slot is not None:
                frame[item_slot] = item
            if key_slot is not None:
                frame[key_slot] = key
            if body(item, frame, out) == BREAK:
                break
        else:
            if type(whole) is not dict and type(whole) is not list and isinstance(whole, int) and whole < 1:
                return _unbroken(otherwise(dot, frame, out))
        return None

    return loop


def _unbroken(jump: int | None) -> int | None:
    """To Go the else branch is part of the loop when it breaks, and outside of it when it continues."""
    return None if jump == BREAK else jump


def _guarded(function: Callable[[Any], Any], argument: Any, fail: Callable[[str], Exception]) -> Any:
    try:
        return function(argument)
    except FunctionError as problem:
        raise fail(str(problem)) from None


def _items_of(variables: int) -> Callable[[Any], Any]:
    """What a range visits, as (key, item). Raises FunctionError for what cannot be visited."""
    needs_key = variables == 2

    def items_of(whole: Any) -> Any:
        if isinstance(whole, (list, tuple)):
            return zip(map(go_int, range(len(whole))) if needs_key else whole, whole, strict=True)
        if isinstance(whole, Mapping):
            return sorted_items(whole)
        if isinstance(whole, int) and not isinstance(whole, bool):
            if needs_key:
                raise FunctionError(f"can't use {whole} to iterate over more than one variable")
            made = type(whole)
            return ((None, made(i)) for i in range(min(whole, MAX_INT64)))
        raise FunctionError(f"range can't iterate over a value of type {type_name(whole)}")

    return items_of
