"""docs/diagnostics.md: every code with a bad example that gets it and a good one that gets nothing."""

from __future__ import annotations

import re

import pytest
from reference import ledger
from reference.cases import CASES, Case, load_case
from reference.markdown import headings

from orkestra.katalog import is_runnable
from orkestra.katalog.diagnostics import CODES, RETIRED
from tests.unit.docs.pages import read, section

PAGE = read("diagnostics.md")
NOT_YET = {"ORK1901"}
"""What is wrong in a field this version does not run is told beside the note that it does not."""

OTHERS = {1017: {"ORK1101"}}  # what cannot be written without another finding


def code_of(case: Case) -> str:
    return f"ORK{case.number}"


def test_every_code_has_one_section_and_there_are_no_others() -> None:
    shown = [heading for heading in headings(PAGE) if heading.startswith("ORK")]
    assert shown == [code.name for code in CODES.values()]
    assert {case.number for case in CASES} == set(CODES)


@pytest.mark.parametrize("case", CASES, ids=code_of)
def test_the_bad_example_gets_its_code_and_no_other(case: Case) -> None:
    katalog, found = load_case(case, case.bad)
    codes = {each.code for each in found}
    assert code_of(case) in codes
    assert codes | NOT_YET == {code_of(case)} | OTHERS.get(case.number, set()) | NOT_YET
    if CODES[case.number].severity == "error":
        assert katalog is None


@pytest.mark.parametrize("case", CASES, ids=code_of)
def test_the_good_example_gets_nothing(case: Case) -> None:
    katalog, found = load_case(case, case.good)
    assert katalog is not None
    assert [each.message for each in found if each.code not in NOT_YET] == []


@pytest.mark.parametrize("number", [n for n in CODES if 1900 <= n < 2000 and n != 1902])
def test_a_file_with_what_comes_later_is_valid_and_does_not_run(number: int) -> None:
    case = next(case for case in CASES if case.number == number)
    katalog, found = load_case(case, case.bad)
    assert katalog is not None
    assert not is_runnable(found)


def test_a_section_tells_severity_and_finding() -> None:
    for code in CODES.values():
        text = " ".join(section(PAGE, code.name).split())
        assert f"**{code.severity.value}**: {code.title}." in text
        assert f"[{code.name}]:" in text, "the real output is missing"


def test_codes_named_anywhere_exist() -> None:
    for page in ("katalog.md", "templates.md", "conditions.md", "cli.md"):
        named = set(re.findall(r"\bORK\d+", read(page)))
        assert named <= {code.name for code in CODES.values()}
    assert "ORK1301" in read("templates.md")


def test_no_number_is_given_a_second_meaning() -> None:
    on_record = ledger.known()
    assert set(CODES) | set(RETIRED) == set(on_record), "python hack/docs/generate.py records new codes"
    assert not set(CODES) & set(RETIRED), "a number that was given up is used again"
    changed = {n: title for n, title in on_record.items() if title != (CODES | RETIRED)[n].title}
    assert changed == {}, (
        "another title: if it means the same, change tests/golden/codes.txt too; else take a new number"
    )


def test_what_is_no_longer_told_is_on_the_page() -> None:
    assert {1525, 1903} <= set(RETIRED)
    for code in RETIRED.values():
        assert f"| {code.name} | {code.title} | {code.since} | {code.instead} |" in PAGE
