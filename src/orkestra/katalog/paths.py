"""Dotted field paths: ``spec.containers[0].image``, ``metadata.labels["app.kubernetes.io/name"]``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeAlias

Path: TypeAlias = tuple[str, ...]

_STEP = re.compile(r"""\[(?:"([^"]*)"|'([^']*)'|([^\[\]"']+))\]|(?:^\.?|\.)([^.\[\]\s"']+)""")
_MAX_LENGTH = 1024


class _Absent:
    __slots__ = ()

    def __bool__(self) -> bool:
        return False


ABSENT: Final = _Absent()
"""What ``find`` gives for a path that leads nowhere; null is a value, this is not."""


class PathError(ValueError):
    """A path that does not parse; the text says why."""


@lru_cache(maxsize=1024)
def parse_path(text: str) -> Path:
    """The steps of a path; list indexes are steps too. Raises PathError."""
    steps: list[str] = []
    at = 0
    while at < len(text) and len(text) <= _MAX_LENGTH:
        found = _STEP.match(text, at)
        if found is None:
            break
        steps.append(next(part for part in found.groups() if part is not None))
        at = found.end()
    if not steps or at < len(text):
        raise PathError(f'"{text[:60]}" is not a field path: expected names joined by dots, such as spec.image')
    return tuple(steps)


def find(data: Any, path: Path) -> Any:
    """The value at ``path`` or ABSENT. Where a step names nothing, the steps joined by dots are tried as one key, so
    that label keys need no quotes."""
    for n, step in enumerate(path):
        if isinstance(data, Mapping):
            if step in data:
                data = data[step]
                continue
            for end in range(len(path), n + 1, -1):
                joined = ".".join(path[n:end])
                if joined in data:
                    return find(data[joined], path[end:])
            return ABSENT
        if isinstance(data, Sequence) and not isinstance(data, str) and step.isascii() and step.isdigit():
            index = int(step[:9])
            if index >= len(data):
                return ABSENT
            data = data[index]
            continue
        return ABSENT
    return data
