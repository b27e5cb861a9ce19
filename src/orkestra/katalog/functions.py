"""The template functions of a Katalog: the language's own, and those its ``notes`` declare.

The latter do not run yet. They compile as declarations without a body, so that a Katalog that uses them is told so
instead of being told that the function is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from orkestra.katalog.source import MapNode, Node, ScalarNode
from orkestra.katalog.source.nodes import ListNode
from orkestra.template import Function
from orkestra.template.functions import builtin_functions

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}", re.A)


def functions_of(tree: Node) -> Mapping[str, Function]:
    """Every function the file's templates may call, by name; one without a ``call`` cannot run yet. A note of a
    built-in function's name shadows it."""
    declared = {
        name: Function(name, "notes", f"{name}(…)", "Declared by the Katalog.", "", "", None, 0, None)
        for name in _declared_names(tree)
    }
    return {**builtin_functions(), **declared} if declared else builtin_functions()


def _declared_names(tree: Node) -> Iterator[str]:
    """``notes.functions[].name``, of those that are names."""
    notes = tree.get("notes") if isinstance(tree, MapNode) else None
    rows = notes.get("functions") if isinstance(notes, MapNode) else None
    for row in rows.items if isinstance(rows, ListNode) else ():
        name = row.get("name") if isinstance(row, MapNode) else None
        if isinstance(name, ScalarNode) and _NAME.fullmatch(name.text):
            yield name.text
