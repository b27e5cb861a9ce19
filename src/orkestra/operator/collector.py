"""The garbage collector's share in a process that holds tens of thousands of objects for good.

Almost all that a reconcile makes is freed by reference counts. A full collection finds next to nothing, yet walks every
cache: with 40,000 cached objects and a hundred kinds that was half of the processor time, in pauses of up to a second.
"""

from __future__ import annotations

import gc

YOUNG = 20_000
"""Container objects made and not freed before a collection; what cycles may hold meanwhile is some megabytes."""
MIDDLE = 20
OLD = 50


def spare_caches() -> None:
    """Call once, when all modules are loaded and the definition is: none of that is ever garbage. Process-wide."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
