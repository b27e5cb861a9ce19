"""docs/templates.md: every function, with examples that give what they say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import yaml

from orkestra.katalog import RenderError, load_text
from orkestra.template import Environment, TemplateFault, compile
from orkestra.template.functions import builtin_functions
from tests.unit.docs.pages import blocks, names, read, rows, section, spans

PAGE = read("templates.md")
ENVIRONMENT = Environment(now=lambda: datetime(2026, 1, 1, tzinfo=UTC), random=lambda size: b"\x00" * size)
CHILDREN = yaml.safe_load(read("examples/children.yaml"))
DATA = {"metadata": {"name": "web"}, "spec": {"size": 3, "list": [1]}, **CHILDREN}


def rendered(template: str) -> str:
    return compile(template, functions=builtin_functions()).render(DATA, ENVIRONMENT)


def shown_functions() -> list[list[str]]:
    return rows(section(PAGE, "Functions"))


def test_every_function_is_on_the_page_and_no_other() -> None:
    shown = [spans(row[0])[0].partition("(")[0] for row in shown_functions()]
    assert len(shown) == len(set(shown))
    assert set(shown) == set(builtin_functions())


EXAMPLES = [pytest.param(row, id=spans(row[0])[0].partition("(")[0]) for row in shown_functions() if row[2]]


def test_every_function_that_may_be_called_has_an_example() -> None:
    assert [spans(row[0])[0] for row in shown_functions() if not row[2]] == ["call(f, …)"]


@pytest.mark.parametrize("row", EXAMPLES)
def test_an_example_gives_the_result_beside_it(row: list[str]) -> None:
    _, description, example, result = row
    assert description
    told = spans(result)[0] if result else ""
    assert rendered(spans(example)[0]) == told.replace("⏎", "\n")


def test_a_function_of_a_katalogs_own_runs_as_told() -> None:
    notes = blocks(section(PAGE, "Functions of your own"), "yaml")[0]
    call = "{{ address }}-{{ tier .spec.tier }}"
    text = blocks(read("katalog.md"), "yaml")[0].replace('name: "{{ .metadata.name }}"', f'name: "{call}"', 1)
    assert call in text
    katalog, found = load_text(notes + text)
    assert katalog is not None, found
    name = katalog.boxes[0].on_reconcile.entries[0].name
    assert name is not None
    assert name.render({"spec": {"host": "Web", "tier": ""}}, ENVIRONMENT) == "https://web/-web"


def test_the_error_shown_is_what_a_value_that_does_not_fit_gets() -> None:
    katalog, _ = load_text(blocks(read("katalog.md"), "yaml")[0])
    assert katalog is not None
    replicas = katalog.boxes[0].on_reconcile.entries[0].fields["replicas"]
    with pytest.raises(RenderError) as failed:
        replicas.render({"spec": {"replicas": "many"}}, ENVIRONMENT)
    assert str(failed.value) in blocks(section(PAGE, "Errors"), "text")[0]


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
