"""The source of one shortcut while it is written.

Lines are made of generated names and fixed words only: ``v1`` for what is computed, ``c1`` for a constant. Constants
are handed to the function when it is made, which leaves templates of one shape with one and the same source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final, NamedTuple

from orkestra.template.environment import Environment
from orkestra.template.shortcut.support import NAMES

Shortcut = Callable[[Any, Environment], str | None]
"""(data, environment) -> the text; None, or any exception, to leave the render to the closures."""

MOST_LINES: Final = 500
MOST_DEPTH: Final = 16  # Python nests no more than 20 loops


class NotCovered(Exception):
    """The template has something that is left to the closures."""


class Value(NamedTuple):
    """What the written code has under ``name``. ``kind``: its exact type, where that is certain; then it is a scalar
    of ordinary size."""

    name: str
    kind: type | None = None


class Code:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.constants: list[Any] = []
        self.depth = 0
        self.made = 0

    def line(self, text: str) -> None:
        """Raises NotCovered when there are too many."""
        if len(self.lines) >= MOST_LINES:
            raise NotCovered
        self.lines.append("    " * (self.depth + 2) + text)

    def fresh(self) -> str:
        self.made += 1
        return f"v{self.made}"

    def set(self, expression: str, kind: type | None = None) -> Value:
        """A new name for what ``expression`` yields."""
        name = self.fresh()
        self.line(f"{name} = {expression}")
        return Value(name, kind)

    def constant(self, value: Any) -> str:
        self.constants.append(value)
        return f"c{len(self.constants)}"

    def constant_of(self, value: Value) -> Any:
        """What ``value`` always is, None when that depends on the data."""
        return self.constants[int(value.name[1:]) - 1] if value.name.startswith("c") else None

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """What is written meanwhile stands below ``head``. Raises NotCovered when blocks nest too deeply."""
        self.line(head)
        before = len(self.lines)
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise NotCovered
        yield
        if len(self.lines) == before:
            self.line("pass")
        self.depth -= 1

    def build(self, first: list[str]) -> Shortcut:
        """The function; ``first`` are the lines it begins with."""
        names = ", ".join(f"c{number + 1}" for number in range(len(self.constants)))
        head = [f"def make({names}):", "    def shortcut(data, env):", *("        " + line for line in first)]
        made: Shortcut = maker_of("\n".join([*head, *self.lines, "    return shortcut"]))(*self.constants)
        return made


def joined(names: list[str]) -> str:
    """The expression for texts, and whole numbers, one after the other."""
    return 'f"' + "".join("{" + name + "}" for name in names) + '"'


@lru_cache(maxsize=512)
def maker_of(source: str) -> Callable[..., Shortcut]:
    """What makes shortcuts of one source from their constants."""
    found: dict[str, Callable[..., Shortcut]] = {}
    exec(compile(source, "<shortcut>", "exec"), NAMES, found)
    return found["make"]
