"""The field paths an expression reads: what is known about it beside its type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from orkestra.k8s.cel.access import unescape
from orkestra.k8s.cel.nodes import Fold, Ident, Index, Literal, Node, OptionalMap, Select
from orkestra.k8s.cel.parser import parse
from orkestra.k8s.cel.walk import inner_nodes

_Open: TypeAlias = tuple[Node, frozenset[str]]
_CHAIN = re.compile(r"[\w.]+", re.ASCII)


class Chain(NamedTuple):
    """``a.b["c"]`` as (a, b, c); an index that is no constant is ``*``. ``offset`` is where it begins, ``width`` how
    long it is as far as names and dots go."""

    path: tuple[str, ...]
    offset: int
    width: int


def chains(text: str) -> Iterator[Chain]:
    """The longest paths from each variable of a text that compiles; what macros declare is no variable."""
    waiting: list[_Open] = [(parse(text), frozenset())]
    while waiting:
        node, bound = waiting.pop()
        match node:
            case Select() | Index() | Ident():
                base, steps = _climb(node, bound, waiting)
                if isinstance(base, Ident) and base.name not in bound:
                    written = _CHAIN.match(text, base.offset)
                    yield Chain((base.name, *steps), base.offset, len(written.group()) if written else 1)
                elif not isinstance(base, Ident):
                    waiting.append((base, bound))
            case Fold():
                inside = bound | frozenset(node.variables)
                waiting += [(node.range, bound), (node.body, inside)]
                waiting += [(node.condition, inside)] if node.condition is not None else []
            case OptionalMap():
                waiting += [(node.target, bound), (node.body, bound | {node.variable})]
            case _:
                waiting += [(each, bound) for each in inner_nodes(node)]


def _climb(node: Node, bound: frozenset[str], waiting: list[_Open]) -> tuple[Node, list[str]]:
    """What a chain begins with, and its steps; indexes that are computed are looked at later."""
    steps: list[str] = []
    while isinstance(node, Select | Index):
        if isinstance(node, Select):
            steps.append(unescape(node.name))
        elif isinstance(node.index, Literal):
            steps.append(str(node.index.value))
        else:
            steps.append("*")
            waiting.append((node.index, bound))
        node = node.operand
    return node, steps[::-1]
