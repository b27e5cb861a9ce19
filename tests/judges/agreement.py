"""How often a judge and we agreed, and where we did not."""

from __future__ import annotations

import json
import os
import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

FIXED_SEED = "1"
FRESH_SEED = os.environ.setdefault("ORK_JUDGE_SEED", secrets.token_hex(4))
"""Another one with every run; workers inherit it."""
TIMES = float(os.environ.get("ORK_JUDGE_TIMES", "1"))
"""How many times the usual number of cases."""
SHOWN = int(os.environ.get("ORK_JUDGE_SHOWN", "8"))


@dataclass
class Agreement:
    """Of one judge. ``meant``: reasons for which the language differs, and how often each was met."""

    judge: str
    same: int = 0
    unasked: int = 0
    meant: Counter[str] = field(default_factory=Counter)
    differences: list[tuple[str, ...]] = field(default_factory=list)

    def hold(self, ours: Any, theirs: Any, *case: Any, why: str | None = None) -> None:
        """Counts one case. ``why`` names the meant difference that explains one, if any does."""
        if ours == theirs:
            self.same += 1
        elif why:
            self.meant[why] += 1
        else:
            shown = (_shown(part) for part in (*case, f"ours: {_shown(ours)}", f"judge: {_shown(theirs)}"))
            self.differences.append(tuple(shown))

    def check(self) -> None:
        """Fails with the shortest differences."""
        if self.differences:
            apart = {parts[0]: parts for parts in self.differences}.values()
            few = sorted(apart, key=lambda parts: sum(map(len, parts)))[:SHOWN]
            told = "\n".join("\n    ".join(parts) for parts in few)
            raise AssertionError(f"{self.judge}: {len(self.differences)} differences, the shortest:\n{told}")

    def summary(self) -> str:
        total = self.same + sum(self.meant.values()) + len(self.differences)
        parts = [f"{self.judge}: {self.same:,} of {total:,} the same"]
        parts += [f"{count:,} meant ({why})" for why, count in sorted(self.meant.items())]
        if self.unasked:
            parts.append(f"{self.unasked:,} not asked")
        return "; ".join((*parts, f"{len(self.differences)} differ"))


def names(judge: str, count: int) -> Iterator[list[str]]:
    """Names of cases in batches: half of them of the fixed seed, half of the fresh one."""
    half = max(1, int(count * TIMES / 2))
    for seed in (FIXED_SEED, FRESH_SEED):
        for first in range(0, half, 1000):
            yield [f"{judge}:{seed}:{number}" for number in range(first, min(first + 1000, half))]


def _shown(part: Any) -> str:
    text = part if isinstance(part, str) else json.dumps(part, ensure_ascii=False, default=str)
    return text if len(text) < 1500 else text[:1500] + "…"
