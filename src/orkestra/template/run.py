"""The state of one render: what it has used so far, and where its pieces go.

Counting is cheap on the way and exact at checkpoints: a loop decrements ``left``; when that is used up, or a large
piece is written, ``checkpoint`` adds up the pieces written since the last one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from orkestra.template.environment import Environment
from orkestra.template.errors import FunctionError

LARGE: Final = 4096
"""Texts and containers beyond this size are accounted for at once."""
_BETWEEN_CHECKPOINTS: Final = 64


class Run:
    """``data``: what the template is rendered with, for functions that are templates themselves."""

    __slots__ = ("counted", "data", "depth", "environment", "left", "max_size", "size", "steps")

    def __init__(self, environment: Environment, data: Mapping[str, Any]) -> None:
        self.environment = environment
        self.data = data
        self.max_size = environment.limits.output_bytes
        self.steps = 0
        self.left = _BETWEEN_CHECKPOINTS
        self.depth = 0
        self.size = 0
        self.counted = 0

    def checkpoint(self, out: list[str]) -> None:
        """Called when ``left`` has become negative or a large piece was written. Raises FunctionError."""
        self.settle()
        for at in range(self.counted, len(out)):
            self.size += len(out[at])
        self.counted = len(out)
        if self.size > self.max_size:
            raise FunctionError(f"the output is larger than {self.max_size} bytes")

    def settle(self) -> None:
        """Adds up the steps taken. Raises FunctionError when they are too many."""
        self.steps += _BETWEEN_CHECKPOINTS - self.left
        self.left = _BETWEEN_CHECKPOINTS
        if self.steps > self.environment.limits.steps:
            raise FunctionError(f"stopped after {self.environment.limits.steps} steps")

    def charge(self, value: Any) -> None:
        """Accounts for a large text or container that a function takes or makes. Raises FunctionError."""
        size = len(value)
        self.left -= size >> 6
        if self.left < 0:
            self.settle()
        if size > self.max_size and type(value) is str:
            raise FunctionError(f"a text of {size} characters is larger than the limit of {self.max_size}")

    def inner(self, data: Mapping[str, Any]) -> Run:
        """The run of a template within this one; what it uses counts here by ``leave``."""
        if self.depth >= self.environment.limits.depth:
            raise FunctionError(f"templates are nested deeper than {self.environment.limits.depth}")
        self.left -= 1
        self.settle()
        run = Run(self.environment, data)
        run.steps, run.depth = self.steps, self.depth + 1
        return run

    def leave(self, inner: Run) -> None:
        """Takes over what a run within this one has used. Raises FunctionError."""
        inner.settle()
        self.steps = inner.steps

    def enter(self, out: list[str]) -> None:
        """One template within another. Raises FunctionError."""
        self.depth += 1
        self.left -= 1
        if self.left < 0:
            self.checkpoint(out)
        if self.depth > self.environment.limits.depth:
            raise FunctionError(f"templates are nested deeper than {self.environment.limits.depth}")
