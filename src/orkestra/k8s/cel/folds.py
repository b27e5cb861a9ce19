"""Macros that walk lists and maps. Every walked item costs a step, and the steps of what is done with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from orkestra.k8s.cel.errors import BudgetExceeded, CelError, no_such_overload
from orkestra.k8s.cel.functions.lists import sort_by
from orkestra.k8s.cel.nodes import Fold, OptionalMap
from orkestra.k8s.cel.values import Optional, Uint

if TYPE_CHECKING:
    from orkestra.k8s.cel.compiler import Closure, Compiler, Frame

Walk = Callable[["Frame"], Iterable[Any]]
Maker = Callable[["Compiler", Fold, Walk, "Closure", list[int], "Closure"], "Closure"]
_STEPS_PER_ITEM = 2


def compile_fold(compiler: Compiler, node: Fold) -> Closure:
    walked = compiler.compile(node.range)
    introduced = [(name, *compiler.introduce(name)) for name in node.variables]
    condition = compiler.compile(node.condition) if node.condition is not None else None
    body = compiler.compile(node.body)
    for name, _, before in reversed(introduced):
        compiler.forget(name, before)
    slots = [slot for _, slot, _ in introduced]

    def walk(frame: Frame) -> Iterable[Any]:
        """Sets the variables for each item that passes the condition; yields the item (the key, in a map)."""
        items = walked(frame)
        if isinstance(items, list):
            pairs: Iterable[tuple[Any, Any]] = enumerate(items)
        elif type(items) is dict:
            pairs = items.items()
        else:
            raise compiler.place(CelError(f"got '{_go_name(items)}', expected iterable type"), node)
        is_list = type(items) is not dict
        for key, value in pairs:
            frame[0] -= _STEPS_PER_ITEM
            if frame[0] < 0:
                raise BudgetExceeded
            if len(slots) == 2:
                frame[slots[0]], frame[slots[1]] = key, value
            else:
                frame[slots[0]] = value if is_list else key
            if condition is not None:
                found = condition(frame)
                if found is False:
                    continue
                if found is not True:
                    raise compiler.place(no_such_overload(), node)
            yield value if is_list else key

    make = _MAKERS[node.name]
    return make(compiler, node, walk, body, slots, walked)


def _go_name(value: Any) -> str:
    """The type as the API server's engine calls it in this one text."""
    names = {bool: "Bool", int: "Int", Uint: "Uint", float: "Double", str: "String", bytes: "Bytes", type(None): "Null"}
    return f"types.{names.get(type(value), 'Object')}"


def _quantifier(decides: bool) -> Maker:
    """``all`` (False decides) and ``exists`` (True decides): a deciding item decides even if others fail."""

    def make(compiler: Compiler, node: Fold, walk: Walk, body: Closure, slots: list[int], walked: Closure) -> Closure:
        slot = slots[0]

        def decide(frame: Frame) -> Any:
            failed: CelError | None = None
            for _ in walk(frame):
                try:
                    found = body(frame)
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

        if len(slots) == 2:
            return decide

        def decide_quickly(frame: Frame) -> Any:
            """Lists with one variable are the common case: no generator, no per-item try."""
            items = walked(frame)
            if not isinstance(items, list):
                return decide(frame)
            frame[0] -= _STEPS_PER_ITEM * len(items)
            if frame[0] < 0:
                raise BudgetExceeded
            try:
                for item in items:
                    frame[slot] = item
                    found = body(frame)
                    if found is decides:
                        return decides
                    if type(found) is not bool:
                        break
                else:
                    return not decides
            except BudgetExceeded:
                raise
            except CelError:
                pass
            return decide(frame)

        return decide_quickly

    return make


def _exists_one(
    compiler: Compiler, node: Fold, walk: Walk, body: Closure, slots: list[int], walked: Closure
) -> Closure:
    def count(frame: Frame) -> bool:
        found = 0
        for _ in walk(frame):
            answer = body(frame)
            if type(answer) is not bool:
                raise compiler.place(no_such_overload(), node)
            found += answer
        return found == 1

    return count


def _filter(compiler: Compiler, node: Fold, walk: Walk, body: Closure, slots: list[int], walked: Closure) -> Closure:
    def collect(frame: Frame) -> list[Any]:
        out = []
        for item in walk(frame):
            answer = body(frame)
            if answer is True:
                out.append(item)
            elif answer is not False:
                raise compiler.place(no_such_overload(), node)
        return out

    return collect


def _map(compiler: Compiler, node: Fold, walk: Walk, body: Closure, slots: list[int], walked: Closure) -> Closure:
    return lambda frame: [body(frame) for _ in walk(frame)]


def _transform_map(
    compiler: Compiler, node: Fold, walk: Walk, body: Closure, slots: list[int], walked: Closure
) -> Closure:
    key = slots[0]

    def collect(frame: Frame) -> dict[Any, Any]:
        out: dict[Any, Any] = {}
        for _ in walk(frame):
            out[frame[key]] = body(frame)
        return out

    return collect


def _transform_entry(
    compiler: Compiler, node: Fold, walk: Walk, body: Closure, slots: list[int], walked: Closure
) -> Closure:
    def collect(frame: Frame) -> dict[Any, Any]:
        out: dict[Any, Any] = {}
        for _ in walk(frame):
            entries = body(frame)
            if type(entries) is not dict:
                raise compiler.place(no_such_overload(), node)
            for key, value in entries.items():
                if key in out:
                    raise compiler.place(CelError(f"insert failed: key {key} already exists"), node)
                out[key] = value
        return out

    return collect


def _sort_by(compiler: Compiler, node: Fold, walk: Walk, body: Closure, slots: list[int], walked: Closure) -> Closure:
    def sort(frame: Frame) -> list[Any]:
        items: list[Any] = []
        keys: list[Any] = []
        for item in walk(frame):
            items.append(item)
            keys.append(body(frame))
        try:
            return sort_by(items, keys)
        except CelError as problem:
            raise compiler.place(problem, node) from None

    return sort


_MAKERS: dict[str, Maker] = {
    "all": _quantifier(False), "exists": _quantifier(True), "existsOne": _exists_one, "filter": _filter, "map": _map,
    "transformMap": _transform_map, "transformMapEntry": _transform_entry, "sortBy": _sort_by,
}  # fmt: skip


def compile_optional_map(compiler: Compiler, node: OptionalMap) -> Closure:
    target = compiler.compile(node.target)
    slot, before = compiler.introduce(node.variable)
    body = compiler.compile(node.body)
    compiler.forget(node.variable, before)
    is_flat = node.is_flat

    def apply(frame: Frame) -> Any:
        found = target(frame)
        if type(found) is not Optional:
            raise compiler.place(no_such_overload(), node)
        if not found.has_value:
            return found
        frame[slot] = found.value
        result = body(frame)
        return result if is_flat else Optional(result, True)

    return apply
