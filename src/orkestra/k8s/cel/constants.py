"""Constants that are converted, or used as patterns: done once, before anything runs, and wrong ones are refused
(cel-go interpreter/decorators.go, decOptimize and decRegexOptimizer).
"""

from __future__ import annotations

from typing import Any, Final

from orkestra.k8s.cel.errors import CelConstantError, CelError, Issue
from orkestra.k8s.cel.functions import FUNCTIONS
from orkestra.k8s.cel.functions.strings import regex_of
from orkestra.k8s.cel.nodes import Call, Literal, Node
from orkestra.k8s.cel.types import Type
from orkestra.k8s.cel.walk import every_node

_CONVERSIONS: Final = frozenset({"bool", "bytes", "double", "duration", "dyn", "int", "string", "timestamp", "uint"})
_PATTERNS: Final = frozenset({"find", "findAll", "matches"})
_NOT_CONSTANT: Final = object()


def check_constants(text: str, tree: Node, result_type: Type) -> None:
    """Raises CelConstantError for a conversion, such as ``int('a')``, that cannot succeed, and for a pattern that is
    none."""
    for node in sorted(every_node(tree), key=lambda each: each.offset):
        if isinstance(node, Call):
            try:
                _judge(node)
            except CelError as problem:
                raise CelConstantError(text, Issue(node.offset, problem.message), result_type) from None


def _judge(node: Call) -> None:
    """Raises CelError."""
    if _converts(node):
        _value(node)
    elif node.name in _PATTERNS and len(node.args) >= (2 if node.target is None else 1):
        pattern = _value(node.args[1 if node.target is None else 0])
        if isinstance(pattern, str):
            regex_of(pattern)


def _converts(node: Call) -> bool:
    return node.target is None and len(node.args) == 1 and node.name in _CONVERSIONS


def _value(node: Node) -> Any:
    """Raises CelError."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Call) and _converts(node):
        arg = _value(node.args[0])
        return arg if arg is _NOT_CONSTANT or node.name == "dyn" else FUNCTIONS[node.name](arg)
    return _NOT_CONSTANT
