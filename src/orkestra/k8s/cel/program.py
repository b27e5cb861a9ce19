"""From text to a Program, and from bindings to a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from orkestra.k8s.cel.checker import check
from orkestra.k8s.cel.compiler import Closure, Compiler
from orkestra.k8s.cel.constants import check_constants
from orkestra.k8s.cel.errors import BudgetExceeded, CelCompileError, CelError, Issue
from orkestra.k8s.cel.literals import check_literals
from orkestra.k8s.cel.nodes import Ident, Node
from orkestra.k8s.cel.parser import parse
from orkestra.k8s.cel.types import DYN, Type
from orkestra.k8s.cel.walk import every_node

STEP_LIMIT = 1_000_000
"""Steps one evaluation may take, as many cost units as a kube-apiserver grants a call (pkg/apis/cel/config.go)."""


class Program:
    """A compiled expression: immutable, safe to share."""

    __slots__ = ("_run", "_size", "_slots", "result_type", "text", "uses")

    def __init__(self, text: str, tree: Node, result_type: Type, variables: Iterable[str]) -> None:
        self.text = text
        self.result_type = result_type
        self._slots = {name: index for index, name in enumerate(variables, 1)}
        compiler = Compiler(text, self._slots)
        self._run: Closure = compiler.compile(tree)
        self._size = compiler.slots
        self.uses = frozenset(node.name for node in every_node(tree) if isinstance(node, Ident)) & self._slots.keys()
        """The variables the expression mentions."""

    def evaluate(self, bindings: Mapping[str, Any], *, steps: int = STEP_LIMIT) -> Any:
        """The value. Bindings are JSON values (or CEL's own, see ``values``) and are only read. Raises CelError.

        A variable without a binding is an error only where the evaluation needs it.
        """
        return self.evaluate_counted(bindings, steps)[0]

    def evaluate_counted(self, bindings: Mapping[str, Any], steps: int) -> tuple[Any, int]:
        """The value and the steps left of ``steps``. Raises CelError."""
        frame: list[Any] = [steps] + [_UNBOUND] * (self._size - 1)
        for name, slot in self._slots.items():
            if name in bindings:
                frame[slot] = bindings[name]
        try:
            found = self._run(frame)
        except RecursionError:
            raise BudgetExceeded from None
        if found is _UNBOUND:
            raise CelError("no such attribute(s)")
        return found, frame[0]


class _Unbound:
    """Stands in the slot of a variable without a binding; no operation takes it."""

    __slots__ = ()


_UNBOUND = _Unbound()


def compile_cel(text: str, *, variables: Mapping[str, Type] | Iterable[str]) -> Program:
    """Compiles ``text``. ``variables`` gives each variable's type; names alone mean any type (checked when run).

    Raises CelCompileError: syntax, undeclared names, fields that do not exist, types that do not fit.
    """
    declared = dict(variables) if isinstance(variables, Mapping) else dict.fromkeys(variables, DYN)
    try:
        tree = parse(text)
        result_type = check(text, tree, declared)
        check_literals(text, tree)
        check_constants(text, tree, result_type)
        return Program(text, tree, result_type, declared)
    except RecursionError:  # long chains within deep nesting; each alone has its limit
        raise CelCompileError(text, [Issue(0, "expression recursion limit exceeded")]) from None
