"""Comparing resourceVersions.

Those of one resource compare as integers (k8s.io/apimachinery pkg/util/resourceversion, documented for clients since
Kubernetes 1.35; true of etcd revisions before). An aggregated API server may use other strings: they only tell equal
from different.
"""

from __future__ import annotations


def rank(version: str) -> int | None:
    """The version as a number, or None if it is not one."""
    # isdecimal alone accepts other scripts' digits; the length bound keeps int() linear on hostile input.
    return int(version) if version.isascii() and version.isdecimal() and len(version) <= 40 else None


def is_newer(version: str, than: str) -> bool:
    """Whether ``version`` is newer; where they do not compare, whether it is different."""
    left, right = rank(version), rank(than)
    if left is None or right is None:
        return version != than
    return left > right


def is_older(version: str, than: str) -> bool:
    """Whether ``version`` is certainly older."""
    left, right = rank(version), rank(than)
    return left is not None and right is not None and left < right
