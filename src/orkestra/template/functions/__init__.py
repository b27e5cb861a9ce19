"""The functions templates may call, by domain.

Owns the registry rows (``Function``) and the domains: Go's own, strings, math, conditional, types, data, collections,
time, cron, versions, networks, quantities, validation, and those about Kubernetes objects, which take an object and
answer a question about it (``objectfields`` says how leniently). Does not own the objects: related ones are read
under the ``_…`` keys where whoever gathers the data embeds them. Invariants: a function neither reads anything but
its arguments and the Environment nor changes them; it refuses by FunctionError alone; what it makes is bounded by
its arguments and the Environment's limits. Place: ``compile`` is given a mapping of these rows; documentation is
generated from them. The engine itself imports no domain: they are imported when the registry is first asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from orkestra.template.functions.function import Domain, Function
from orkestra.template.functions.go import go_functions


@cache
def domains() -> tuple[Domain, ...]:
    """The domains beside Go's own functions, in the order of the documentation. Imported here and not above: a
    template's engine needs none of them, and importing them all takes as long as the engine does."""
    from orkestra.template.functions.access import ACCESS
    from orkestra.template.functions.collections import COLLECTIONS
    from orkestra.template.functions.conditional import CONDITIONAL
    from orkestra.template.functions.container import CONTAINER
    from orkestra.template.functions.cron import CRON
    from orkestra.template.functions.data import DATA
    from orkestra.template.functions.domain import DOMAIN
    from orkestra.template.functions.hpa import HPA
    from orkestra.template.functions.ingress import INGRESS
    from orkestra.template.functions.job import JOB
    from orkestra.template.functions.kubernetes import KUBERNETES
    from orkestra.template.functions.labels import LABELS
    from orkestra.template.functions.math import MATH
    from orkestra.template.functions.names import NAMES
    from orkestra.template.functions.net import NET
    from orkestra.template.functions.node import NODE
    from orkestra.template.functions.pods import PODS
    from orkestra.template.functions.prometheus import PROMETHEUS
    from orkestra.template.functions.pvc import PVC
    from orkestra.template.functions.quantity import QUANTITY
    from orkestra.template.functions.random import RANDOM
    from orkestra.template.functions.replica import REPLICA
    from orkestra.template.functions.replicaset import REPLICASET
    from orkestra.template.functions.semver import SEMVER
    from orkestra.template.functions.serve import SERVE
    from orkestra.template.functions.service import SERVICE
    from orkestra.template.functions.statefulset import STATEFULSET
    from orkestra.template.functions.strings import STRINGS
    from orkestra.template.functions.time import TIME
    from orkestra.template.functions.types import TYPES
    from orkestra.template.functions.validation import VALIDATION
    from orkestra.template.functions.warnings import WARNINGS

    return (
        STRINGS,
        MATH,
        CONDITIONAL,
        TYPES,
        DATA,
        KUBERNETES,
        LABELS,
        ACCESS,
        COLLECTIONS,
        RANDOM,
        TIME,
        CRON,
        SEMVER,
        NET,
        QUANTITY,
        REPLICA,
        SERVICE,
        CONTAINER,
        JOB,
        HPA,
        INGRESS,
        NODE,
        PODS,
        PROMETHEUS,
        PVC,
        REPLICASET,
        STATEFULSET,
        WARNINGS,
        VALIDATION,
        NAMES,
        DOMAIN,
        SERVE,
    )


@cache
def builtin_functions() -> Mapping[str, Function]:
    """Every function a Katalog may use, by name. A name belongs to one domain only."""
    rows = dict(go_functions("empty"))
    for domain in domains():
        for row in domain.functions:
            if row.name in rows:
                raise ValueError(f"function {row.name} is defined in {rows[row.name].domain} and {domain.name}")
            rows[row.name] = row
    return MappingProxyType(rows)


__all__ = ["Domain", "Function", "builtin_functions", "domains"]
