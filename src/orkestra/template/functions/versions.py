"""Versions, read leniently (``v1.2`` is 1.2.0), and the constraints on them.

Rules: semver.org 2.0.0 for order; the grammar of constraints, and that a prerelease satisfies only a constraint that
names one, are those of the Masterminds semver library for Go (version 3), which Helm uses too. Where that library
surprises, this does not follow: ``~0.0.0`` is below 0.1.0, and ``*`` after ``<=``, ``^`` or ``!=`` still means any.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

_NUMBER: Final = r"(\d{1,20})"
_PART: Final = r"(\d{1,20}|[xX*])"
_IDENTIFIERS: Final = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_VERSION: Final = re.compile(
    rf"(v?){_NUMBER}(?:\.{_NUMBER})?(?:\.{_NUMBER})?(?:-({_IDENTIFIERS}))?(?:\+({_IDENTIFIERS}))?", re.A
)
_ONE: Final = (
    rf"(!=|=>|=<|>=|<=|~>|[=<>~^]|)\s*(v?){_PART}(?:\.{_PART})?(?:\.{_PART})?"
    rf"(?:-({_IDENTIFIERS}))?(?:\+{_IDENTIFIERS})?"
)
_FIRST: Final = re.compile(rf"\s*{_ONE}(?=[\s,]|$)", re.A)
_NEXT: Final = re.compile(rf"\s*[\s,]\s*{_ONE}(?=[\s,]|$)", re.A)
_BOUND: Final = rf"v?{_PART}(?:\.{_PART})?(?:\.{_PART})?(?:-{_IDENTIFIERS})?(?:\+{_IDENTIFIERS})?"
_HYPHEN: Final = re.compile(rf"\s*(?P<low>{_BOUND})\s+-\s+(?P<high>{_BOUND})\s*", re.A)
_MAX_LENGTH: Final = 256
_MAX_NUMBER: Final = 2**64 - 1


class VersionError(ValueError):
    """A text that is no version or no constraint; the text says why."""


@dataclass(frozen=True, slots=True)
class Version:
    """``prefix`` is the v it was written with, or nothing."""

    prefix: str
    major: int
    minor: int
    patch: int
    prerelease: str = ""
    build: str = ""

    def __str__(self) -> str:
        tail = (f"-{self.prerelease}" if self.prerelease else "") + (f"+{self.build}" if self.build else "")
        return f"{self.prefix}{self.major}.{self.minor}.{self.patch}{tail}"

    @property
    def rank(self) -> tuple[Any, ...]:
        """Sorts as versions do: numbers before words, a release after its prereleases; builds do not count."""
        parts = tuple(
            (0, int(part), "") if part.isdigit() else (1, 0, part)
            for part in (self.prerelease.split(".") if self.prerelease else ())
        )
        return self.major, self.minor, self.patch, not self.prerelease, parts


def parse_version(text: str) -> Version:
    """Raises VersionError."""
    found = _VERSION.fullmatch(text) if len(text) <= _MAX_LENGTH else None
    if found is None or _has_leading_zero(found[5] or ""):
        raise VersionError(f'"{text[:40]}" is no version: expected one such as 1.2.3')
    prefix, *numbers, prerelease, build = found.groups()
    major, minor, patch = (int(number or 0) for number in numbers)
    if max(major, minor, patch) > _MAX_NUMBER:
        raise VersionError(f'"{text[:40]}" is no version: its numbers end at {_MAX_NUMBER}')
    return Version(prefix, major, minor, patch, prerelease or "", build or "")


def _has_leading_zero(prerelease: str) -> bool:
    return any(part.isdigit() and len(part) > 1 and part[0] == "0" for part in prerelease.split("."))


Test = Callable[[Version], bool]
Rank = tuple[Any, ...]


@lru_cache(maxsize=256)
def parse_constraint(text: str) -> tuple[tuple[Test, ...], ...]:
    """One of the groups must hold, with every test in it. Raises VersionError."""
    if len(text) > _MAX_LENGTH:
        raise VersionError(f'"{text[:40]}…" is too long for a version constraint')
    return tuple(tuple(_group(part, text)) for part in text.split("||"))


def satisfies(version: Version, constraint: str) -> bool:
    """Raises VersionError for a constraint that is none."""
    return any(all(test(version) for test in group) for group in parse_constraint(constraint))


def _group(part: str, whole: str) -> list[Test]:
    """The tests of one alternative. Prereleases pass only where one of its versions is a prerelease."""
    part = _HYPHEN.sub(lambda found: f">={found['low']}, <={found['high']} ", part).rstrip()
    tests: list[Test] = []
    at, names_prerelease = 0, False
    while at < len(part) or not tests:
        found = (_NEXT if tests else _FIRST).match(part, at)
        if found is None or _has_leading_zero(found[6] or ""):
            raise VersionError(f'"{whole[:40]}" is no version constraint: expected one such as ^1.2 or >=1.2, <2')
        tests.append(_test(found))
        names_prerelease = names_prerelease or found[6] is not None
        at = found.end()
    return tests if names_prerelease else [lambda v: not v.prerelease, *tests]


def _test(found: re.Match[str]) -> Test:
    """The test of one operator and version. A part that is x, or missing, leaves room below it."""
    operator, _, *written, prerelease = found.groups()
    numbers: list[int] = []
    for part in written:
        if part is None or not part.isdigit():
            break
        numbers.append(int(part))
    given = len(numbers)
    major, minor, patch = [*numbers, 0, 0, 0][:3]
    low = Version("", major, minor, patch, prerelease or "")
    floor, ceiling = low.rank, _ceiling(numbers, given - 1)
    match operator:
        case "^":
            first = next((at for at, number in enumerate(numbers) if number), given - 1)
            return _between(floor, _ceiling(numbers, first))
        case "~" | "~>":
            return _between(floor, _ceiling(numbers, min(given - 1, 1)))
    return _comparison(operator, floor, ceiling, given == 3)


def _comparison(operator: str, floor: Rank, ceiling: Rank, is_exact: bool) -> Test:
    """With less than three numbers a version is a range: above it is beyond its end, at most is within it."""
    match operator:
        case ">" if not is_exact:
            return lambda v: bool(ceiling) and v.rank >= ceiling
        case ">":
            return lambda v: v.rank > floor
        case ">=" | "=>":
            return lambda v: v.rank >= floor
        case "<":
            return lambda v: v.rank < floor
        case "<=" | "=<" if not is_exact:
            return lambda v: not ceiling or v.rank < ceiling
        case "<=" | "=<":
            return lambda v: v.rank <= floor
    equals: Test = (lambda v: v.rank == floor) if is_exact else _between(floor, ceiling)
    return (lambda v: not equals(v)) if operator == "!=" else equals


def _between(floor: Rank, ceiling: Rank) -> Test:
    return lambda v: v.rank >= floor and (not ceiling or v.rank < ceiling)


def _ceiling(numbers: list[int], at: int) -> Rank:
    """The rank below all versions that begin beyond ``numbers[: at + 1]``; nothing when there is no such end."""
    if at < 0:
        return ()
    raised = [*numbers[:at], numbers[at] + 1, 0, 0][:3]
    # Prereleases of the ceiling lie below it, but are beyond it: the least of ranks shuts them out.
    return (*raised, False, ())
