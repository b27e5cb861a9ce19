"""Finalizers: read, add, remove; names in the order the object has them. Objects given are never changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from orkestra.k8s.objects import Object, finalizers_of, metadata_of

FOREGROUND = "foregroundDeletion"
"""The garbage collector's: the object goes after its dependents that block it."""
ORPHAN = "orphan"
"""The garbage collector's: dependents lose their reference and stay."""

_QUALIFIED = re.compile(r"[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")


def has_finalizer(obj: Mapping[str, Any], finalizer: str) -> bool:
    return finalizer in finalizers_of(obj)


def is_finalizer_name(name: str) -> bool:
    """``domain/name``, or one of the garbage collector's own (k8s.io/kubernetes pkg/apis/core/validation)."""
    return name in (FOREGROUND, ORPHAN, "kubernetes") or _QUALIFIED.fullmatch(name) is not None


def with_finalizer(obj: Object, finalizer: str) -> Object:
    """The object itself where it has the finalizer, else a copy with it in last place."""
    if has_finalizer(obj, finalizer):
        return obj
    return {**obj, "metadata": {**metadata_of(obj), "finalizers": [*finalizers_of(obj), finalizer]}}


def without_finalizer(obj: Object, finalizer: str) -> Object:
    """The object itself where it lacks the finalizer, else a copy without it; an empty list leaves the metadata."""
    if not has_finalizer(obj, finalizer):
        return obj
    left = [name for name in finalizers_of(obj) if name != finalizer]
    metadata = {key: value for key, value in metadata_of(obj).items() if key != "finalizers"}
    return {**obj, "metadata": {**metadata, "finalizers": left} if left else metadata}
