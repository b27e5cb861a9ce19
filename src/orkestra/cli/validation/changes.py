"""Running again whenever a file changes. Asks for times and sizes: no file system lets every file be watched."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from orkestra.katalog.source.parse import MAX_BYTES

POLL_SECONDS: Final = 0.5
_NAMED = re.compile(r"""\bcrdFile["']?[ \t]*:[ \t]*["']?([^\s"',}\x00]+)""")

Stamp: TypeAlias = tuple[tuple[str, int, int], ...]


def stamp_of(names: Iterable[str]) -> Stamp:
    """(name, time of the last change, size) of every file; a file that is gone has neither."""
    found: list[tuple[str, int, int]] = []
    for name in names:
        try:
            status = os.stat(name)
            found.append((name, status.st_mtime_ns, status.st_size))
        except (OSError, ValueError):
            found.append((name, 0, 0))
    return tuple(found)


def files_named_in(names: Iterable[str]) -> list[str]:
    """The CRD files that definitions name, wherever they lie."""
    found: set[str] = set()
    for name in names:
        try:
            with open(name, "rb") as file:
                text = file.read(MAX_BYTES).decode("utf-8", "replace")
        except (OSError, ValueError):
            continue
        found.update(os.path.normpath(os.path.join(os.path.dirname(name), each)) for each in _NAMED.findall(text))
    return sorted(found)


def run_on_changes(
    run: Callable[[], object], names: Callable[[], Iterable[str]], *, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Calls ``run`` now and after every change of the files that ``names`` gives, until Ctrl-C."""
    before: Stamp | None = None
    try:
        while True:
            now = stamp_of(names())
            if now != before:
                before = now
                run()
            sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        return
