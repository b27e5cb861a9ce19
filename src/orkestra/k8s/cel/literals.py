"""Constant arguments that can be judged before anything runs: patterns, durations, timestamps (cel-go
cel/validator.go), and what ``format`` is given (ext/formatting.go).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from orkestra.k8s.cel.errors import CelCompileError, CelError, Issue
from orkestra.k8s.cel.functions.formatting import TAKES, verbs
from orkestra.k8s.cel.functions.strings import regex_of
from orkestra.k8s.cel.functions.times import to_duration, to_timestamp
from orkestra.k8s.cel.nodes import Call, ListLiteral, Literal, MapLiteral, Node
from orkestra.k8s.cel.walk import every_node

_KINDS: Final = {
    "d": frozenset({"int", "uint", "dyn"}),
    "f": frozenset({"double", "string", "dyn"}),
    "e": frozenset({"double", "string", "dyn"}),
    "b": frozenset({"int", "uint", "bool", "dyn"}),
    "x": frozenset({"int", "uint", "string", "bytes", "dyn"}),
    "o": frozenset({"int", "uint", "dyn"}),
}
_SHOWN: Final = frozenset(
    ("bool", "bytes", "double", "duration", "int", "null", "string", "timestamp", "uint", "type", "list", "map", "dyn")
)
_GO_NAMES: Final = {"duration": "google.protobuf.Duration", "timestamp": "google.protobuf.Timestamp"}
_JUDGES: dict[str, Callable[[Any], Any]] = {"matches": regex_of, "duration": to_duration, "timestamp": to_timestamp}


def check_literals(text: str, tree: Node) -> None:
    """Raises CelCompileError."""
    issues: list[Issue] = []
    for node in every_node(tree):
        if isinstance(node, Call) and node.name == "format" and node.target is not None:
            issues += _format_issues(node)
        elif isinstance(node, Call) and node.name in _JUDGES and node.args:
            arg = node.args[-1]
            if isinstance(arg, Literal) and type(arg.value) in (str, int):
                try:
                    _JUDGES[node.name](arg.value)
                except CelError:
                    issues.append(Issue(arg.offset, f"invalid {node.name} argument"))
    if issues:
        raise CelCompileError(text, issues)


def _format_issues(node: Call) -> list[Issue]:
    """Of a call of a literal with a literal list: the first clause that its argument does not fit, or arguments too
    many."""
    text, args = node.target, node.args[0] if len(node.args) == 1 else None
    if not isinstance(text, Literal) or type(text.value) is not str or not isinstance(args, ListLiteral):
        return []
    used = 0
    for verb in verbs(text.value):
        if isinstance(verb, CelError):
            return [Issue(node.offset, verb.message)]
        if used >= len(args.items):
            return [Issue(node.offset, f"index {used} out of range")]
        odd = _misfit(verb, args.items[used])
        if odd is not None:
            return [
                Issue(
                    odd.offset,
                    f"error during formatting: {TAKES[verb]}, was given {_GO_NAMES.get(odd.type.kind, odd.type.kind)}",
                )
            ]
        used += 1
    if len(args.items) > used:
        told = f"too many arguments supplied to string.format (expected {used}, got {len(args.items)})"
        return [Issue(node.offset, told)]
    return []


def _misfit(verb: str, arg: Node) -> Node | None:
    """The part of an argument whose type a clause does not take."""
    kinds = _KINDS.get(verb.lower())
    if kinds is not None:
        return None if arg.type.kind in kinds or arg.type.is_param else arg
    if isinstance(arg, ListLiteral):
        return next((odd for item in arg.items if (odd := _misfit(verb, item))), None)
    if isinstance(arg, MapLiteral):
        return next((odd for entry in arg.entries for part in entry if (odd := _misfit(verb, part))), None)
    return None if arg.type.kind in _SHOWN or arg.type.is_param else arg
