"""Imports of whole packages by commands that live for a moment."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def for_good(package: str) -> Iterator[None]:
    """Around the first import of a package: what is imported is never garbage, so the garbage collector neither runs
    meanwhile nor walks it later."""
    if package in sys.modules or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
