"""Constant arguments that can be judged before anything runs: patterns, durations, timestamps (cel-go
cel/validator.go).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orkestra.k8s.cel.errors import CelCompileError, CelError, Issue
from orkestra.k8s.cel.functions.strings import regex_of
from orkestra.k8s.cel.functions.times import to_duration, to_timestamp
from orkestra.k8s.cel.nodes import Call, Literal, Node
from orkestra.k8s.cel.walk import every_node

_JUDGES: dict[str, Callable[[Any], Any]] = {"matches": regex_of, "duration": to_duration, "timestamp": to_timestamp}


def check_literals(text: str, tree: Node) -> None:
    """Raises CelCompileError."""
    issues = []
    for node in every_node(tree):
        if isinstance(node, Call) and node.name in _JUDGES and node.args:
            arg = node.args[-1]
            if isinstance(arg, Literal) and type(arg.value) is str:
                try:
                    _JUDGES[node.name](arg.value)
                except CelError:
                    issues.append(Issue(arg.offset, f"invalid {node.name} argument"))
    if issues:
        raise CelCompileError(text, issues)
