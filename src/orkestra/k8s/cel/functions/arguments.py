"""Argument checks shared by the library."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from orkestra.k8s.cel.errors import no_such_overload


def typed(*kinds: type, optional: int = 0) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The function takes exactly these types; the last ``optional`` of them may be missing."""
    least, most = len(kinds) - optional, len(kinds)

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def call(*args: Any) -> Any:
            if not least <= len(args) <= most:
                raise no_such_overload()
            for value, kind in zip(args, kinds, strict=False):
                if type(value) is not kind and (kind is not list or not isinstance(value, list)):
                    raise no_such_overload()
            return function(*args)

        return call

    return decorate
