"""Which slot of a frame a variable lives in.

A frame is a list: the root value ``$`` first, then the Run, then one slot per variable. Names resolve by the blocks
of the text, which is what Go's run-time stack of names comes to: a name declared again in one block takes the
same slot, because nothing can read the older value any more.
"""

from __future__ import annotations

from typing import Final

ROOT: Final = 0
RUN: Final = 1
FIRST: Final = 2


class Scope:
    def __init__(self) -> None:
        self.blocks: list[dict[str, int]] = [{"$": ROOT}]
        self.size = FIRST
        self.uncertain: set[int] = set()
        """Slots whose declaration may be skipped, in an argument of ``and`` or ``or``."""

    def open(self) -> None:
        self.blocks.append({})

    def close(self) -> None:
        self.blocks.pop()

    def declare(self, name: str, is_certain: bool = True) -> int:
        slot = self.blocks[-1].get(name)
        if slot is None:
            slot = self.size
            self.size += 1
            self.blocks[-1][name] = slot
            if not is_certain:
                self.uncertain.add(slot)
        elif is_certain:
            self.uncertain.discard(slot)
        return slot

    def find(self, name: str) -> int | None:
        for block in reversed(self.blocks):
            if name in block:
                return block[name]
        return None
