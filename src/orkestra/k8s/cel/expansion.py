"""What macros stand for: a walk with an accumulator, as cel-go spells it out (parser/macro.go, ext/comprehensions.go,
ext/lists.go, cel/library.go). Our evaluator needs none of this; what a rule may cost is told by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from orkestra.k8s.cel.nodes import Call, Fold, Ident, ListLiteral, Literal, Logic, MapLiteral, Node, OptionalMap
from orkestra.k8s.cel.types import BOOL, INT, Type, list_of, optional_of

ACCUMULATOR: Final = "@result"
_SORTED: Final = "@__sortBy_input__"


@dataclass(slots=True)
class Comprehension(Node):
    """``accumulator`` begins as ``start`` and becomes ``step`` for every item of ``range``, as long as ``condition``
    holds; ``result`` is the value. ``is_bind``: nothing is walked, the accumulator is a name for ``start``."""

    range: Node
    variables: tuple[str, ...]
    accumulator: str
    start: Node
    condition: Node
    step: Node
    result: Node
    is_bind: bool = False


def expand(node: Fold | OptionalMap) -> Node:
    if isinstance(node, OptionalMap):
        return _optional(node)
    if node.name == "sortBy":
        return _sorted(node)
    return _fold(node)


def _fold(node: Fold) -> Comprehension:
    start, condition, step = _parts(node)
    result: Node = _accumulated(step.type)
    if node.name == "existsOne":
        result = Call(0, "_==_", None, [_accumulated(INT), Literal(0, 1, type=INT)], type=BOOL)
    return Comprehension(
        node.offset, node.range, node.variables, ACCUMULATOR, start, condition, step, result, type=node.type
    )


def _parts(node: Fold) -> tuple[Node, Node, Node]:
    """(start, condition, step)"""
    goes_on: Node = Literal(0, True, type=BOOL)
    if node.name in ("all", "exists"):
        held: Node = _accumulated(BOOL)
        kept = held if node.name == "all" else Call(0, "!_", None, [held], type=BOOL)
        condition = Call(0, "@not_strictly_false", None, [kept], type=BOOL)
        step: Node = Logic(0, "_&&_" if node.name == "all" else "_||_", [_accumulated(BOOL), node.body], type=BOOL)
        return Literal(0, node.name == "all", type=BOOL), condition, step
    if node.name == "existsOne":
        more = Call(0, "_+_", None, [_accumulated(INT), Literal(0, 1, type=INT)], type=INT)
        return Literal(0, 0, type=INT), goes_on, _if(node.body, more, INT)
    kind = node.type
    if node.name in ("filter", "map"):
        item = Ident(0, node.variables[0], type=kind.params[0]) if node.name == "filter" else node.body
        step = Call(0, "_+_", None, [_accumulated(kind), ListLiteral(0, [item], type=kind)], type=kind)
        test = node.body if node.name == "filter" else node.condition
        return ListLiteral(0, [], type=kind), goes_on, step if test is None else _if(test, step, kind)
    entry = [node.body] if node.name == "transformMapEntry" else [Ident(0, node.variables[0]), node.body]
    put = Call(0, "cel.@mapInsert", None, [_accumulated(kind), *entry], type=kind)
    return MapLiteral(0, [], type=kind), goes_on, put if node.condition is None else _if(node.condition, put, kind)


def _if(test: Node, then: Node, kind: Type) -> Call:
    return Call(0, "_?_:_", None, [test, then, _accumulated(kind)], type=kind)


def _accumulated(kind: Type) -> Ident:
    return Ident(0, ACCUMULATOR, type=kind)


def _bind(name: str, value: Node, result: Node) -> Comprehension:
    never = Literal(0, False, type=BOOL)
    nothing = ListLiteral(0, [])
    return Comprehension(0, nothing, (), name, value, never, never, result, is_bind=True, type=result.type)


def _sorted(node: Fold) -> Comprehension:
    walked = Ident(0, _SORTED, type=node.range.type)
    keys = Fold(0, "map", walked, node.variables, node.body, type=list_of(node.body.type))
    call = Call(0, "@sortByAssociatedKeys", Ident(0, _SORTED, type=node.range.type), [keys], type=node.type)
    return _bind(_SORTED, node.range, call)


def _optional(node: OptionalMap) -> Call:
    inner = node.target.type.params[0] if node.target.type.kind == "optional_type" else node.body.type
    value = Call(0, "value", node.target, [], type=inner)
    made: Node = _bind(node.variable, value, node.body)
    if not node.is_flat:
        made = Call(0, "optional.of", None, [made], type=optional_of(node.body.type))
    is_there = Call(0, "hasValue", node.target, [], type=BOOL)
    nothing = Call(0, "optional.none", None, [], type=node.type)
    return Call(0, "_?_:_", None, [is_there, made, nothing], type=node.type)
