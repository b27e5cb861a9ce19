"""Where in a box something is evaluated."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from orkestra.katalog.model import ForEach, ResourceEntry
from orkestra.katalog.terms import Binding, Condition
from orkestra.katalog.values import Value


class Site(NamedTuple):
    """Where something is evaluated: the forEach around it, its entry, and whether plain paths start at the child.

    ``is_elsewhere``: all of it looks at another object than the CR. ``roots`` are known here beside the usual ones;
    ``only``, where given, are the usual ones that are. ``calls`` are the external calls made by then, None all of them.
    ``name`` is what messages call the place. ``motif`` is the Motif whose inputs are in scope.
    """

    loop: ForEach | None = None
    entry: ResourceEntry | None = None
    own_child: bool = False
    is_elsewhere: bool = False
    roots: frozenset[str] = frozenset()
    only: frozenset[str] | None = None
    calls: frozenset[str] | None = None
    name: str = ""
    motif: Binding | None = None


Located: TypeAlias = tuple[Value | Condition | ForEach, Site]
"""Something that is evaluated, and where."""
