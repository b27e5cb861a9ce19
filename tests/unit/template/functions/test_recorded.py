"""Layouts, durations, versions and constraints as Go and the semver library of Helm answer them (tests/golden)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from orkestra.template import TemplateError
from tests.unit.template.functions.examples import value_of

FOLDER = Path(__file__).parents[3] / "golden/functions"
CASES: dict[str, list[Any]] = json.loads((FOLDER / "cases.json").read_text())
ANSWERS: dict[str, dict[str, Any]] = json.loads((FOLDER / "answers.json").read_text())

# Where the library surprises: "*" is 0.0.0 after an operator, and "~0.0.0" is any version.
NOT_FOLLOWED = {"!=*", "<=*", ">*", "^*", "~0.0.0"}


def test_every_case_has_its_answer() -> None:
    for kind, answers in ANSWERS.items():
        assert set(map(str, CASES[kind])) == set(answers)


@pytest.mark.parametrize("layout", CASES["layouts"])
def test_a_time_in_a_layout_prints_as_in_go(layout: str) -> None:
    printed = [value_of("timeFormat .ts .layout", ts=ts, layout=layout) for ts in CASES["moments"]]
    assert printed == ANSWERS["layouts"][layout]


@pytest.mark.parametrize("nanoseconds", CASES["durations"])
def test_a_duration_prints_as_in_go(nanoseconds: int) -> None:
    found = value_of('durationAdd .span "0"', span=f"{nanoseconds}ns")
    assert found == ANSWERS["durations"][str(nanoseconds)]


@pytest.mark.parametrize("constraint", [text for text in CASES["constraints"] if text not in NOT_FOLLOWED])
def test_a_constraint_admits_what_it_admits_for_helm(constraint: str) -> None:
    def admits(version: str) -> bool:
        return bool(value_of("semverConstraint .v .c", v=version, c=constraint))

    admitted = ANSWERS["constraints"][constraint]
    if admitted is None:
        with pytest.raises(TemplateError, match=r"error calling semverConstraint: .* is no version constraint"):
            admits("1.2.3")
    else:
        assert [version for version in CASES["versions"] if admits(version)] == admitted.split()


@pytest.mark.parametrize("version", CASES["texts"], ids=repr)
def test_a_version_and_the_next_ones(version: str) -> None:
    expected = ANSWERS["texts"][version]
    assert value_of("semverValid .v", v=version) is (expected is not None)
    if expected is None:
        if version:
            with pytest.raises(TemplateError, match=r"error calling semverMajor: .* is no version"):
                value_of("semverMajor .v", v=version)
        return
    bumped = [value_of("semverBump .v .part", v=version, part=part) for part in ("major", "minor", "patch")]
    assert bumped == expected[1:]
    numbers = [value_of(f"semver{part} .v", v=version) for part in ("Major", "Minor", "Patch")]
    assert ".".join(numbers) == expected[0].partition("-")[0].partition("+")[0]


ORDERED = (
    "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 2.1.0 2.1.1"
)


def test_versions_are_ordered_as_the_standard_says() -> None:
    versions = ORDERED.split()
    for at, low in enumerate(versions):
        assert value_of("semverCompare .a .b", a=low, b=f"v{low}+build") == 0
        for high in versions[at + 1 :]:
            assert value_of("semverCompare .a .b", a=low, b=high) == -1
            assert value_of("semverCompare .a .b", a=high, b=low) == 1


@pytest.mark.parametrize(("a", "b", "expected"), [(None, "1.0.0", -1), ("1.0.0", "", 1), (None, "", 0)])
def test_a_missing_version_is_below_all(a: Any, b: Any, expected: int) -> None:
    assert value_of("semverCompare .a .b", a=a, b=b) == expected


def test_bumps_and_constraints_that_are_none() -> None:
    with pytest.raises(TemplateError, match='expected major, minor or patch; got "build"'):
        value_of('semverBump "1.2.3" "build"')
    with pytest.raises(TemplateError, match="too long for a version constraint"):
        value_of("semverConstraint .v .c", v="1.0.0", c="1" * 300)
    assert value_of('semverConstraint .v ">=1"', v=None) is False
    assert value_of('semverBump .v "minor"', v="") == ""
