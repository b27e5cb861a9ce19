"""Random values: one stream of chance for each case, so that a case is named by its seed and number."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, TypeVar

T = TypeVar("T")

KEYS = ("a", "b", "c", "list", "map", "none", "é")
_LETTERS = "ab <>&'\"\\=%\t\né世😀\u2028\u200b"
_ODD = (
    "",
    "0",
    "-1",
    "1e3",
    "yes",
    "null",
    "~",
    "1.10",
    "0x1F",
    "\ufeff",
    "\ud800",
    "a" * 300,
    "{{",
    "}}",
    "%!d",
    "10Gi",
)
_NUMBERS = (0, 1, -1, 2, 3, 7, 64, 2**31, 2**53 + 1, 2**63 - 1, -(2**63), 100000, 1000000)
_REALS = (0.0, 0.5, 1.0, -1.5, 100000.0, 1e6, 1e20, 1e21, 1e-4, 1e-5, 0.1, 1.7976931348623157e308, 5e-324, -0.0)


class Chance(random.Random):
    """``seed`` is any text: ``"template:1:42"``."""

    def one(self, items: Sequence[T]) -> T:
        return items[int(self.random() * len(items))]

    def maybe(self, probability: float) -> bool:
        return self.random() < probability

    def up_to(self, most: int) -> int:
        """0 to ``most``, the small ones more often."""
        return int(self.random() * self.random() * (most + 1))

    def text(self, letters: str = _LETTERS, most: int = 6) -> str:
        return "".join(self.one(letters) for _ in range(self.up_to(most)))

    def scalar(self, odd: float = 0.0) -> Any:
        """``odd``: how often it is something that no manifest holds in good faith."""
        if odd and self.maybe(odd):
            return self.one(_ODD)
        kind = self.random()
        if kind < 0.1:
            return None
        if kind < 0.2:
            return self.maybe(0.5)
        if kind < 0.45:
            return self.one(_NUMBERS) if self.maybe(0.5) else self.randint(-3, 12)
        if kind < 0.6:
            return self.one(_REALS) if self.maybe(0.8) else self.random() * 10 ** self.randint(-8, 24)
        return self.one(("x", "text", "web-1", "nginx:1.27", "true")) if self.maybe(0.4) else self.text()

    def value(self, depth: int = 3, odd: float = 0.0) -> Any:
        kind = self.random()
        if depth <= 0 or kind < 0.6:
            return self.scalar(odd)
        if kind < 0.8:
            return [self.value(depth - 1, odd) for _ in range(self.up_to(4))]
        return {self.one(KEYS): self.value(depth - 1, odd) for _ in range(self.up_to(5))}

    def data(self, odd: float = 0.0) -> dict[str, Any]:
        """What a template sees. Mostly of the types its author expects; anything may be missing or otherwise."""
        if self.maybe(0.3):
            return {key: self.value(3, odd) for key in KEYS if self.maybe(0.7)}
        return {
            "a": self.one(("x", "é<", 0, 2, 1.5, True, False, "", 1000000)),
            "b": self.value(3, odd),
            "c": "text",
            "n": self.randint(-2, 4),
            "list": [self.one(("p", "q", 1, 0, 2.0, None, "é")) for _ in range(self.up_to(4))],
            "map": {self.one(KEYS): self.value(1, odd) for _ in range(self.up_to(5))},
        }
