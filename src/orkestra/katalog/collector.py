"""Python's garbage collector, kept out of the way of what forms no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused_collector() -> Iterator[None]:
    """Loading makes many objects that refer to each other one way only: the collector would walk them over and over,
    and everything else with them, and find nothing."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
