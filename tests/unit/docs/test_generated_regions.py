"""What is made from tables is what the tables say now."""

from __future__ import annotations

import re

import pytest
from reference.regions import REGIONS, MissingRegion, region_of, with_region

from tests.unit.docs.pages import PAGES, read


@pytest.mark.parametrize(("page", "name"), REGIONS, ids=str)
def test_a_region_says_what_its_table_says(page: str, name: str) -> None:
    text = read(page)
    is_current = with_region(text, name, REGIONS[page, name]()) == text
    assert is_current, f"docs/{page} is out of date: run hack/docs/generate.py"


def test_every_marked_region_is_generated() -> None:
    marked = {(page, name) for page in PAGES for name in re.findall(r"<!-- generated: (\S+) \(hack/docs", read(page))}
    assert marked == set(REGIONS)


def test_a_page_without_its_marks_is_told() -> None:
    with pytest.raises(MissingRegion, match="no region 'fields'"):
        with_region("# A page\n", "fields", [])


def test_a_region_is_replaced_between_its_marks_only() -> None:
    page = "before\n<!-- generated: a (hack/docs/generate.py) -->\nold\n<!-- end: a -->\nafter\n"
    written = with_region(page, "a", ["new", ""])
    assert region_of(written, "a") == "\nnew\n\n"
    assert written.replace("\nnew\n\n", "old\n") == page
