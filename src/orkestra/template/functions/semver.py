"""Semantic versions: their parts, order, next ones and constraints."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from orkestra.template.errors import FunctionError
from orkestra.template.functions.arguments import text
from orkestra.template.functions.function import Domain
from orkestra.template.functions.versions import Version, VersionError, parse_version, satisfies

SEMVER: Final = Domain("semver", [])
function = SEMVER.function


def _version(value: Any) -> Version | None:
    written = text(value)
    if not written:
        return None
    try:
        return parse_version(written)
    except VersionError as problem:
        raise FunctionError(str(problem)) from None


@function("semverMajor(v string) string", "The first number.", '{{ semverMajor "v1.27.3" }}', "1")
def semver_major(v: Any) -> str:
    found = _version(v)
    return str(found.major) if found else ""


@function("semverMinor(v string) string", "The second number.", '{{ semverMinor "v1.27.3" }}', "27")
def semver_minor(v: Any) -> str:
    found = _version(v)
    return str(found.minor) if found else ""


@function("semverPatch(v string) string", "The third number.", '{{ semverPatch "v1.27.3" }}', "3")
def semver_patch(v: Any) -> str:
    found = _version(v)
    return str(found.patch) if found else ""


@function(
    "semverValid(v string) bool",
    "Whether it is a version; a leading v and missing numbers are allowed.",
    '{{ semverValid "1.27" }}',
    "true",
)
def semver_valid(v: Any) -> bool:
    try:
        return _version(v) is not None
    except FunctionError:
        return False


@function(
    "semverCompare(a string, b string) int",
    "-1, 0 or 1 as a is below, equal to or above b; a missing version is below all.",
    '{{ semverCompare "1.10.0" "1.9.0" }}',
    "1",
)
def semver_compare(a: Any, b: Any) -> int:
    first, second = _version(a), _version(b)
    if first is None or second is None:
        return (first is not None) - (second is not None)
    return (first.rank > second.rank) - (first.rank < second.rank)


@function(
    "semverBump(v string, part string) string",
    "The next major, minor or patch version; the next patch of a prerelease is its release.",
    '{{ semverBump "v1.27.3" "minor" }}',
    "v1.28.0",
)
def semver_bump(v: Any, part: Any) -> str:
    found, which = _version(v), text(part)
    if which not in ("major", "minor", "patch"):
        raise FunctionError(f'expected major, minor or patch; got "{which[:40]}"')
    if found is None:
        return ""
    plain = replace(found, prerelease="", build="")
    if which == "major":
        return str(replace(plain, major=found.major + 1, minor=0, patch=0))
    if which == "minor":
        return str(replace(plain, minor=found.minor + 1, patch=0))
    return str(plain if found.prerelease else replace(plain, patch=found.patch + 1))


@function(
    "semverConstraint(v string, constraint string) bool",
    "Whether the version satisfies it: = != > < >= <= ~ ^, x for any, 1.2 - 1.4, commas for and, || for or.",
    '{{ semverConstraint "1.27.3" ">=1.25, <2" }}',
    "true",
)
def semver_constraint(v: Any, constraint: Any) -> bool:
    found, written = _version(v), text(constraint)
    try:
        return found is not None and satisfies(found, written)
    except VersionError as problem:
        raise FunctionError(str(problem)) from None
