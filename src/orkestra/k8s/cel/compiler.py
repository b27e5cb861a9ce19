"""Checked tree -> closures over a frame.

A frame is a list: slot 0 holds the steps left, then the variables, then one slot for each variable a macro
introduces. A closure costs what it must: constants are folded into it, field chains and comparisons of plain values
have short paths.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from orkestra.k8s.cel.access import compile_index, compile_select
from orkestra.k8s.cel.calls import compile_call
from orkestra.k8s.cel.errors import BudgetExceeded, CelError, locate, no_such_overload
from orkestra.k8s.cel.folds import compile_fold, compile_optional_map
from orkestra.k8s.cel.nodes import (
    Call,
    Fold,
    Ident,
    Index,
    ListLiteral,
    Literal,
    Logic,
    MapLiteral,
    Node,
    OptionalMap,
    Select,
)
from orkestra.k8s.cel.types import NAMED_TYPES
from orkestra.k8s.cel.values import Optional, TypeValue, Uint

Frame = list[Any]
Closure = Callable[[Frame], Any]


class Compiler:
    """Turns nodes into closures; one per program. ``slots`` is the frame's length at the end."""

    def __init__(self, text: str, variables: Mapping[str, int]) -> None:
        self._text = text
        self._slots: dict[str, int] = dict(variables)
        self.slots = len(variables) + 1

    def slot_of(self, name: str) -> int | None:
        return self._slots.get(name)

    def introduce(self, name: str) -> tuple[int, int | None]:
        """A slot for a macro's variable; also what the name meant before, for ``forget``."""
        before = self._slots.get(name)
        slot = self.slots
        self.slots += 1
        self._slots[name] = slot
        return slot, before

    def forget(self, name: str, before: int | None) -> None:
        if before is None:
            del self._slots[name]
        else:
            self._slots[name] = before

    def place(self, problem: CelError, node: Node) -> CelError:
        """Gives an error the place of the node that raised it, unless it has one."""
        if not problem.line:
            problem.line, problem.column = locate(self._text, node.offset)
        return problem

    def compile(self, node: Node) -> Closure:
        match node:
            case Literal():
                value = node.value
                return lambda frame: value
            case Ident():
                return self._ident(node.name)
            case Select():
                return self._select(node)
            case Index():
                return compile_index(self, node)
            case Call():
                return compile_call(self, node)
            case Logic():
                return _compile_logic(self, node)
            case ListLiteral():
                return self._list(node)
            case MapLiteral():
                return self._map(node)
            case Fold():
                return compile_fold(self, node)
            case OptionalMap():
                return compile_optional_map(self, node)
        raise AssertionError(f"no closure for {type(node).__name__}")

    def _ident(self, name: str) -> Closure:
        slot = self._slots.get(name)
        if slot is not None:
            return lambda frame: frame[slot]
        value = TypeValue(name)
        return lambda frame: value

    def _select(self, node: Select) -> Closure:
        if node.type.kind == "type" and node.type.params and node.type.params[0] in NAMED_TYPES.values():
            name = next(name for name, found in NAMED_TYPES.items() if found == node.type.params[0])
            if "." in name and name.rpartition(".")[2] == node.name:
                value = TypeValue(name)
                return lambda frame: value
        return compile_select(self, node)

    def _list(self, node: ListLiteral) -> Closure:
        items = [self.compile(item) for item in node.items]
        if all(isinstance(item, Literal) for item in node.items) and not node.optional:
            constant = [item.value for item in node.items if isinstance(item, Literal)]
            return lambda frame: constant
        if not node.optional:
            return lambda frame: [item(frame) for item in items]
        optional = node.optional

        def build(frame: Frame) -> list[Any]:
            out = []
            for index, item in enumerate(items):
                value = item(frame)
                if index not in optional:
                    out.append(value)
                elif type(value) is not Optional:
                    raise self.place(no_such_overload(), node)
                elif value.has_value:
                    out.append(value.value)
            return out

        return build

    def _map(self, node: MapLiteral) -> Closure:
        entries = [
            (self.compile(key), self.compile(value), index in node.optional)
            for index, (key, value) in enumerate(node.entries)
        ]

        def build(frame: Frame) -> dict[Any, Any]:
            out: dict[Any, Any] = {}
            for key_of, value_of, is_optional in entries:
                key, value = key_of(frame), value_of(frame)
                if type(key) not in (str, int, bool, Uint):
                    raise self.place(CelError("unsupported key type"), node)
                if key in out:
                    raise self.place(CelError(f"insert failed: key {key} already exists"), node)
                if is_optional:
                    if type(value) is not Optional:
                        raise self.place(no_such_overload(), node)
                    if not value.has_value:
                        continue
                    value = value.value
                out[key] = value
            return out

        return build


def charge(frame: Frame, steps: int) -> None:
    """Takes steps from the budget."""
    frame[0] -= steps
    if frame[0] < 0:
        raise BudgetExceeded


def _decides(operand: Closure, frame: Frame, decides: bool) -> bool:
    """Whether the other operand saves a failed one; its own failure does not count."""
    try:
        return operand(frame) is decides
    except BudgetExceeded:
        raise
    except CelError:
        return False


def _compile_logic(compiler: Compiler, node: Logic) -> Closure:
    """``&&`` and ``||``: a deciding operand decides even if another one fails."""
    decides = node.name == "_||_"
    operands = [compiler.compile(arg) for arg in node.args]
    if len(operands) == 2:
        first, second = operands

        def decide_two(frame: Frame) -> Any:
            try:
                found = first(frame)
            except BudgetExceeded:
                raise
            except CelError as problem:
                if _decides(second, frame, decides):
                    return decides
                raise problem
            if found is decides:
                return decides
            if type(found) is bool:
                found = second(frame)
                if found is True or found is False:
                    return found
            elif _decides(second, frame, decides):
                return decides
            raise compiler.place(no_such_overload(), node)

        return decide_two

    def decide(frame: Frame) -> Any:
        failed: CelError | None = None
        for operand in operands:
            try:
                found = operand(frame)
            except BudgetExceeded:
                raise
            except CelError as problem:
                failed = failed or problem
                continue
            if found is decides:
                return decides
            if type(found) is not bool:
                failed = failed or compiler.place(no_such_overload(), node)
        if failed is not None:
            raise failed
        return not decides

    return decide
