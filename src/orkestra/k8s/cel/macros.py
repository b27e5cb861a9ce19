"""Macros: calls whose arguments are variables and bodies, not values.

Which exist and with how many arguments: cel-go parser/macro.go, ext/comprehensions.go, ext/lists.go, cel/library.go.
"""

from __future__ import annotations

from orkestra.k8s.cel.errors import CelCompileError, Issue
from orkestra.k8s.cel.nodes import Fold, Ident, Node, OptionalMap, Select

_FOLDS: dict[tuple[str, int], tuple[str, int, bool]] = {
    ("all", 2): ("all", 1, False), ("all", 3): ("all", 2, False),
    ("exists", 2): ("exists", 1, False), ("exists", 3): ("exists", 2, False),
    ("exists_one", 2): ("existsOne", 1, False), ("exists_one", 3): ("existsOne", 2, False),
    ("existsOne", 2): ("existsOne", 1, False), ("existsOne", 3): ("existsOne", 2, False),
    ("filter", 2): ("filter", 1, False), ("map", 2): ("map", 1, False), ("map", 3): ("map", 1, True),
    ("transformList", 3): ("map", 2, False), ("transformList", 4): ("map", 2, True),
    ("transformMap", 3): ("transformMap", 2, False), ("transformMap", 4): ("transformMap", 2, True),
    ("transformMapEntry", 3): ("transformMapEntry", 2, False),
    ("transformMapEntry", 4): ("transformMapEntry", 2, True), ("sortBy", 2): ("sortBy", 1, False),
}  # fmt: skip
"""(name, argument count) -> (fold, variables, does a filter stand before the body?)"""


def expand_function(text: str, offset: int, name: str, args: list[Node]) -> Node | None:
    """``has(a.b)``; None if the call is no macro. Raises CelCompileError."""
    if name != "has" or len(args) != 1:
        return None
    field = args[0]
    if not isinstance(field, Select) or field.is_optional:
        raise CelCompileError(text, [Issue(field.offset, "invalid argument to has() macro")])
    return Select(offset, field.operand, field.name, is_test=True)


def expand_method(text: str, offset: int, name: str, target: Node, args: list[Node]) -> Node | None:
    """``target.all(x, …)`` and its kin; None if the call is no macro. Raises CelCompileError."""
    if name in ("optMap", "optFlatMap") and len(args) == 2:
        variable = _variable(text, args[0])
        return OptionalMap(offset, target, variable, args[1], name == "optFlatMap")
    fold = _FOLDS.get((name, len(args)))
    if fold is None:
        return None
    kind, count, has_condition = fold
    variables = tuple(_variable(text, arg) for arg in args[:count])
    if len(set(variables)) != len(variables):
        raise CelCompileError(text, [Issue(args[1].offset, f"duplicate variable name: {variables[1]}")])
    condition = args[count] if has_condition else None
    return Fold(offset, kind, target, variables, args[-1], condition)


def _variable(text: str, node: Node) -> str:
    if not isinstance(node, Ident):
        raise CelCompileError(text, [Issue(node.offset, "argument must be a simple name")])
    return node.name
