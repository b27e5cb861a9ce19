"""The functions templates may call, by domain.

Owns the registry rows (``Function``) and the pure domains: Go's own, strings, math, conditional, types, data. Domains
about Kubernetes objects, time or randomness join as modules of their own. Invariants: a function neither reads
anything but its arguments and the Environment nor changes them; it refuses by FunctionError; what it makes is
bounded by the Environment's limits. Place: ``compile`` is given a mapping of these rows; documentation is generated
from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from orkestra.template.functions.conditional import CONDITIONAL
from orkestra.template.functions.data import DATA
from orkestra.template.functions.function import Domain, Function
from orkestra.template.functions.go import go_functions
from orkestra.template.functions.math import MATH
from orkestra.template.functions.strings import STRINGS
from orkestra.template.functions.types import TYPES

DOMAINS = (STRINGS, MATH, CONDITIONAL, TYPES, DATA)


@cache
def builtin_functions() -> Mapping[str, Function]:
    """Every function a Katalog may use, by name. A name belongs to one domain only."""
    rows = dict(go_functions("empty"))
    for domain in DOMAINS:
        for row in domain.functions:
            if row.name in rows:
                raise ValueError(f"function {row.name} is defined in {rows[row.name].domain} and {domain.name}")
            rows[row.name] = row
    return MappingProxyType(rows)


__all__ = ["DOMAINS", "Domain", "Function", "builtin_functions"]
