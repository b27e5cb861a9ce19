"""docs/templates.md: every function, with examples that give what they say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from orkestra.katalog.functions import known_functions
from orkestra.template import Environment, TemplateFault, compile
from orkestra.template.functions import builtin_functions
from tests.unit.docs.pages import names, read, rows, section, spans

PAGE = read("templates.md")
ENVIRONMENT = Environment(now=lambda: datetime(2026, 1, 1, tzinfo=UTC), random=lambda size: b"\x00" * size)
DATA = {"metadata": {"name": "web"}, "spec": {"size": 3, "list": [1]}}


def rendered(template: str) -> str:
    return compile(template, functions=builtin_functions()).render(DATA, ENVIRONMENT)


def shown_functions() -> list[list[str]]:
    return rows(section(PAGE, "Functions"))


def test_every_function_is_on_the_page_and_no_other() -> None:
    shown = [spans(row[0])[0].partition("(")[0] for row in shown_functions()]
    assert len(shown) == len(set(shown))
    assert set(shown) == set(builtin_functions())


@pytest.mark.parametrize("row", shown_functions(), ids=lambda row: spans(row[0])[0].partition("(")[0])
def test_an_example_gives_the_result_beside_it(row: list[str]) -> None:
    signature, description, example, result = row
    assert description
    if not example:
        pytest.skip(f"{signature} has no example: {description}")
    told = spans(result)[0] if result else ""
    assert rendered(spans(example)[0]) == told.replace("⏎", "\n")


def test_functions_that_come_later_are_listed_and_no_others() -> None:
    later = {name for name, row in known_functions().items() if row.call is None}
    assert set(spans(section(PAGE, "Functions that come later"))) - {"ork run"} == later


@pytest.mark.parametrize("row", rows(section(PAGE, "Missing values")), ids=lambda row: row[0])
def test_missing_values_are_as_told(row: list[str]) -> None:
    template, told = spans(row[0])[0], row[1]
    if told == "error":
        with pytest.raises(TemplateFault):
            rendered(template)
    else:
        assert rendered(template) == (spans(told)[0] if told else "")


def test_one_action_keeps_its_type_as_told() -> None:
    for template in names(section(PAGE, "One action keeps its type")):
        if "{{" not in template:
            continue
        value = compile(template, functions=builtin_functions()).value(DATA, ENVIRONMENT)
        told = next(row[1] for row in rows(PAGE) if row[0] == f"`{template}`")
        assert isinstance(value, int) if "number" in told else value == spans(told)[0]
