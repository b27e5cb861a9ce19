"""Definitions at their end, and for other versions: told by the day and the versions, both given."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from orkestra import __version__
from orkestra.katalog import Diagnostic, load, load_text
from orkestra.katalog.checks.lifecycle import versions_near
from orkestra.katalog.schema.documents import LANGUAGE_VERSION
from orkestra.template.functions.semver import semver_constraint

HEAD = "apiVersion: orkestra.orkspace.io/v1\nkind: {}\nmetadata: {{name: {}}}\n"
BEFORE, WARNING, LAST, ENDED = (
    datetime.date(*day) for day in ((2026, 12, 31), (2027, 1, 1), (2027, 5, 31), (2027, 6, 1))
)
ENDING = "deprecation: {message: use news, migratedTo: 'news:2.0.0', timeline: {from: 2027-01-01, to: 2027-06-01}%s}"


def judged(tmp_path: Path, lifecycle: str, day: datetime.date | None, **files: str) -> list[Diagnostic]:
    """The findings of a Katalog with this lifecycle, on a day."""
    text = HEAD.format("Katalog", "shop") + f"lifecycle: {{{lifecycle}}}\nspec: {{crds: {{}}}}\n"
    for name, content in {"katalog": text, **files}.items():
        (tmp_path / f"{name}.yaml").write_text(content)
    entry = "komposer" if "komposer" in files else "katalog"
    found = load(tmp_path / f"{entry}.yaml", root=tmp_path, today=day)[1]
    return [each for each in found if not each.is_unsupported]


@pytest.mark.parametrize(
    ("accept", "day", "told"),
    [
        ("", None, ""),
        ("", BEFORE, ""),
        ("", WARNING, "this Katalog ends on 2027-06-01: use news"),
        ("", LAST, "this Katalog ends on 2027-06-01: use news"),
        ("", ENDED, "this Katalog ended on 2027-06-01: use news"),
        (", accept: {beforeEol: true}", WARNING, ""),
        (", accept: {beforeEol: true}", ENDED, "this Katalog ended on 2027-06-01: use news"),
        (", accept: {beforeEol: true, eol: true}", ENDED, ""),
    ],
)
def test_an_end_is_told_from_its_first_day_on(
    tmp_path: Path, accept: str, day: datetime.date | None, told: str
) -> None:
    found = judged(tmp_path, ENDING % accept, day)
    assert [(each.code, each.severity.value, each.message, each.hint) for each in found] == (
        [("ORK1514", "warning", told, "use news:2.0.0")] if told else []
    )


def test_accepting_an_end_takes_accepting_what_comes_before_it(tmp_path: Path) -> None:
    found = judged(tmp_path, ENDING % ", accept: {eol: true}", BEFORE)
    assert [(each.code, each.hint) for each in found] == [("ORK1502", "write beforeEol: true beside it")]


def komposer(tmp_path: Path, lifecycle: str, day: datetime.date) -> list[Diagnostic]:
    text = HEAD.format("Komposer", "all") + f"imports: {{files: [katalog.yaml]}}\n{lifecycle}"
    return judged(tmp_path, ENDING % "", day, komposer=text)


def test_a_komposer_is_told_of_the_end_of_what_it_brings_in(tmp_path: Path) -> None:
    assert komposer(tmp_path, "", BEFORE) == []
    (found,) = komposer(tmp_path, "", WARNING)
    assert (found.code, found.message) == ("ORK1514", "imports.files[0]: shop ends on 2027-06-01: use news")
    assert found.file.endswith("komposer.yaml") and "accept: {patterns: [shop]}" in found.hint


def test_a_komposer_says_what_it_brings_in_nevertheless(tmp_path: Path) -> None:
    assert komposer(tmp_path, "lifecycle: {accept: {patterns: [shop]}}\n", ENDED) == []
    found = komposer(tmp_path, "lifecycle: {accept: {patterns: [shp]}}\n", BEFORE)
    assert [(each.code, each.hint) for each in found] == [("ORK1502", 'did you mean "shop"?')]


@pytest.mark.parametrize(
    ("compatibility", "code"),
    [
        ("orkestra: '>=0.7 <1.0'", ""),
        (f"orkestra: '={LANGUAGE_VERSION}'", ""),
        (f"orkestra: '={__version__}'", ""),
        ("orkestra: '>=1.0'", "ORK1516"),
        ("orkestra: '<0.0.5 || >=3'", "ORK1516"),
        ("orkestra: '>=2.0 <1.0'", "ORK1515"),
        ("orkestra: '>1.2.3, <1.2.4'", "ORK1515"),
        ("kubernetes: '>=1.28'", ""),
        ("kubernetes: '>=1.20 <1.29'", ""),
        ("kubernetes: '~1.30'", ""),
        ("kubernetes: '<1.28'", "ORK1516"),
        ("kubernetes: '1.20 - 1.27'", "ORK1516"),
        ("kubernetes: '<1 >2'", "ORK1515"),
        ("kubernetes: 'new'", "ORK1117"),
        ("orkestra: '{{ .spec.x }}'", "ORK1117"),
    ],
)
def test_versions_are_those_there_are(tmp_path: Path, compatibility: str, code: str) -> None:
    found = judged(tmp_path, f"compatibility: {{{compatibility}}}", None)
    assert [each.code for each in found] == ([code] if code else [])


@pytest.mark.parametrize(
    ("constraint", "is_empty"),
    [
        ("*", False),
        ("0.0.0", False),
        ("<0.0.1", False),
        (">=1.2.3 !=1.2.3 !=1.2.4", False),
        (">1.2.3 <1.2.5 !=1.2.4", True),
        (">=1.2.3 <=1.2.3", False),
        ("^1.2 <1.3", False),
        ("^1.2 >=2.0", True),
        ("~1.2 !=1.2", True),
        ("<1 || >1 <2", False),
        ("=1.0.0-rc.1", False),
        (">2.0 <2.0.0", True),
    ],
)
def test_a_range_is_empty_when_no_version_near_its_bounds_is_in_it(constraint: str, is_empty: bool) -> None:
    assert any(semver_constraint(version, constraint) for version in versions_near(constraint)) is not is_empty


def test_a_life_is_told_once() -> None:
    text = HEAD.format("Katalog", "shop, lifecycle: {maturity: beta}") + "lifecycle: {maturity: stable}\nspec: {}\n"
    found = [each for each in load_text(text)[1] if not each.is_unsupported]
    assert [(each.code, str(each.span)) for each in found] == [("ORK1106", "4:1")]


@pytest.mark.parametrize(
    ("timeline", "code"),
    [("{from: 2027-02-30, to: 2027-03-01}", "ORK1116"), ("{from: 2027-03-02, to: 2027-03-01}", "ORK1116")],
)
def test_days_that_are_none_get_their_error_and_nothing_else(tmp_path: Path, timeline: str, code: str) -> None:
    found = judged(tmp_path, f"deprecation: {{message: m, timeline: {timeline}}}", ENDED)
    assert [each.code for each in found if each.code != "ORK1514"] == [code]
