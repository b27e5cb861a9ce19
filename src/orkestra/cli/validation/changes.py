"""Running again whenever a file changes. Asks for times and sizes: no file system lets every file be watched."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

POLL_SECONDS: Final = 0.5

Stamp: TypeAlias = dict[str, tuple[int, int]]
"""Time of the last change and size of every file; both 0 for one that is not there."""


def stamp_of(names: Iterable[str]) -> Stamp:
    found: Stamp = {}
    for name in names:
        try:
            status = os.stat(name)
            found[name] = (status.st_mtime_ns, status.st_size)
        except (OSError, ValueError):
            found[name] = (0, 0)
    return found


def run_on_changes(
    run: Callable[[], object], names: Callable[[], Iterable[str]], *, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Calls ``run`` now and after every change of the files that ``names`` gives, until Ctrl-C. What a run adds to the
    names counts from its end, what was known before from its beginning."""
    before: Stamp | None = None
    try:
        while True:
            now = stamp_of(names())
            if now != before:
                run()
                after = stamp_of(names())
                before = {name: now.get(name, stamp) for name, stamp in after.items()}
            sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        return
