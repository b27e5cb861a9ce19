"""The function library: one module a domain, each a table from CEL name to a Python function of values.

A method's target is its first argument. Functions check their argument types and raise CelError; those that know the
result will be large say so through the budget of their caller, which charges by size.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orkestra.k8s.cel.errors import no_such_overload
from orkestra.k8s.cel.functions import (
    addresses,
    conversions,
    formats,
    lists,
    quantities,
    strings,
    times,
    urls,
    versions,
)
from orkestra.k8s.cel.values import Quantity, Semver

FUNCTIONS: dict[str, Callable[..., Any]] = {
    **conversions.FUNCTIONS,
    **strings.FUNCTIONS,
    **lists.FUNCTIONS,
    **times.FUNCTIONS,
    **urls.FUNCTIONS,
    **addresses.FUNCTIONS,
    **quantities.FUNCTIONS,
    **versions.FUNCTIONS,
    **formats.FUNCTIONS,
}


def _either(*choices: tuple[type | tuple[type, ...], Callable[..., Any]]) -> Callable[..., Any]:
    """One name in several domains: the type of the first argument decides."""

    def call(*args: Any) -> Any:
        for kind, function in choices:
            if args and isinstance(args[0], kind):
                return function(*args)
        raise no_such_overload()

    return call


def _share(name: str, *choices: tuple[type | tuple[type, ...], Callable[..., Any]]) -> None:
    FUNCTIONS[name] = _either(*choices)


_share("indexOf", (str, strings.index_of), (list, lists.index_of))
_share("lastIndexOf", (str, strings.last_index_of), (list, lists.last_index_of))
_share("isGreaterThan", (Quantity, quantities.is_greater), (Semver, versions.is_greater))
_share("isLessThan", (Quantity, quantities.is_less), (Semver, versions.is_less))
_share("compareTo", (Quantity, quantities.compare_to), (Semver, versions.compare_to))
