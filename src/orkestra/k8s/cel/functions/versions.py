"""Kubernetes' semver library (k8s.io/apiserver pkg/cel/library/semverlib.go; grammar: semver.org 2.0.0)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from orkestra.k8s.cel.errors import CelError
from orkestra.k8s.cel.functions.arguments import typed
from orkestra.k8s.cel.values import UINT_MAX, Semver

_NUMBER = r"(0|[1-9]\d*)"
_SEMVER = re.compile(
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?",
    re.A,
)


def parse_semver(text: str) -> Semver:
    """Raises ValueError."""
    found = _SEMVER.fullmatch(text) if len(text) <= 1024 else None
    if found is None:
        has_parts = text.count(".") >= 2
        raise ValueError(f"Invalid semantic version {text!r}" if has_parts else "No Major.Minor.Patch elements found")
    prerelease: list[int | str] = []
    for part in found[4].split(".") if found[4] else ():
        if part.isdigit():
            if len(part) > 1 and part[0] == "0":
                raise ValueError(f'Numeric PreRelease version must not contain leading zeroes "{part}"')
            prerelease.append(int(part))
        else:
            prerelease.append(part)
    major, minor, patch = (int(found[index]) for index in (1, 2, 3))
    if max(major, minor, patch) > UINT_MAX:
        raise ValueError("value out of range")
    return Semver(major, minor, patch, tuple(prerelease), found[5] or "")


def normalize(text: str) -> str:
    """``v1.02`` -> ``1.2.0``."""
    head = re.match(r"[^-+]*", text.removeprefix("v"))
    assert head is not None
    parts = head.group().split(".")
    rest = text.removeprefix("v")[head.end() :]
    parts = [part.lstrip("0") or "0" if part.isdigit() else part for part in parts]
    return ".".join(parts + ["0"] * (3 - len(parts))) + rest


@typed(str, bool, optional=1)
def to_semver(text: str, should_normalize: bool = False) -> Semver:
    try:
        return parse_semver(normalize(text) if should_normalize else text)
    except ValueError as problem:
        raise CelError(str(problem)) from None


@typed(str, bool, optional=1)
def is_semver(text: str, should_normalize: bool = False) -> bool:
    try:
        parse_semver(normalize(text) if should_normalize else text)
    except ValueError:
        return False
    return True


def _rank(version: Semver) -> tuple[Any, ...]:
    """Numbers sort before words, a release after its prereleases; builds do not count."""
    parts = tuple((0, part, "") if isinstance(part, int) else (1, 0, part) for part in version.prerelease)
    return version.major, version.minor, version.patch, not version.prerelease, parts


@typed(Semver, Semver)
def compare_to(left: Semver, right: Semver) -> int:
    a, b = _rank(left), _rank(right)
    return (a > b) - (a < b)


def is_greater(left: Any, right: Any) -> bool:
    return bool(compare_to(left, right) > 0)


def is_less(left: Any, right: Any) -> bool:
    return bool(compare_to(left, right) < 0)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "semver": to_semver,
    "isSemver": is_semver,
    "major": typed(Semver)(lambda version: version.major),
    "minor": typed(Semver)(lambda version: version.minor),
    "patch": typed(Semver)(lambda version: version.patch),
}
